use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    age: String,
    logins: String,
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    #[versioned(try_with = cannot_fail)]
    age: i32,
    #[versioned(try_with = |text: String| text.parse::<i64>())]
    logins: i32,
    #[versioned(try_with = not_an_error)]
    name: String,
}

fn cannot_fail(old: String) -> i32 {
    i32::from(old.is_empty())
}

struct NotAnError;

fn not_an_error(old: String) -> Result<String, NotAnError> {
    Ok(old)
}

fn main() {}
