//! Indexes that older versions declare, and what documents of one version are to the unique indexes of another.

use std::time::Duration;

use mongodb::bson::{Bson, Document, doc};
use schema_runtime::{
    Error, VersionedCollection, VersionedDocument,
    indexes::{IndexReport, IndexState},
    versions::Service,
};

use super::{create, names};
use crate::support::{TestDatabase, database};

// Two indexes may have the same words in them; the lint takes that for a mistake.
#[allow(clippy::duplicated_attributes)]
#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    collection = "users",
    index(keys(mail), unique),
    index(keys(age)),
    index(keys(name)),
    index(keys(name, age), unique, sparse)
)]
struct UserV1 {
    mail: String,
    age: i32,
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1, reversible, index(keys(login), unique), index(keys(age)))]
struct UserV2 {
    #[versioned(from = mail)]
    login: String,
    age: i32,
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = UserV2, reversible, index(keys(login), unique), index(keys(name, age), unique))]
struct User {
    login: String,
    age: i32,
    name: String,
    #[versioned(added)]
    tags: Vec<String>,
}

async fn users() -> (TestDatabase, VersionedCollection<User>) {
    let database = database().await;
    let old =
        |id: i32| doc! { "_id": id, "schemaVersion": 1, "mail": id.to_string(), "age": id, "name": "A" };
    database.collection::<Document>("users").insert_many((0..2).map(old)).await.unwrap();
    let first = VersionedCollection::<UserV1>::new(&database);
    assert!(first.indexes().create().await.unwrap().is_clean());
    create(&database, "users", [doc! { "key": { "somebodys": 1 }, "name": "theirs" }]).await;
    let users = VersionedCollection::new(&database);
    (database, users)
}

fn retired(report: &IndexReport) -> Vec<(&str, u32)> {
    report.retired.iter().map(|index| (index.name.as_str(), index.declared_up_to)).collect()
}

#[tokio::test]
async fn what_is_declared_no_more_is_told_with_its_last_version() {
    let (_database, users) = users().await;
    let report = users.indexes().compare().await.unwrap();
    assert_eq!(retired(&report), [("mail_1", 1), ("age_1", 2), ("name_1", 1)], "{report}");
    let undeclared: Vec<_> = report.undeclared.iter().map(|index| index.name.as_str()).collect();
    assert_eq!(undeclared, ["theirs"]);
    // One of the old name that is to be another from now on.
    let [_, name_and_age] = report.declared.as_slice() else { panic!("{report}") };
    assert!(matches!(name_and_age.state, IndexState::Different { declared_up_to: Some(1), .. }), "{report}");
    assert!(report.to_string().contains("; declared so up to version 1\n"), "{report}");
}

#[tokio::test]
async fn a_unique_index_on_a_field_of_some_versions_is_in_the_way_of_the_others() {
    let (database, users) = users().await;
    let report = users.indexes().compare().await.unwrap();
    let lacking = |name: &str| {
        let declared = report.declared.iter().map(|index| (&index.name, &index.lacking));
        let retired = report.retired.iter().map(|index| (&index.name, &index.lacking));
        declared.chain(retired).find(|(of, _)| *of == name).unwrap().1.clone()
    };
    assert_eq!(lacking("login_1"), [1]);
    assert_eq!(lacking("name_1_age_1"), [] as [u32; 0]);
    assert_eq!(lacking("mail_1"), [2, 3]);
    assert_eq!(lacking("name_1"), [] as [u32; 0]);
    let text = report.to_string();
    assert!(
        text.contains("documents of version 1 lack a key of it, and two of them may be duplicates: run"),
        "{text}"
    );
    assert!(
        text.contains("documents of version 2, 3 lack a key of it, and two of them may be duplicates: drop"),
        "{text}"
    );
    // And so it is.
    let error = users.indexes().create().await.unwrap_err();
    let Error::DuplicateKeys { duplicates, .. } = error else { panic!("{error}") };
    assert_eq!((duplicates.key, duplicates.documents), (doc! { "login": Bson::Null }, Some(2)));
    let backfill = users.backfill().run().await.unwrap();
    assert_eq!(backfill.failed, 1, "{backfill}");

    users.indexes().drop_undeclared(["mail_1"]).await.unwrap();
    assert_eq!(users.backfill().retry_failed().await.unwrap().failed, 0);
    let report = users.indexes().replace_changed(true).create().await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!(names(&database, "users").await, ["age_1", "login_1", "name_1", "name_1_age_1", "theirs"]);
    // Who knows that no such documents are left is not told of them.
    let report = users.clone().with_floor(2).indexes().compare().await.unwrap();
    assert!(report.declared.iter().all(|index| index.lacking.is_empty()), "{report}");
}

#[tokio::test]
async fn it_is_dropped_when_the_floor_has_passed_its_last_version() {
    let (database, users) = users().await;
    let before = names(&database, "users").await;
    let report = users.indexes().drop_retired().await.unwrap();
    assert_eq!((report.changes.as_slice(), retired(&report).len()), (&[][..], 3));
    assert_eq!(names(&database, "users").await, before);

    users.indexes().drop_undeclared(["mail_1"]).await.unwrap();
    users.backfill().run().await.unwrap();
    let older = users.clone().writing(2).unwrap();
    let service = Service::new("shop").heartbeat(Duration::from_secs(1));
    let member = older.join(service).await.unwrap();
    // Somebody still reads and writes version 2.
    let report = users.indexes().drop_retired().await.unwrap();
    assert_eq!(retired(&report), [("age_1", 2)], "{report}");
    assert!(report.to_string().ends_with("  dropped       name_1\n"), "{report}");
    member.leave().await.unwrap();
    let report = users.indexes().drop_retired().await.unwrap();
    assert_eq!(retired(&report), []);
    assert_eq!(names(&database, "users").await, ["name_1_age_1", "theirs"]);
}

#[tokio::test]
async fn only_what_is_named_and_not_declared_is_dropped() {
    let (database, users) = users().await;
    let before = names(&database, "users").await;
    let error = users.indexes().drop_undeclared(["theirs", "name_1_age_1"]).await.unwrap_err();
    assert!(matches!(&error, Error::DeclaredIndex { index, .. } if index == "name_1_age_1"), "{error}");
    assert_eq!(names(&database, "users").await, before);
    let report = users.indexes().drop_undeclared(["theirs", "long_gone", "_id_"]).await.unwrap();
    assert_eq!(report.undeclared, []);
    assert_eq!(report.changes.len(), 1);
    assert_eq!(names(&database, "users").await, before[..before.len() - 1]);
}
