use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = UserV1)]
struct UserV3 {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, previous = UserV1)]
struct Same {
    name: String,
}

// The versions after a gap are not reported again.
#[derive(VersionedDocument)]
#[versioned(version = 4, previous = UserV3)]
struct UserV4 {
    name: String,
}

fn main() {}
