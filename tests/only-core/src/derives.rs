//! Both derives, with nothing in scope but the one dependency.

use versions::{Upgrade, VersionedDocument, bson, decode};

struct NameV1 {
    full: String,
}

#[derive(Upgrade)]
#[versioned(previous = NameV1)]
struct NameV2 {
    #[versioned(from = full)]
    text: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    logins: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    logins: i64,
}

#[test]
fn the_derives_find_their_crate() {
    let user: UserV2 = decode(&bson::rawdoc! { "schemaVersion": 1, "logins": 3 }).unwrap();
    assert_eq!(user.logins, 3);
    let name = NameV2::from(NameV1 { full: "Ada".to_owned() });
    assert_eq!(name.text, "Ada");
}
