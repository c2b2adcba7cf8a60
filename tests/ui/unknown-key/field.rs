use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
    age: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    #[versioned(form = name)]
    full_name: String,
    #[versioned(default)]
    tags: Vec<String>,
    #[versioned(rename = "years")]
    age: i32,
}

fn main() {}
