use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    name: String,
}

fn main() {}
