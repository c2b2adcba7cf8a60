#[versioned(version = 7, oldest)]
#[serde(rename_all(serialize = "UPPERCASE", deserialize = "kebab-case"))]
struct V7 { full_name: String, #[serde(with = "m", skip_serializing_if = "Option::is_none")] a: Option<u8> }
