use schema_runtime::VersionedDocument;

#[derive(serde::Serialize, serde::Deserialize)]
struct Name(String);

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: Name,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    name: Name,
    #[versioned(from = name)]
    nick: Name,
}

fn main() {}
