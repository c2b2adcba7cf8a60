use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    #[versioned(from = name, from = nick)]
    full_name: String,
    #[versioned(added = 1, added)]
    logins: i32,
}

fn main() {}
