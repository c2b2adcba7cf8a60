use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
    age: String,
    email: String,
    legacy_id: i64,
}

// Mistakes in the attributes: all in one compilation.
#[derive(VersionedDocument)]
#[versioned(previous = "UserV1", colection = "users", removed(email, email))]
#[serde(transparent)]
struct Attributes {
    #[versioned(form = name)]
    title: String,
    #[versioned(added, with = parse)]
    age: i32,
}

// Mistakes that only the types show: all in one compilation too.
#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1, removed(e_mail))]
struct Types {
    #[versioned(from = nmae)]
    title: String,
    #[versioned(with = parse)]
    age: i32,
    country: String,
}

fn parse(text: String) -> Option<i32> {
    text.parse().ok()
}

// What uses a type with a mistake is not reported as well.
#[derive(VersionedDocument)]
#[versioned(version = 3, previous = Types)]
struct Next {
    title: String,
    age: i32,
    country: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = Attributes)]
struct AfterAttributes {
    title: String,
    age: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "type", transparent)]
enum VariantsV1 {
    Open,
    Closed,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = VariantsV1)]
#[serde(tag = "type")]
enum VariantsV2 {
    Open,
    Closed,
}

fn use_it(user: Attributes) -> Result<String, schema_runtime::bson::error::Error> {
    let document = schema_runtime::bson::serialize_to_document(&user)?;
    let user: Attributes = schema_runtime::bson::deserialize_from_document(document)?;
    Ok(user.title)
}

fn main() {}
