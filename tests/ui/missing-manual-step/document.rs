use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1, manual)]
struct UserV2 {
    first: String,
    last: String,
}

struct NotAnError;

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1, manual)]
struct WithWrongError {
    first: String,
}

impl TryFrom<UserV1> for WithWrongError {
    type Error = NotAnError;

    fn try_from(old: UserV1) -> Result<Self, NotAnError> {
        Ok(Self { first: old.name })
    }
}

fn main() {}
