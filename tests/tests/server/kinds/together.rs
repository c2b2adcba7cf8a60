//! Documents of all kinds, as an enum of them.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, RawDocumentBuf, doc, serialize_to_document};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{DecodeErrorKind, DocumentKinds, Error, VersionedKinds, WriteBack, decode_kind};

use super::{
    Article, Video, article, is_article, is_video, mixture, podcast, some_of_each, video, videos, with,
};
use crate::{state::dump, support::database};

#[derive(Debug, DocumentKinds)]
enum Content {
    Article(Box<Article>),
    Video(Video),
}

fn of_a_kind(document: &Document) -> bool {
    is_article(document) || is_video(document)
}

/// What each document is when it has been read, or the name of the error.
fn read(stored: &Document) -> Result<Document, String> {
    let stored = RawDocumentBuf::try_from(stored).unwrap();
    match decode_kind::<Content>(&stored) {
        Ok(content) => Ok(serialize_to_document(&content).unwrap()),
        Err(error) => Err(error.kind().name().to_owned()),
    }
}

async fn found(
    contents: &VersionedKinds<Content>,
    filter: Document,
    sort: Document,
) -> Vec<Result<Document, String>> {
    let mut found = contents.find(filter).sort(sort).batch_size(7).await.unwrap();
    let mut documents = Vec::new();
    while let Some(content) = found.next().await {
        documents.push(match content {
            Ok(content) => Ok(serialize_to_document(&content).unwrap()),
            Err(Error::Decode(error)) => Err(error.kind().name().to_owned()),
            Err(error) => panic!("{error}"),
        });
    }
    documents
}

fn filters() -> impl Strategy<Value = Document> {
    let conditions = select(vec![
        doc! {},
        doc! { "title": "Tea" },
        doc! { "title": { "$in": ["Kettles", "Tee"] } },
        doc! { "title": { "$gt": "L" } },
        doc! { "title": { "$exists": false } },
        doc! { "name": { "$exists": true } },
        doc! { "tags": { "$exists": true } },
        doc! { "tags": { "$size": 0 } },
        doc! { "seconds": { "$lte": 0 } },
        doc! { "seconds": { "$exists": false } },
        doc! { "_id": { "$gt": 20 } },
        doc! { "type": "video" },
        doc! { "x": { "$gt": 0 } },
    ]);
    let leaf = conditions.boxed();
    leaf.prop_recursive(2, 6, 3, |inner| {
        (select(vec!["$and", "$or", "$nor"]), prop::collection::vec(inner, 1..3))
            .prop_map(|(operator, filters)| doc! { operator: filters })
    })
}

fn sorts() -> impl Strategy<Value = Document> {
    let key = (select(vec!["title", "tags", "seconds", "x"]), select(vec![1, -1]));
    prop::collection::vec(key, 0..3).prop_map(|keys| {
        let mut sort: Document =
            keys.into_iter().map(|(path, order)| (path.to_owned(), Bson::from(order))).collect();
        sort.insert("_id", 1);
        sort
    })
}

/// What is found in a collection of mixed versions is what is found in one where each document is what it is read as.
#[test]
fn a_filter_and_a_sort_are_about_what_is_read() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let queries = prop::collection::vec((filters(), sorts()), 1..12);
    let check = |(documents, queries): (Vec<Document>, Vec<(Document, Document)>)| {
        runtime.block_on(async {
            // What cannot be read has no fields to be found by.
            let documents: Vec<_> = documents
                .into_iter()
                .filter(|document| !of_a_kind(document) || read(document).is_ok())
                .collect();
            let (mixed, upgraded) =
                (database.collection::<Document>("contents"), database.collection("upgraded"));
            mixed.delete_many(doc! {}).await.unwrap();
            upgraded.delete_many(doc! {}).await.unwrap();
            if documents.is_empty() {
                return Ok(());
            }
            let now: Vec<Document> = documents
                .iter()
                .filter(|document| of_a_kind(document))
                .map(|document| {
                    // A backfill leaves alone what no type knows.
                    let mut now = read(document).unwrap();
                    now.extend(
                        document
                            .iter()
                            .filter(|(name, _)| ["x", "y", "z"].contains(&name.as_str()))
                            .map(|(name, value)| (name.clone(), value.clone())),
                    );
                    now
                })
                .collect();
            mixed.insert_many(&documents).await.unwrap();
            if !now.is_empty() {
                upgraded.insert_many(&now).await.unwrap();
            }
            let contents = VersionedKinds::<Content>::new(&database);
            for (filter, sort) in queries {
                let expected: Vec<Document> = upgraded
                    .find(filter.clone())
                    .sort(sort.clone())
                    .await
                    .unwrap()
                    .try_collect()
                    .await
                    .unwrap();
                let expected: Vec<_> = expected.iter().map(read).collect();
                prop_assert_eq!(
                    contents.count_documents(filter.clone()).await.unwrap() as usize,
                    expected.len(),
                    "{}",
                    &filter
                );
                let found = found(&contents, filter.clone(), sort.clone()).await;
                prop_assert_eq!(found, expected, "{} in order of {}", filter, sort);
            }
            Ok(())
        })
    };
    runner.run(&(mixture(), queries), check).unwrap();
}

