use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
    tags: String,
    age: String,
    logins: i32,
    email: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    #[versioned(with = takes_a_number)]
    name: String,
    #[versioned(with = returns_text)]
    tags: Vec<String>,
    #[versioned(with = parse)]
    age: i32,
    #[versioned(from(logins, email), with = takes_a_number)]
    logins: String,
    #[versioned(compute = takes_the_document)]
    slug: String,
}

fn takes_a_number(old: i32) -> String {
    old.to_string()
}

fn returns_text(old: String) -> String {
    old
}

fn parse(old: String) -> Result<i32, std::num::ParseIntError> {
    old.parse()
}

fn takes_the_document(old: UserV1) -> String {
    old.name
}

fn main() {}
