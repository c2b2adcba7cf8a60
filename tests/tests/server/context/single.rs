//! Reads and writes of single documents: each finds the context, and each says what is missing.

use std::collections::BTreeMap;

use mongodb::{
    bson::{Bson, Document, doc},
    options::ReturnDocument,
};
use schema_runtime::{Error, VersionedCollection, WriteBack};

use super::{Cities, User, stored};
use crate::{state::dump, support::database};

fn assert_missing<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    match outcome {
        Err(Error::Decode(error)) if error.missing_context().is_some() => {}
        Err(Error::MissingContext { .. }) => {}
        other => panic!("{other:?}"),
    }
}

fn upgraded(id: i32, city: &str) -> Document {
    doc! { "_id": id, "schemaVersion": 2, "city": city }
}

fn sorted(document: Document) -> BTreeMap<String, Bson> {
    document.into_iter().collect()
}

#[tokio::test]
async fn each_operation_finds_the_context_and_misses_it() {
    let database = database().await;
    stored(&database, (0..8).map(|id| (id, "1010"))).await;
    let without = VersionedCollection::<User>::new(&database);
    let with = without.clone().with_context(Cities::of([("1010", "Vienna")]));
    let before = dump(&database, "users").await;
    let id = |id: i32| doc! { "_id": id };
    let graz = |user: &mut User| user.city = "Graz".to_owned();
    let set = doc! { "$set": { "city": "Graz" } };
    let replacement = User { id: 4, city: "Graz".to_owned() };

    assert_missing(without.find_one(id(0)).await);
    assert_missing(async { without.find(doc! {}).await?.try_collect().await }.await);
    assert_missing(without.load(id(1)).await.map(drop));
    assert_missing(without.modify(id(2), graz).await);
    assert_missing(without.update_one(id(3), set.clone()).await.map(drop));
    assert_missing(without.find_one_and_update(id(3), set.clone()).await);
    assert_missing(without.replace_one(id(4), &replacement).await.map(drop));
    assert_eq!(dump(&database, "users").await, before);

    assert_eq!(with.find_one(id(0)).await.unwrap().unwrap().city, "Vienna");
    let found = with.find(doc! {}).await.unwrap().try_collect().await.unwrap();
    assert!(found.len() == 8 && found.iter().all(|user| user.city == "Vienna"), "{found:?}");
    let mut loaded = with.load(id(1)).await.unwrap().unwrap();
    graz(&mut loaded);
    with.save(&mut loaded).await.unwrap();
    with.modify(id(2), graz).await.unwrap();
    with.update_one(id(3), set.clone()).await.unwrap();
    with.replace_one(id(4), &replacement).await.map(drop).unwrap();
    let updated = with.find_one_and_update(id(5), set).return_document(ReturnDocument::After).await.unwrap();
    assert_eq!(updated.unwrap().city, "Graz");
    let writing_back = with.clone().with_write_back(WriteBack::always());
    assert_eq!(writing_back.find_one(id(6)).await.unwrap().unwrap().city, "Vienna");

    let expected = |id: i32| match id {
        1..=5 => upgraded(id, "Graz"),
        6 => upgraded(id, "Vienna"),
        _ => doc! { "_id": id, "zip": "1010" },
    };
    // In whatever order the fields are that were written one by one.
    for (id, stored) in (0..).zip(dump(&database, "users").await) {
        assert_eq!(sorted(stored), sorted(expected(id)), "{id}");
    }
}
