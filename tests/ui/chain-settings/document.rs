use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 2, oldest)]
struct UserV2 {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = UserV2, version_field = "v")]
struct SecondVersionField {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = UserV2, unversioned = 1)]
struct BelowTheChain {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, version_field = "_id")]
struct NotAName {
    name: String,
}

fn main() {}
