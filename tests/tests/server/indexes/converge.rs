//! Whatever indexes a collection has: what is missing is created beside them, and with leave to replace all of it becomes as declared.

use mongodb::{
    Database,
    bson::{Bson, Document, doc},
};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestCaseError, TestRunner},
};
use schema_runtime::{
    DecodeOwned, VersionedCollection, VersionedDocument,
    indexes::{IndexChange, IndexState},
};

use super::listed;
use crate::support::database;

/// Types that differ in nothing but their indexes.
macro_rules! declare {
    ($($name:ident: [$($index:tt)*])*) => {
        $(
            #[derive(VersionedDocument)]
            #[versioned(version = 1, collection = "items", $($index)*)]
            struct $name {
                a: i32,
                b: i32,
                c: String,
                d: String,
            }
        )*

        const SETS: usize = [$(stringify!($name)),*].len();

        /// Of the type at this place in the list.
        async fn check(set: usize, database: &Database) -> Result<(), TestCaseError> {
            let mut types = 0..;
            $(if types.next() == Some(set) {
                return converges::<$name>(database).await;
            })*
            panic!("there are {SETS} types")
        }
    };
}

declare! {
    Plain: [index(keys(a)), index(keys(a, -b)), index(keys(c))]
    Unique: [index(keys(a), unique), index(keys(b), unique, sparse), index(keys(a), name = "x")]
    Names: [index(keys(a), name = "b_1"), index(keys(b), name = "a_1"), index(keys(c), name = "y"), index(keys(-b))]
    Hidden: [index(keys(a), hidden), index(keys(b), expire_after = 5), index(keys(c), expire_after = 0, hidden)]
    Words: [index(keys(text(c))), index(keys(a))]
    MoreWords: [index(keys(a, text(c, weight = 3), text(d)), name = "a_1", default_language = "german"), index(keys(b))]
    Kinds: [index(keys(hashed(a))), index(keys("$**")), index(keys(sphere(d), a)), index(keys("d.e", hashed(c)))]
    Partly: [
        index(keys(a), partial = doc! { "b": 1 }),
        index(keys(a), partial = doc! { "b": { "$gt": 0 }, "c": "x" }, name = "x"),
        index(keys(a), unique, partial = doc! { "b": 1 }, name = "y"),
    ]
    Collated: [
        index(keys(c), collation = "en"),
        index(keys(c), collation(locale = "en", strength = 2), name = "x"),
        index(keys(c), collation = "simple", name = "y"),
        index(keys(d)),
    ]
}

/// An index of somebody else's, with a name and keys that may be those of a declared one. The server may refuse it.
fn existing() -> impl Strategy<Value = Document> {
    let kind = prop_oneof![
        5 => Just(Bson::from(1)),
        2 => Just(Bson::from(-1.0)),
        1 => Just("text".into()),
        1 => Just("hashed".into()),
        1 => Just("2dsphere".into()),
    ];
    let path = select(vec!["a", "b", "c", "d"]);
    let keys = prop::collection::vec((path, kind), 1..3);
    let name = select(vec!["a_1", "b_1", "c_1", "c_text", "a_1_b_-1", "a_hashed", "x", "y", "z"]);
    let option = select(vec![
        ("unique", Bson::from(true)),
        ("sparse", true.into()),
        ("hidden", true.into()),
        ("expireAfterSeconds", 5.into()),
        ("partialFilterExpression", doc! { "b": { "$eq": 1.0 } }.into()),
        ("partialFilterExpression", doc! { "$and": [{ "c": "x" }, { "b": { "$gt": 0_i64 } }] }.into()),
        ("collation", doc! { "locale": "en" }.into()),
        ("collation", doc! { "locale": "en", "strength": 2 }.into()),
        ("weights", doc! { "c": 3 }.into()),
    ]);
    (keys, name, prop::collection::vec(option, 0..2)).prop_map(|(keys, name, options)| {
        let keys: Document = keys.into_iter().map(|(path, kind)| (path.to_owned(), kind)).collect();
        let mut index = doc! { "key": keys, "name": name };
        index.extend(options.into_iter().map(|(option, value)| (option.to_owned(), value)));
        index
    })
}

async fn converges<T: DecodeOwned + Send + Sync>(database: &Database) -> Result<(), TestCaseError> {
    let items = VersionedCollection::<T>::new(database);
    let before = listed(database, "items").await;

    let report = items.indexes().create().await;
    let report = report.map_err(|error| TestCaseError::fail(format!("{error:?} over {before:?}")))?;
    let beside = listed(database, "items").await;
    prop_assert!(before.iter().all(|index| beside.contains(index)), "{}", report);
    prop_assert!(report.declared.iter().all(|index| index.state != IndexState::Missing), "{}", report);
    prop_assert_eq!(beside.len() - before.len(), report.changes.len());
    prop_assert_eq!(&items.indexes().compare().await.unwrap().declared, &report.declared);

    let replaced = items.indexes().replace_changed(true).create().await;
    let replaced = replaced.map_err(|error| TestCaseError::fail(format!("{error:?} over {beside:?}")))?;
    prop_assert!(replaced.is_clean(), "{} became {}", report, replaced);
    if report.is_clean() {
        prop_assert_eq!(&replaced.changes, &[]);
    }
    let after = listed(database, "items").await;
    let changed: Vec<&str> = replaced
        .changes
        .iter()
        .filter_map(|change| match change {
            IndexChange::Modified { name } | IndexChange::Dropped { name } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let untouched = beside.iter().filter(|index| !changed.contains(&index.get_str("name").unwrap()));
    for index in untouched {
        prop_assert!(after.contains(index), "{} is not there any more: {}", index, replaced);
    }
    let again = items.indexes().replace_changed(true).create().await.unwrap();
    prop_assert_eq!((&again.changes, &again.declared), (&Vec::new(), &replaced.declared));
    Ok(())
}

#[test]
fn it_becomes_as_declared() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases: 96, failure_persistence: None, ..Config::default() });
    let cases = (0..SETS, prop::collection::vec(existing(), 0..6), any::<bool>());
    let check = |(set, existing, collated): (usize, Vec<Document>, bool)| {
        runtime.block_on(async {
            database.collection::<Document>("items").drop().await.unwrap();
            let collation = if collated {
                doc! { "locale": "en" }
            } else {
                doc! { "locale": "simple" }
            };
            database.run_command(doc! { "create": "items", "collation": collation }).await.unwrap();
            for index in existing {
                // What the server refuses is not there.
                let one = doc! { "createIndexes": "items", "indexes": [index] };
                let _ = database.run_command(one).await;
            }
            check(set, &database).await
        })
    };
    runner.run(&cases, check).unwrap();
}
