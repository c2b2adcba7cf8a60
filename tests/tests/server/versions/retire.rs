//! Retirement: refusals with their reasons, the types that can go, and the validator that stays.

use mongodb::bson::{Bson, Document, doc};
use schema_runtime::{
    Error, VersionedCollection,
    versions::{CannotRetire, Validator},
};

use super::{ItemV1, ItemV2, ItemV3, insert, items, old, service};
use crate::{
    state::dump,
    support::{TestDatabase, database},
};

async fn with(documents: impl IntoIterator<Item = Document>) -> (TestDatabase, VersionedCollection<ItemV3>) {
    let database = database().await;
    insert(&database, documents).await;
    let items = items(&database);
    (database, items)
}

fn current(id: i32) -> Document {
    doc! { "_id": id, "schemaVersion": 3, "title": "Kettle", "tags": ["new"] }
}

fn reasons(error: Error) -> (String, Vec<CannotRetire>) {
    let text = error.to_string();
    match error {
        Error::CannotRetire { reasons, .. } => (text, reasons),
        other => panic!("{other}"),
    }
}

async fn validator_of(items: &VersionedCollection<ItemV3>, database: &TestDatabase) -> Document {
    let answer =
        database.run_command(doc! { "listCollections": 1, "filter": { "name": items.collection().name() } });
    let answer = answer.await.unwrap();
    let listed =
        answer.get_document("cursor").unwrap().get_array("firstBatch").unwrap()[0].as_document().unwrap();
    listed.get_document("options").unwrap().clone()
}

#[tokio::test]
async fn it_says_which_types_can_be_deleted() {
    let (_database, items) = with([current(1), current(2)]).await;
    let retired = items.retire().run().await.unwrap();
    assert_eq!(
        retired.to_string(),
        "`items` has 2 documents, none of them below schema version 3\n  can be deleted: `ItemV2` (version 2), `ItemV1` \
         (version 1)\n  then `ItemV3` starts the chain: `#[versioned(version = 3, oldest, unversioned = \"reject\")]`, with \
         `collection` and `version_field` as they were, and no keys on its fields\n  the server does not refuse older \
         documents: no validator was asked for\n"
    );
    let json = serde_json::to_value(&retired).unwrap();
    assert_eq!(json["types"][0], serde_json::json!({ "typeName": "ItemV2", "version": 2 }));
    let retired = items.retire().below(2).run().await.unwrap();
    assert_eq!((retired.types.len(), retired.oldest.version), (1, 2));
    let retired = items.retire().below(1).run().await.unwrap();
    assert!(retired.to_string().contains("no type can be deleted"), "{retired}");
    assert!(matches!(items.retire().below(4).run().await, Err(Error::UnknownVersion { asked: 4, .. })));
}

#[tokio::test]
async fn older_documents_are_counted_and_one_is_named() {
    let mixed = [current(1), old(2), doc! { "_id": 3, "name": "x" }, doc! { "_id": 4, "schemaVersion": "?" }];
    let (_database, items) = with(mixed).await;
    let (text, found) = reasons(items.retire().validator(Validator::Stamp).run().await.unwrap_err());
    assert!(
        text.starts_with(
            "the versions below 3 of collection `items` cannot be retired: older documents are stored: 1 of version 1, 1 without a \
             version, 1 with something else for a version, one of them with the _id "
        ) && text.ends_with("; run a backfill first"),
        "{text}"
    );
    let [CannotRetire::OlderDocuments { id: Some(id), .. }] = found.as_slice() else { panic!("{found:?}") };
    assert!([2, 3, 4].map(Bson::from).contains(id), "{id}");
}

#[tokio::test]
async fn whoever_writes_older_documents_is_in_the_way() {
    let (database, items) = with([current(1)]).await;
    let member = super::items::<ItemV3>(&database).writing(2).unwrap().join(service("2.9")).await.unwrap();
    let handle = items.clone().writing(1).unwrap();
    let (text, found) = reasons(handle.retire().run().await.unwrap_err());
    assert!(
        matches!(
            found.as_slice(),
            [CannotRetire::OldWriters { members }, CannotRetire::WritesOlder { version: 1 }] if members.len() == 1
        ),
        "{text}"
    );
    assert!(text.contains("live services write older documents: shop 2.9 on "), "{text}");
    assert!(text.ends_with("this handle itself writes version 1; raise it first"), "{text}");
    // What it writes itself is not older than that.
    assert!(items.retire().below(2).run().await.is_ok());
    member.leave().await.unwrap();
    assert!(items.retire().run().await.is_ok());
}

