//! Single documents of one kind: no operation of its handle meets one of another.

use mongodb::bson::{Document, doc};
use schema_runtime::{DecodeErrorKind, Error, collection::Replaced};

use super::{
    Article, Video, article, articles, is_article, is_video, some_of_each, video, videos, with, with_kind,
};
use crate::state::dump;

#[tokio::test]
async fn a_handle_finds_its_own() {
    let database = with(some_of_each()).await;
    let before = dump(&database, "contents").await;
    let (articles, videos) = (articles(&database), videos(&database));
    let count = |of_kind: fn(&Document) -> bool| before.iter().filter(|document| of_kind(document)).count();
    let found = articles.find(doc! {}).await.unwrap().try_collect().await.unwrap();
    assert_eq!(found.len(), count(is_article));
    let found = videos.find(doc! { "title": "Tea" }).sort(doc! { "title": 1 }).await.unwrap();
    assert_eq!(found.try_collect().await.unwrap().len(), count(is_video));
    assert_eq!(
        articles.count_documents(doc! { "title": "Kettles" }).await.unwrap() as usize,
        count(is_article)
    );
    // A filter on the key itself goes with the handle's own.
    assert_eq!(videos.count_documents(doc! { "type": "video" }).await.unwrap() as usize, count(is_video));
    assert_eq!(videos.count_documents(doc! { "type": "article" }).await.unwrap(), 0);

    let id_of = |of_kind: fn(&Document) -> bool| before.iter().find(|document| of_kind(document)).unwrap();
    let (one, other) = (id_of(is_article).get_i32("_id").unwrap(), id_of(is_video).get_i32("_id").unwrap());
    assert!(articles.get(one).await.unwrap().is_some() && articles.get(other).await.unwrap().is_none());
    assert!(videos.find_one(doc! { "_id": one }).await.unwrap().is_none());

    // The driver's own collection is about everything; what it cannot read it says.
    let error = articles.collection().find_one(doc! { "_id": other }).await.unwrap_err();
    assert!(error.to_string().contains("`type` says `video` and not `article`"), "{error}");
    let filter = articles.translate(doc! { "title": "Kettles" }).unwrap();
    assert_eq!(articles.collection().count_documents(filter).await.unwrap() as usize, count(is_article));
}

#[tokio::test]
async fn what_is_written_says_its_kind() {
    let database = with([article(1, 1), video(2, 1)]).await;
    let (articles, videos) = (articles(&database), videos(&database));
    articles.insert_one(Article { id: 3, title: "t".to_owned(), words: 1, tags: Vec::new() }).await.unwrap();
    videos.insert_many([Video { id: 4, title: "t".to_owned(), seconds: 1 }]).await.unwrap();
    // An upsert, where the filter says the kind and where it leaves a choice.
    for upsert in [
        videos.update_one(doc! { "_id": 5 }, doc! { "$set": { "title": "t", "seconds": 1 } }),
        videos.update_one(doc! { "_id": 6 }, vec![doc! { "$set": { "title": "t", "seconds": 1 } }]),
    ] {
        upsert.upsert(true).await.unwrap();
    }
    let update = doc! { "$set": { "title": "t", "words": 1_i64 }, "$setOnInsert": { "tags": [] } };
    articles.update_one(doc! { "_id": 7 }, update.clone()).upsert(true).await.unwrap();
    let pipeline = vec![doc! { "$set": { "title": "t", "words": 1_i64, "tags": [] } }];
    articles.update_many(doc! { "_id": 8 }, pipeline).upsert(true).await.unwrap();
    articles.find_one_and_update(doc! { "_id": 9 }, update).upsert(true).await.unwrap();
    let tenth = Article { id: 10, title: "t".to_owned(), words: 1, tags: Vec::new() };
    let replaced = articles.replace_one(doc! { "_id": 10 }, &tenth).upsert(true);
    assert_eq!(replaced.await.unwrap(), Replaced::Inserted);
    // A change and a save.
    articles.modify(doc! { "_id": 1 }, |article| article.words += 1).await.unwrap();
    let mut loaded = videos.get(2).await.unwrap().unwrap();
    loaded.seconds = 9;
    videos.save(&mut loaded).await.unwrap();

    let after = dump(&database, "contents").await;
    let kinds: Vec<_> = after
        .iter()
        .map(|document| {
            (
                document.get_i32("_id").unwrap(),
                document.get_str("type").unwrap(),
                document.get_i32("schemaVersion").unwrap(),
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            (1, "article", 3),
            (2, "video", 3),
            (3, "article", 3),
            (4, "video", 3),
            (5, "video", 3),
            (6, "video", 3),
            (7, "article", 3),
            (8, "article", 3),
            (9, "article", 3),
            (10, "article", 3),
        ]
    );
    assert_eq!(
        articles.count_documents(doc! {}).await.unwrap() + videos.count_documents(doc! {}).await.unwrap(),
        10
    );
}

#[tokio::test]
async fn the_key_is_nobodys_to_update() {
    let database = with([article(1, 3), video(2, 3)]).await;
    let (articles, videos) = (articles(&database), videos(&database));
    for update in [doc! { "$set": { "type": "video" } }, doc! { "$rename": { "title": "type" } }] {
        let error = articles.update_one(doc! { "_id": 1 }, update.clone()).await.unwrap_err();
        assert!(matches!(error, Error::StampInUpdate { field: "type", .. }), "{error}");
        let error = articles.find_one_and_update(doc! { "_id": 1 }, update).await.unwrap_err();
        assert!(matches!(error, Error::StampInUpdate { field: "type", .. }), "{error}");
    }
    // A pipeline cannot change it either.
    videos.update_one(doc! { "_id": 2 }, vec![doc! { "$set": { "type": "article" } }]).await.unwrap();
    assert!(videos.get(2).await.unwrap().is_some());
}

#[tokio::test]
async fn changes_of_many_leave_the_others_alone() {
    let database = with(some_of_each()).await;
    let before = dump(&database, "contents").await;
    let (articles, videos) = (articles(&database), videos(&database));
    let updated = articles.update_many(doc! {}, doc! { "$inc": { "words": 1_i64 } }).await.unwrap();
    assert_eq!(updated.matched_count as usize, before.iter().filter(|document| is_article(document)).count());
    let middle = dump(&database, "contents").await;
    for (before, after) in before.iter().zip(&middle) {
        match is_article(before) {
            true => assert_eq!(after.get_i64("words").unwrap(), 21, "{after}"),
            false => assert_eq!(before, after),
        }
    }
    let deleted = videos.delete_many(doc! {}).await.unwrap().deleted_count as usize;
    assert_eq!(deleted, before.iter().filter(|document| is_video(document)).count());
    assert_eq!(dump(&database, "contents").await.len(), before.len() - deleted);
    assert_eq!(videos.delete_one(doc! {}).await.unwrap().deleted_count, 0);
}

/// What is an article by what it has under the key, while the rest of it says something else.
#[tokio::test]
async fn a_document_that_says_the_wrong_kind_is_an_error_in_its_place() {
    let database = with([with_kind(video(1, 3), "article"), article(2, 3)]).await;
    let articles = articles(&database);
    let mut found = articles.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap();
    let error = found.next().await.unwrap().unwrap_err();
    assert!(
        matches!(&error, Error::Decode(error) if matches!(error.kind(), DecodeErrorKind::Body { .. })),
        "{error}"
    );
    assert_eq!(found.next().await.unwrap().unwrap().id, 2);
}
