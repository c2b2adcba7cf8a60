use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
enum ByName {
    Left { name: String },
    Right,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(untagged)]
enum ByShape {
    Left { name: String },
    Right { number: i32 },
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "type")]
enum PartlyByShape {
    Left { name: String },
    #[serde(untagged)]
    Right { number: i32 },
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "type")]
enum WithoutNames {
    Pair(i32, i32),
    Nothing(),
    One(std::collections::BTreeMap<String, i32>),
}

fn main() {}
