//! Steps that need what no document holds: a lazy read, a backfill and a conversion by hand come to the same with a context,
//! and without it no document is blamed.

mod command_line;
mod missing;
mod single;

use std::{collections::BTreeMap, error::Error, sync::Arc};

use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    bson::{Document, doc},
};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{
    VersionedCollection, VersionedDocument, context, server_side::Obstacle, server_side::ServerSide,
};
use schema_tests::stored::all;

use crate::support::database;

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "users")]
struct UserV1 {
    #[serde(rename = "_id")]
    id: i32,
    zip: String,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = UserV1, reversible)]
struct User {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = zip, try_with = city_of, try_back_with = zip_of)]
    city: String,
}

/// The names of cities by their zip codes.
#[derive(Debug, Clone, PartialEq)]
struct Cities(BTreeMap<String, String>);

impl Cities {
    fn of<const N: usize>(names: [(&str, &str); N]) -> Self {
        Self(names.map(|(zip, name)| (zip.to_owned(), name.to_owned())).into())
    }

    /// As a service would have them from another collection.
    async fn load(database: &Database) -> mongodb::error::Result<Self> {
        let mut cities = Self::of([]);
        let mut documents = database.collection::<Document>("cities").find(doc! {}).await?;
        while let Some(city) = documents.try_next().await? {
            let text = |field| city.get_str(field).expect("text").to_owned();
            cities.0.insert(text("_id"), text("name"));
        }
        Ok(cities)
    }

    async fn store(&self, database: &Database) -> mongodb::error::Result<()> {
        let cities = database.collection::<Document>("cities");
        cities.delete_many(doc! {}).await?;
        cities.insert_many(self.0.iter().map(|(zip, name)| doc! { "_id": zip, "name": name })).await?;
        Ok(())
    }
}

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Nobody has to ask where nowhere is.
fn city_of(zip: String) -> Fallible<String> {
    if zip == "none" {
        return Ok("nowhere".to_owned());
    }
    let cities = context::get::<Cities>()?;
    Ok(cities.0.get(&zip).ok_or_else(|| format!("{zip} is the zip code of no city"))?.clone())
}

fn zip_of(city: String) -> Fallible<String> {
    let cities = context::get::<Cities>()?;
    let found = cities.0.iter().find(|(_, name)| **name == city);
    Ok(found.ok_or_else(|| format!("there is no city {city}"))?.0.clone())
}

/// A collection of these documents of version 1.
async fn stored(database: &Database, users: impl IntoIterator<Item = (i32, &str)>) -> Collection<Document> {
    let raw = database.collection::<Document>("users");
    raw.insert_many(users.into_iter().map(|(id, zip)| doc! { "_id": id, "zip": zip })).await.unwrap();
    raw
}

/// Users by version and zip code, and the cities that there are; at least one of each.
fn users() -> impl Strategy<Value = (Cities, Vec<(bool, String)>)> {
    let zip = || (0..40_u8).prop_map(|zip| format!("{zip:02}"));
    let cities = btree_map(zip(), "[a-z]{1,8}".prop_map(String::from), 1..30).prop_map(Cities);
    let zips = prop_oneof![9 => zip(), 1 => Just("none".to_owned())];
    (cities, vec((any::<bool>(), zips), 1..40))
}

/// What a user is today, if its city is known.
fn by_hand(id: i32, current: bool, zip: &str, cities: &Cities) -> Option<User> {
    let city = match zip {
        city if current => city.to_owned(),
        "none" => "nowhere".to_owned(),
        zip => cities.0.get(zip)?.clone(),
    };
    Some(User { id, city })
}

