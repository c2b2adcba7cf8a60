use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    #[versioned(from = "name")]
    a: String,
    #[versioned(from)]
    b: String,
    #[versioned(from(name.first))]
    c: String,
    #[versioned(with = "parse")]
    d: String,
    #[versioned(try_with)]
    e: String,
    #[versioned(compute(parse))]
    f: String,
    #[versioned(added(1))]
    g: i32,
    #[versioned]
    h: i32,
}

fn main() {}
