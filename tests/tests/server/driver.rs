//! The driver's own `Collection<T>`, unmodified: every way of reading upgrades, every way of writing stamps.

use futures_util::TryStreamExt;
use mongodb::{
    Collection,
    bson::{Document, doc},
    options::ReturnDocument,
};

use crate::{
    model::{Article, ArticleV1, Price, fixed_samples},
    support::{TestDatabase, database},
};

fn article(id: i32, title: &str) -> Article {
    Article {
        id,
        title: title.to_owned(),
        slug: title.to_lowercase(),
        price: Price { amount: 100, currency: "EUR".to_owned() },
        stock: 1,
        sizes: Vec::new(),
        tags: vec!["new".to_owned()],
    }
}

/// Two documents of version 1, stored as an old release stored them.
async fn with_old_documents() -> (TestDatabase, Collection<Article>, Collection<Document>) {
    let database = database().await;
    let raw = database.collection::<Document>("articles");
    raw.insert_many([
        doc! { "_id": 1, "name": "Kettle", "price": "24.90", "stock": 3 },
        doc! { "_id": 2, "schemaVersion": 1, "name": "Pan", "price": "9.50", "stock": 0, "legacySku": "P" },
    ])
    .await
    .unwrap();
    let articles = database.collection("articles");
    (database, articles, raw)
}

/// The server moves `_id` to the front; the stamp follows.
fn assert_stamped(stored: &Document) {
    let first: Vec<&str> = stored.keys().take(2).map(String::as_str).collect();
    assert_eq!(first, ["_id", "schemaVersion"], "{stored}");
    assert_eq!(stored.get("schemaVersion"), Some(&3.into()), "an Int32, the current version: {stored}");
}

#[tokio::test]
async fn find_one_upgrades() {
    let (_database, articles, _) = with_old_documents().await;
    let kettle = articles.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
    assert_eq!(
        (kettle.title.as_str(), kettle.price.amount, kettle.slug.as_str()),
        ("Kettle", 2490, "kettle")
    );
}

#[tokio::test]
async fn find_upgrades_a_mixture() {
    let database = database().await;
    let samples = fixed_samples(300);
    database
        .collection::<Document>("articles")
        .insert_many(samples.iter().map(|sample| &sample.stored))
        .await
        .unwrap();
    let articles = database.collection::<Article>("articles");
    let find = articles.find(doc! {}).sort(doc! { "_id": 1 }).batch_size(7);
    let found: Vec<Article> = find.await.unwrap().try_collect().await.unwrap();
    let today: Vec<Article> = samples.into_iter().map(|sample| sample.today).collect();
    assert_eq!(found, today);
}

#[tokio::test]
async fn a_cursor_can_be_read_document_by_document() {
    let (_database, articles, _) = with_old_documents().await;
    let mut cursor = articles.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap();
    let mut titles = Vec::new();
    while cursor.advance().await.unwrap() {
        titles.push(cursor.deserialize_current().unwrap().title);
    }
    assert_eq!(titles, ["Kettle", "Pan"]);
}

#[tokio::test]
async fn aggregate_with_type_upgrades() {
    let (_database, articles, _) = with_old_documents().await;
    let pipeline = [doc! { "$match": { "stock": { "$gt": 0 } } }];
    let found: Vec<Article> =
        articles.aggregate(pipeline).with_type::<Article>().await.unwrap().try_collect().await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].title, "Kettle");
}

#[tokio::test]
async fn inserts_stamp() {
    let (_database, articles, raw) = with_old_documents().await;
    articles.insert_one(article(10, "Cup")).await.unwrap();
    articles.insert_many([article(11, "Plate"), article(12, "Bowl")]).await.unwrap();
    for id in 10..=12 {
        let stored = raw.find_one(doc! { "_id": id }).await.unwrap().unwrap();
        assert_stamped(&stored);
        assert_eq!(articles.find_one(doc! { "_id": id }).await.unwrap().unwrap().id, id);
    }
}

#[tokio::test]
async fn an_old_type_stamps_its_own_version() {
    let (_database, articles, raw) = with_old_documents().await;
    let old = raw.clone_with_type::<ArticleV1>();
    let pan = old.find_one(doc! { "_id": 2 }).await.unwrap().unwrap();
    old.insert_one(ArticleV1 { id: 3, ..pan }).await.unwrap();
    let stored = raw.find_one(doc! { "_id": 3 }).await.unwrap().unwrap();
    assert_eq!(stored.get("schemaVersion"), Some(&1.into()));
    assert_eq!(articles.find_one(doc! { "_id": 3 }).await.unwrap().unwrap().title, "Pan");
}

#[tokio::test]
async fn replace_one_stamps() {
    let (_database, articles, raw) = with_old_documents().await;
    let mut kettle = articles.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
    kettle.stock = 99;
    articles.replace_one(doc! { "_id": 1 }, &kettle).await.unwrap();
    let stored = raw.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
    assert_stamped(&stored);
    assert!(!stored.contains_key("name"), "{stored}");
    assert_eq!(articles.find_one(doc! { "_id": 1 }).await.unwrap().unwrap(), kettle);
}

#[tokio::test]
async fn find_one_and_update_upgrades_what_it_returns() {
    let (_database, articles, _) = with_old_documents().await;
    let update = doc! { "$inc": { "stock": 1 } };
    let before = articles.find_one_and_update(doc! { "_id": 1 }, update.clone()).await.unwrap().unwrap();
    assert_eq!((before.title.as_str(), before.stock), ("Kettle", 3));
    let after = articles
        .find_one_and_update(doc! { "_id": 1 }, update)
        .return_document(ReturnDocument::After)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((after.title.as_str(), after.stock), ("Kettle", 5));
}

#[tokio::test]
async fn find_one_and_replace_stamps_and_upgrades() {
    let (_database, articles, raw) = with_old_documents().await;
    let before = articles.find_one_and_replace(doc! { "_id": 2 }, article(2, "Wok")).await.unwrap().unwrap();
    assert_eq!(before.title, "Pan");
    assert_stamped(&raw.find_one(doc! { "_id": 2 }).await.unwrap().unwrap());
}

#[tokio::test]
async fn sessions_and_transactions_do_the_same() {
    let (_database, articles, raw) = with_old_documents().await;
    let mut session = articles.client().start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    articles.insert_one(article(20, "Spoon")).session(&mut session).await.unwrap();
    let mut cursor = articles.find(doc! {}).sort(doc! { "_id": 1 }).session(&mut session).await.unwrap();
    let found: Vec<Article> = cursor.stream(&mut session).try_collect().await.unwrap();
    assert_eq!(found.iter().map(|article| article.id).collect::<Vec<_>>(), [1, 2, 20]);
    session.commit_transaction().await.unwrap();
    assert_stamped(&raw.find_one(doc! { "_id": 20 }).await.unwrap().unwrap());
}
