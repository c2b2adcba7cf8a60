//! What is created from a declaration is found to be as it is declared, whatever the server makes of it.

use mongodb::bson::{Bson, doc};
use schema_runtime::{VersionedCollection, VersionedDocument, indexes::IndexState};

use super::{create, listed};
use crate::support::database;

#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    collection = "articles",
    index(keys(title)),
    index(keys(-created_at, title, id), name = "newest"),
    index(keys(address.city, "address.zip"), sparse),
    index(keys(slug), unique, hidden),
    index(keys(created_at), expire_after = 3600),
    index(keys(hashed(slug), created_at)),
    index(keys(sphere(place), title)),
    index(keys("$**")),
    index(keys("attributes.$**"), hidden),
    index(keys(author, text(title, weight = 10), text(body), -created_at), default_language = "german", name = "words"),
    index(
        keys(author),
        unique,
        partial = doc! { "created_at": { "$gt": 0 }, "slug": "x", "$or": [{ "a": 1 }, { "b": { "$in": [2, 1] } }] },
    ),
    index(keys(body), collation = "en"),
    index(keys(body), collation(locale = "en", strength = 2), name = "body_en_2"),
    index(keys(body), collation(locale = "de@collation=phonebook", strength = 1, case_level, numeric_ordering), name = "body_de"),
    index(keys(body), collation = "simple", name = "body_simple"),
    index(keys(body), collation = "da", name = "body_da"),
    index(keys(body), collation = "mt", name = "body_mt"),
    index(keys(body), collation = "th", name = "body_th"),
    index(keys(body), collation = "fr_CA", name = "body_fr_CA"),
    index(keys(body), collation = "vi", name = "body_vi"),
)]
struct Article {
    #[serde(rename = "_id")]
    id: i32,
    title: String,
    slug: String,
    author: String,
    body: String,
    created_at: i64,
    place: String,
    address: String,
}

#[tokio::test]
async fn it_is_there_once_it_is_created() {
    for collation in [None, Some(doc! { "locale": "de", "strength": 2, "alternate": "shifted" })] {
        let database = database().await;
        if let Some(collation) = collation {
            database.run_command(doc! { "create": "articles", "collation": collation }).await.unwrap();
        }
        let articles = VersionedCollection::<Article>::new(&database);
        let before = articles.indexes().compare().await.unwrap();
        assert!(before.declared.iter().all(|index| index.state == IndexState::Missing), "{before}");
        assert!(!before.is_clean());

        let report = articles.indexes().create().await.unwrap();
        assert!(report.declared.iter().all(|index| index.state == IndexState::There), "{report}");
        assert_eq!(report.declared.len(), Article::HISTORY.indexes.len());
        assert!(report.is_clean() && report.undeclared.is_empty() && report.retired.is_empty(), "{report}");
        let created = listed(&database, "articles").await;
        assert_eq!(report.changes.len(), created.len());

        let again = articles.indexes().replace_changed(true).create().await.unwrap();
        assert_eq!((again.changes.as_slice(), again.declared), (&[][..], report.declared));
        assert_eq!(listed(&database, "articles").await, created);
    }
}

/// Each release of a service does at its start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_may_create_them_at_once() {
    let database = database().await;
    let services = (0..4).map(|_| {
        let articles = VersionedCollection::<Article>::new(&database);
        tokio::spawn(async move { articles.indexes().create().await.unwrap() })
    });
    let services: Vec<_> = services.collect();
    for service in services {
        let report = service.await.unwrap();
        assert!(report.is_clean(), "{report}");
    }
}

/// Other tools say the same with other numbers, in another order, and with what is the default.
#[tokio::test]
async fn it_is_there_however_it_was_said() {
    let database = database().await;
    let partial = doc! {
        "$and": [{ "$or": [{ "b": { "$in": [1.0, 2_i64] } }, { "a": { "$eq": 1_i64 } }] }, { "slug": { "$eq": "x" } }],
        "created_at": { "$gt": 0.0 },
    };
    let texts = doc! { "author": 1, "title": "text", "body": "text", "created_at": -1.0 };
    let said = [
        doc! { "key": { "title": 1.0 }, "name": "title_1", "background": true, "unique": false, "sparse": false },
        doc! { "key": { "created_at": 1_i64 }, "name": "created_at_1", "expireAfterSeconds": 3600.0 },
        doc! { "key": { "author": 1 }, "name": "author_1", "unique": 1, "partialFilterExpression": partial },
        doc! { "key": texts, "name": "words", "weights": { "title": 10.0, "body": 1 },
        "default_language": "german", "language_override": "language", "textIndexVersion": 3 },
        doc! { "key": { "body": 1 }, "name": "body_en_2", "collation": { "locale": "en", "strength": 2,
        "caseFirst": "off", "alternate": "non-ignorable", "backwards": false } },
    ];
    let names: Vec<String> = said.iter().map(|index| index.get_str("name").unwrap().to_owned()).collect();
    create(&database, "articles", said).await;
    let articles = VersionedCollection::<Article>::new(&database);
    let report = articles.indexes().compare().await.unwrap();
    for index in &report.declared {
        let expected = if names.contains(&index.name) { IndexState::There } else { IndexState::Missing };
        assert_eq!(index.state, expected, "{report}");
    }
    assert_eq!(report.undeclared, []);
}

/// Each option, one at a time, is told where it is not as declared.
#[tokio::test]
async fn each_option_that_differs_is_told() {
    let title = || doc! { "key": { "title": 1 }, "name": "title_1" };
    let with = |option: &str, value: Bson| {
        let mut index = title();
        index.insert(option, value);
        index
    };
    let cases = [
        ("key", doc! { "key": { "title": -1 }, "name": "title_1" }),
        ("key", doc! { "key": { "title": 1, "slug": 1 }, "name": "title_1" }),
        ("unique", with("unique", true.into())),
        ("sparse", with("sparse", true.into())),
        ("hidden", with("hidden", true.into())),
        ("expireAfterSeconds", with("expireAfterSeconds", 7.into())),
        ("partialFilterExpression", with("partialFilterExpression", doc! { "slug": 1 }.into())),
        ("collation", with("collation", doc! { "locale": "en" }.into())),
    ];
    for (option, existing) in cases {
        let database = database().await;
        create(&database, "articles", [existing.clone()]).await;
        let articles = VersionedCollection::<Article>::new(&database);
        let report = articles.indexes().compare().await.unwrap();
        let title = report.declared.iter().find(|index| index.name == "title_1").unwrap();
        let IndexState::Different { existing: name, differences, declared_up_to: None } = &title.state else {
            panic!("{existing}: {report}")
        };
        let options: Vec<_> = differences.iter().map(|difference| difference.option).collect();
        assert_eq!((name.as_str(), options.as_slice()), ("title_1", &[option][..]), "{report}");
    }
}
