use schema_runtime::VersionedDocument;

#[derive(serde::Serialize, serde::Deserialize)]
struct NoDefault;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    name: String,
    #[versioned(added)]
    plan: NoDefault,
    #[versioned(added = "free")]
    level: i32,
}

fn main() {}
