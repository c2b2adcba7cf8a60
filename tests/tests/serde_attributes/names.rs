//! Names: what serde writes is what the chain lists and what a failed step is reported under.

use schema_runtime::{
    VersionedDocument,
    bson::{Document, doc, rawdoc, serialize_to_document},
    decode,
};
use serde::Serialize;

fn names(document: &Document) -> Vec<&str> {
    document.keys().map(String::as_str).collect()
}

/// One test a rule: a versioned struct beside serde's own, with the same fields under the same rule.
macro_rules! rename_all {
    ($($test:ident: $rule:literal;)*) => {
        $(
            #[test]
            #[allow(non_snake_case, reason = "an odd name shows where the rules differ")]
            fn $test() {
                #[derive(Default, VersionedDocument)]
                #[versioned(version = 1)]
                #[serde(rename_all = $rule)]
                struct Ours {
                    a: i32,
                    two_words: i32,
                    three_more_words: i32,
                    with_2_digits: i32,
                    z42: i32,
                    _leading: i32,
                    trailing_: i32,
                    double__underscore: i32,
                    r#type: i32,
                    größe_in_cm: i32,
                    #[serde(rename = "_id")]
                    id: i32,
                    #[serde(skip)]
                    _skipped: i32,
                }

                #[derive(Default, Serialize)]
                #[serde(rename_all = $rule)]
                struct Plain {
                    a: i32,
                    two_words: i32,
                    three_more_words: i32,
                    with_2_digits: i32,
                    z42: i32,
                    _leading: i32,
                    trailing_: i32,
                    double__underscore: i32,
                    r#type: i32,
                    größe_in_cm: i32,
                    #[serde(rename = "_id")]
                    id: i32,
                }

                let plain = serialize_to_document(&Plain::default()).unwrap();
                let mut ours = serialize_to_document(&Ours::default()).unwrap();
                assert_eq!(Ours::HISTORY.names().collect::<Vec<_>>(), names(&plain));
                ours.remove("schemaVersion");
                assert_eq!(ours, plain);
            }
        )*
    };
}

rename_all! {
    lower_case: "lowercase";
    upper_case: "UPPERCASE";
    pascal_case: "PascalCase";
    camel_case: "camelCase";
    snake_case: "snake_case";
    screaming_snake_case: "SCREAMING_SNAKE_CASE";
    kebab_case: "kebab-case";
    screaming_kebab_case: "SCREAMING-KEBAB-CASE";
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
#[serde(rename_all = "camelCase")]
struct UserV1 {
    #[serde(rename = "_id")]
    id: i32,
    full_name: String,
    #[serde(alias = "mail", alias = "eMail")]
    email_address: String,
    #[serde(rename(serialize = "written", deserialize = "read"), alias = "written")]
    other: i32,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
#[serde(rename_all(serialize = "kebab-case", deserialize = "camelCase"))]
struct UserV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(try_with = |name: String| if name.is_empty() { Err("empty") } else { Ok(name) })]
    #[serde(alias = "full-name")]
    full_name: String,
    #[serde(alias = "email-address")]
    email_address: String,
    #[serde(rename = "OTHER")]
    other: i32,
}

#[test]
fn stored_names_include_aliases_and_belong_to_their_version() {
    let of = |version| UserV2::HISTORY.at(version).unwrap().names().collect::<Vec<_>>();
    assert_eq!(of(1), ["_id", "fullName", "emailAddress", "mail", "eMail", "read", "written"]);
    assert_eq!(of(2), ["_id", "fullName", "full-name", "emailAddress", "email-address", "OTHER"]);
}

#[test]
fn aliases_are_read() {
    for name in ["emailAddress", "mail", "eMail"] {
        let mut document = doc! { "_id": 1, "fullName": "Ada", "read": 5 };
        document.insert(name, "ada@example.org");
        let user: UserV2 = schema_runtime::bson::deserialize_from_document(document).unwrap();
        assert_eq!(user.email_address, "ada@example.org", "{name}");
    }
}

#[test]
fn what_is_written_may_differ_from_what_is_read() {
    let user: UserV1 = decode(&rawdoc! { "_id": 1, "fullName": "A", "mail": "m", "read": 5 }).unwrap();
    let written = serialize_to_document(&user).unwrap();
    assert_eq!(names(&written), ["schemaVersion", "_id", "fullName", "emailAddress", "written"]);

    let written = serialize_to_document(&UserV2::try_from(user).unwrap()).unwrap();
    assert_eq!(names(&written), ["schemaVersion", "_id", "full-name", "email-address", "OTHER"]);
}

#[test]
fn a_failed_step_names_the_field_as_it_is_written() {
    let stored = rawdoc! { "_id": 1, "fullName": "", "mail": "m", "read": 5 };
    let error = decode::<UserV2>(&stored).unwrap_err();
    assert_eq!(error.path().unwrap().to_string(), "full-name");
}