#[tokio::test]
async fn inserts_and_deletes_need_not_know_the_kind() {
    let database = with(some_of_each()).await;
    let before = dump(&database, "contents").await;
    let contents = VersionedKinds::<Content>::new(&database);
    let article = Article { id: 1000, title: "new".to_owned(), words: 1, tags: Vec::new() };
    contents.insert_one(Content::from(article)).await.unwrap();
    let new: Vec<Content> = vec![
        Video { id: 1001, title: "new".to_owned(), seconds: 1 }.into(),
        Article { id: 1002, title: "new".to_owned(), words: 1, tags: Vec::new() }.into(),
    ];
    contents.insert_many(&new).await.unwrap();
    let kinds = contents.find(doc! { "title": "new" }).sort(doc! { "_id": 1 }).await.unwrap();
    let kinds = kinds.try_collect().await.unwrap();
    assert!(matches!(&kinds[..], [Content::Article(_), Content::Video(_), Content::Article(_)]), "{kinds:?}");
    assert!(contents.find_one(doc! { "_id": 1001 }).await.unwrap().is_some());

    assert_eq!(contents.delete_one(doc! { "title": "new", "seconds": 1 }).await.unwrap().deleted_count, 1);
    let deleted = contents.delete_many(doc! {}).await.unwrap().deleted_count as usize;
    let others: Vec<Document> = before.iter().filter(|document| !of_a_kind(document)).cloned().collect();
    assert_eq!(deleted, before.len() - others.len() + 2);
    assert_eq!(dump(&database, "contents").await, others);
}

#[tokio::test]
async fn every_document_is_counted() {
    let database = with(some_of_each()).await;
    let contents = VersionedKinds::<Content>::new(&database);
    let census = contents.census().await.unwrap();
    let totals: BTreeMap<_, _> = census.kinds.iter().map(|(kind, census)| (*kind, census.total())).collect();
    assert_eq!(totals, BTreeMap::from([("article", 90), ("video", 60)]));
    assert_eq!(census.others, 60);
    let table = census.to_string();
    assert!(table.starts_with("article\n  version 1"), "{table}");
    assert!(table.ends_with("other kinds\n  total                  60\n"), "{table}");
}

#[tokio::test]
async fn a_handle_of_ones_own_takes_its_place() {
    let database = with([article(1, 1), video(2, 1), podcast(3, 1)]).await;
    let contents = VersionedKinds::<Content>::new(&database);
    let contents = contents.with(videos(&database).with_write_back(WriteBack::always()));
    assert_eq!(contents.find(doc! {}).await.unwrap().try_collect().await.unwrap().len(), 2);
    let versions: Vec<_> = dump(&database, "contents")
        .await
        .iter()
        .map(|document| document.get_i32("schemaVersion").unwrap())
        .collect();
    assert_eq!(versions, [1, 3, 1]);
    // It is the same handle, and what it knows it knows for both.
    let videos = contents.of::<Video>();
    videos.verify_floor().await.unwrap();
    let found = videos.find(doc! { "title": "Tea" }).await.unwrap();
    assert_eq!(found.try_collect().await.unwrap().len(), 1);
    assert_eq!(contents.of::<Article>().name(), "contents$article");
}

#[tokio::test]
async fn the_drivers_own_collection_reads_all_of_them() {
    let database = with([article(1, 1), video(2, 1), podcast(3, 1)]).await;
    let contents = VersionedKinds::<Content>::new(&database);
    let mut found = contents.collection().find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap();
    assert!(matches!(found.try_next().await.unwrap(), Some(Content::Article(_))));
    assert!(matches!(found.try_next().await.unwrap(), Some(Content::Video(_))));
    let error = found.try_next().await.unwrap_err();
    assert!(error.to_string().contains("`type` says `podcast` and not `article` or `video`"), "{error}");
    let stored = RawDocumentBuf::try_from(podcast(3, 1)).unwrap();
    let error = decode_kind::<Content>(&stored).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::OtherKind { key: "type", .. }));
}
