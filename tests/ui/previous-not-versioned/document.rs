use schema_runtime::VersionedDocument;

struct UserV1 {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    name: String,
}

fn main() {}
