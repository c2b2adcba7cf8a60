use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
    email: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1, removed(email, email, name))]
struct UserV2 {
    #[versioned(added, from = name)]
    a: String,
    #[versioned(added = 1, compute = f)]
    b: i32,
    #[versioned(with = f, try_with = g)]
    c: String,
    #[versioned(from = name, compute = f)]
    d: String,
    #[versioned(from(name, email))]
    e: String,
    name: String,
}

fn main() {}