#[tokio::test]
async fn unfinished_work_is_in_the_way() {
    let (database, items) = with((0..300).map(old)).await;
    let stop = || async { "it is enough".to_owned() };
    items.backfill().batch_size(10).stop_when(stop()).run().await.unwrap();
    let (text, _) = reasons(items.retire().run().await.unwrap_err());
    assert!(text.ends_with("a backfill is under way or was left unfinished; let it finish, or end it with `JobHandle::cancel`"), "{text}");
    items.backfill().run().await.unwrap();
    items.rollback().to_version(1).batch_size(10).stop_when(stop()).run().await.unwrap();
    let (text, _) = reasons(items.retire().run().await.unwrap_err());
    assert!(text.contains("a rollback is under way"), "{text}");
    items.rollback().to_version(1).run().await.unwrap();

    // A document that failed has a record, also if somebody has taken the document away meanwhile.
    let documents = database.collection::<Document>("items");
    documents.update_one(doc! { "_id": 7 }, doc! { "$set": { "name": 7 } }).await.unwrap();
    items.backfill().run().await.unwrap();
    let (text, found) = reasons(items.retire().run().await.unwrap_err());
    assert!(
        matches!(
            found.as_slice(),
            [CannotRetire::OlderDocuments { .. }, CannotRetire::Failed { records: 1 }]
        ),
        "{text}"
    );
    documents.delete_one(doc! { "_id": 7 }).await.unwrap();
    let (text, _) = reasons(items.retire().run().await.unwrap_err());
    assert!(
        text.ends_with(
            "1 documents have failed in a backfill and have records in `schema_backfill_failures`; repair them and run \
             `retry_failed`"
        ),
        "{text}"
    );
    items.backfill().retry_failed().await.unwrap();
    assert!(items.retire().run().await.is_ok());
}

#[tokio::test]
async fn a_collection_that_is_not_there_is_a_mistake() {
    let database = database().await;
    let (text, _) = reasons(items::<ItemV3>(&database).retire().run().await.unwrap_err());
    assert!(text.ends_with("there is no collection of that name in this database"), "{text}");
}

#[tokio::test]
async fn the_validator_refuses_what_an_old_release_writes() {
    let (database, items) = with([current(1)]).await;
    let retired = items.retire().validator(Validator::Stamp).run().await.unwrap();
    assert!(retired.to_string().ends_with("  the server refuses documents below version 3\n"), "{retired}");
    for (id, refused) in [
        (2, old(2)),
        (3, doc! { "_id": 3, "name": "x" }),
        (4, doc! { "_id": 4, "schemaVersion": 2.9 }),
        (5, doc! { "_id": 5, "schemaVersion": 3.5 }),
        (6, doc! { "_id": 6, "schemaVersion": "3" }),
        (7, doc! { "_id": 7, "schemaVersion": [3] }),
        (8, doc! { "_id": 8, "schemaVersion": f64::NAN }),
        (9, doc! { "_id": 9, "schemaVersion": "3".parse::<mongodb::bson::Decimal128>().unwrap() }),
        (10, doc! { "_id": 10, "schemaVersion": i64::from(i32::MAX) + 1 }),
    ] {
        let inserted = database.collection::<Document>("items").insert_one(&refused).await;
        let error = inserted.expect_err(&format!("{id}: {refused}"));
        assert!(error.to_string().contains("Document failed validation"), "{error}");
    }
    let v1 = super::items::<ItemV1>(&database);
    assert!(v1.collection().insert_one(ItemV1 { id: 2, name: "x".to_owned() }).await.is_err());
    let v2 = super::items::<ItemV2>(&database);
    assert!(v2.collection().insert_one(ItemV2 { id: 2, title: "x".to_owned() }).await.is_err());
    for (id, version) in [(2, Bson::from(3)), (3, 3_i64.into()), (4, 3.0.into()), (5, 4.into())] {
        insert(&database, [doc! { "_id": id, "schemaVersion": version }]).await;
    }
    let v3 = ItemV3 { id: 6, title: "x".to_owned(), tags: Vec::new() };
    items.collection().insert_one(v3).await.unwrap();
}