#[test]
fn lazy_read_equals_backfill_equals_hand_conversion() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let raw = database.collection::<Document>("users");
    let mut runner = TestRunner::new(Config { cases: 32, failure_persistence: None, ..Config::default() });
    let check = |(cities, users): (Cities, Vec<(bool, String)>)| {
        runtime.block_on(async {
            cities.store(&database).await.unwrap();
            let documents = (0..).zip(&users).map(|(id, (current, zip))| match current {
                true => doc! { "_id": id, "schemaVersion": 2, "city": zip },
                false => doc! { "_id": id, "zip": zip },
            });
            raw.delete_many(doc! {}).await.unwrap();
            raw.insert_many(documents).await.unwrap();
            let by_hand = (0..).zip(&users).map(|(id, (current, zip))| by_hand(id, *current, zip, &cities));
            let by_hand: Vec<Option<User>> = by_hand.collect();
            let bad = u64::try_from(by_hand.iter().filter(|user| user.is_none()).count()).unwrap();

            let loaded = Cities::load(&database).await.unwrap();
            prop_assert_eq!(&loaded, &cities);
            let users = VersionedCollection::<User>::new(&database).with_context(loaded);
            for (id, expected) in (0..).zip(&by_hand) {
                let read = users.find_one(doc! { "_id": id }).await;
                match (read, expected) {
                    (Ok(read), Some(_)) => prop_assert_eq!(&read, expected),
                    (Err(schema_runtime::Error::Decode(error)), None) => {
                        prop_assert!(error.missing_context().is_none(), "{}", error);
                    }
                    (read, expected) => prop_assert!(false, "{:?} is not {:?}", read, expected),
                }
                let by_driver = users.collection().find_one(doc! { "_id": id });
                let by_driver = users.contexts().scope_async(by_driver.into_future()).await;
                prop_assert_eq!(&by_driver.ok().flatten(), expected);
            }

            let plan = users.backfill().plan().await.unwrap();
            prop_assert!(plan.can_run() && plan.trial.failed() == bad, "{}", plan);
            let report = users.backfill().batch_size(7).run().await.unwrap();
            prop_assert_eq!(report.failed, bad, "{}", report);
            for (id, expected) in (0..).zip(&by_hand) {
                let stored = raw.find_one(doc! { "_id": id }).await.unwrap().unwrap();
                let city = expected.as_ref().map(|user| user.city.as_str());
                prop_assert_eq!(stored.get_str("city").ok(), city);
            }
            let verification = users.verify().run().await.unwrap();
            prop_assert_eq!(verification.documents - verification.decoded, bad, "{}", verification);
            Ok(())
        })
    };
    runner.run(&users(), check).unwrap();
}

#[tokio::test]
async fn the_drivers_own_collection_says_what_is_missing() {
    let database = database().await;
    stored(&database, [(1, "1010")]).await;
    let users = VersionedCollection::<User>::new(&database).with_context(Cities::of([("1010", "Vienna")]));
    let said = context::get::<Cities>().unwrap_err().to_string();

    let error = users.collection().find_one(doc! { "_id": 1 }).await.unwrap_err().to_string();
    assert!(error.contains(&said) && error.contains("field `city`"), "{error}");
    let error = all(users.collection()).await.unwrap_err().to_string();
    assert!(error.contains(&said), "{error}");

    let found = users.contexts().scope_async(all(users.collection())).await.unwrap();
    assert_eq!(found, [User { id: 1, city: "Vienna".to_owned() }]);
}

#[tokio::test]
async fn collections_share_contexts() {
    let database = database().await;
    stored(&database, [(1, "1010")]).await;
    let cities = Arc::new(Cities::of([("1010", "Vienna")]));
    let one = VersionedCollection::<User>::new(&database).with_context(Arc::clone(&cities));
    let other = VersionedCollection::<User>::new(&database).with_context(cities);
    let vienna = Some(User { id: 1, city: "Vienna".to_owned() });
    assert_eq!(other.find_one(doc! {}).await.unwrap(), vienna);
    assert_eq!(other.clone().find_one(doc! {}).await.unwrap(), vienna);
    let replaced = other.with_context(Cities::of([("1010", "Wien")]));
    assert_eq!(replaced.find_one(doc! {}).await.unwrap().unwrap().city, "Wien");
    assert_eq!(one.find_one(doc! {}).await.unwrap(), vienna);
}

/// A step that asks for a context is a function, and functions are the client's.
#[test]
fn nothing_of_it_is_done_inside_the_server() {
    let server_side = ServerSide::of::<User>();
    assert!(server_side.passes().is_empty(), "{server_side}");
    assert!(matches!(server_side.obstacles(), [(1, Obstacle::Function { version: 2, .. })]), "{server_side}");
}
