use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
    email: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1, removed(e_mail))]
struct UserV2 {
    #[versioned(from = nmae)]
    title: String,
    #[versioned(from(first, last), with = |first: String, last: String| format!("{first} {last}"))]
    full_name: String,
    name: String,
    email: String,
}

fn main() {}