#[tokio::test]
async fn a_validator_that_is_there_stays() {
    let (database, items) = with([current(1)]).await;
    let theirs = doc! { "title": { "$type": "string" } };
    database.run_command(doc! { "collMod": "items", "validator": &theirs }).await.unwrap();
    for validator in [Validator::Stamp, Validator::Stamp, Validator::Shape, Validator::Stamp] {
        items.retire().validator(validator).run().await.unwrap();
        let options = validator_of(&items, &database).await;
        let parts = options.get_document("validator").unwrap().get_array("$and").unwrap();
        assert_eq!((parts.len(), &parts[0]), (2, &Bson::from(theirs.clone())));
        let modes =
            [options.get_str("validationLevel").unwrap(), options.get_str("validationAction").unwrap()];
        assert_eq!(modes, ["strict", "error"]);
    }
    for (refused, _) in [(doc! { "_id": 2, "schemaVersion": 3, "title": 5 }, ()), (old(3), ())] {
        assert!(database.collection::<Document>("items").insert_one(refused).await.is_err());
    }

    // One that is not as strict is not made so.
    let loosened = doc! { "collMod": "items", "validator": &theirs, "validationLevel": "moderate" };
    database.run_command(loosened).await.unwrap();
    let before = validator_of(&items, &database).await;
    let (text, _) = reasons(items.retire().validator(Validator::Stamp).run().await.unwrap_err());
    assert!(text.contains("with the level `moderate` and the action `error`"), "{text}");
    assert_eq!(validator_of(&items, &database).await, before);
    assert!(items.retire().run().await.is_ok());
}

#[tokio::test]
async fn a_validator_that_a_stored_document_breaks_is_not_set() {
    let odd = doc! { "_id": 2, "schemaVersion": 3, "title": "Kettle", "tags": "none" };
    let (database, items) = with([current(1), odd]).await;
    let before = (dump(&database, "items").await, validator_of(&items, &database).await);
    let (text, found) = reasons(items.retire().validator(Validator::Shape).run().await.unwrap_err());
    assert!(matches!(found.as_slice(), [CannotRetire::Violated { id: Bson::Int32(2), .. }]), "{text}");
    assert!(
        text.contains("the document with the _id 2 does not keep the validator that was to be set"),
        "{text}"
    );
    assert_eq!((dump(&database, "items").await, validator_of(&items, &database).await), before);
    assert!(items.retire().validator(Validator::Stamp).run().await.is_ok());
}

#[tokio::test]
async fn each_version_that_stays_has_its_own_shape() {
    let v2 = |id: i32| doc! { "_id": id, "schemaVersion": 2, "title": "Kettle" };
    let (database, items) = with([current(1), v2(2)]).await;
    items.retire().below(2).validator(Validator::Shape).run().await.unwrap();
    insert(&database, [current(3), v2(4), doc! { "_id": 5, "schemaVersion": 4, "whatever": "comes" }]).await;
    let documents = database.collection::<Document>("items");
    for refused in [
        old(6),
        doc! { "_id": 6, "schemaVersion": 3, "title": "Kettle" },
        doc! { "_id": 6, "schemaVersion": 2, "tags": [] },
        doc! { "_id": 6, "schemaVersion": 3, "title": "Kettle", "tags": [1] },
    ] {
        assert!(documents.insert_one(&refused).await.is_err(), "{refused}");
    }
    // A version that no type is known of is held to its number alone, and a tag of a wrong type in version 2 to nothing.
    insert(&database, [doc! { "_id": 7, "schemaVersion": 2, "title": "Kettle", "tags": "unknown here" }])
        .await;
}
