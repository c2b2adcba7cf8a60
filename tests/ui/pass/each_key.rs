//! Every key once, and what it does.

use schema_runtime::{
    Unknown, Unversioned, Upgrade, VersionedDocument,
    bson::{self, doc, rawdoc},
    decode,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct AddressV1 {
    zip: String,
    planet: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = AddressV1, removed(planet), crate = schema_runtime)]
struct AddressV2 {
    #[versioned(from = zip, try_with = |zip: String| zip.parse::<u32>())]
    code: u32,
}

#[derive(Debug, VersionedDocument)]
#[versioned(
    version = 3,
    oldest,
    collection = "users",
    version_field = "v",
    unversioned = 3,
    index(keys(email), unique, partial = doc! { "legacy": true }),
    index(keys(last, -first, address.zip), name = "by_name", collation(locale = "en", strength = 2)),
    crate = schema_runtime
)]
struct UserV3 {
    first: String,
    last: String,
    email: String,
    logins: String,
    score: i32,
    legacy: bool,
    address: AddressV1,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 4, previous = UserV3, removed(legacy), unversioned = "reject")]
struct UserV4 {
    #[versioned(from(first, last), with = |first: String, last: String| format!("{first} {last}"))]
    name: String,
    #[versioned(with = str_length)]
    first: usize,
    #[versioned(from = email)]
    mail: String,
    #[versioned(try_with = parse)]
    logins: i32,
    score: i64,
    #[versioned(compute = initial)]
    initial: Option<char>,
    #[versioned(try_compute = |user: &UserV3| u8::try_from(user.score))]
    small_score: u8,
    #[versioned(added)]
    tags: Vec<String>,
    #[versioned(added = "free".to_owned())]
    plan: String,
    address: AddressV2,
    #[versioned(unknown, added)]
    rest: Unknown,
}

fn str_length(text: String) -> usize {
    text.len()
}

fn parse(text: String) -> Result<i32, std::num::ParseIntError> {
    text.parse()
}

fn initial(user: &UserV3) -> Option<char> {
    user.first.chars().next()
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 5, previous = UserV4, manual)]
struct UserV5 {
    label: String,
}

impl From<UserV4> for UserV5 {
    fn from(user: UserV4) -> Self {
        let UserV4 { name, mail, .. } = user;
        Self { label: format!("{name} <{mail}>") }
    }
}

#[test]
fn a_step_follows_its_rules() {
    let stored = rawdoc! {
        "v": 3, "first": "Ada", "last": "Byron", "email": "ada@example.org", "logins": "7", "score": 9,
        "legacy": true, "note": "kept", "address": { "zip": "1815", "planet": "Earth" },
    };
    let user: UserV4 = decode(&stored).unwrap();
    let expected = UserV4 {
        name: "Ada Byron".to_owned(),
        first: 3,
        mail: "ada@example.org".to_owned(),
        logins: 7,
        score: 9,
        initial: Some('A'),
        small_score: 9,
        tags: Vec::new(),
        plan: "free".to_owned(),
        address: AddressV2 { code: 1815 },
        rest: doc! { "note": "kept" }.try_into().unwrap(),
    };
    assert_eq!(user, expected);

    let user: UserV5 = decode(&stored).unwrap();
    assert_eq!(user.label, "Ada Byron <ada@example.org>");
    assert_eq!(bson::serialize_to_document(&user).unwrap(), doc! { "v": 5, "label": user.label });
}

#[test]
fn an_index_is_in_the_words_of_its_version() {
    let [mail, name] = UserV3::HISTORY.indexes else { panic!("two indexes") };
    assert_eq!(mail.to_string(), "email_1: unique, partialFilterExpression { \"legacy\": true }");
    assert_eq!(mail.partial.map(|partial| partial.written), Some("doc! { \"legacy\": true }"));
    assert_eq!(
        name.specification(),
        doc! { "key": { "last": 1, "first": -1, "address.zip": 1 }, "name": "by_name",
        "collation": { "locale": "en", "strength": 2 } }
    );
    assert_eq!(UserV4::HISTORY.indexes, []);
    assert_eq!(UserV4::HISTORY.at(3).map(|version| version.indexes), Some(UserV3::HISTORY.indexes));
}

#[test]
fn a_chain_inherits_what_is_said_once() {
    assert_eq!(UserV3::CHAIN.unversioned, Unversioned::Version(3));
    assert_eq!(UserV4::CHAIN.unversioned, Unversioned::Reject);
    for chain in [UserV3::CHAIN, UserV4::CHAIN, UserV5::CHAIN] {
        assert_eq!(chain.oldest, 3);
        assert_eq!(chain.version_field, "v");
        assert_eq!(chain.collection, Some("users"));
    }
}
