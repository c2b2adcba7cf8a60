use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 3)]
struct UserV3 {
    name: String,
}

fn main() {}
