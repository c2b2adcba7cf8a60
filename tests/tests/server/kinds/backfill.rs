//! A backfill of one kind among others.

use mongodb::bson::{Document, doc};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use schema_runtime::{DecodeOwned, VersionedCollection, server_side::ServerSide};

use super::{
    Article, Video, articles, is_article, is_current, is_video, mixture, some_of_each, videos, with,
};
use crate::{state::dump, support::database};

/// Upgrades one kind, and sees that it was that and nothing else. By the client and by both, it comes to the same.
async fn upgrade<T: DecodeOwned + Send + Sync>(
    contents: [&VersionedCollection<T>; 2],
    documents: &[Document],
    is_of_kind: impl Fn(&Document) -> bool,
) -> Result<(), TestCaseError> {
    let mut outcomes = Vec::new();
    for (versioned, server_side) in contents.into_iter().zip([true, false]) {
        let raw = versioned.collection().clone_with_type::<Document>();
        let database = raw.client().database(&raw.namespace().db);
        raw.delete_many(doc! {}).await.unwrap();
        raw.insert_many(documents).await.unwrap();
        let before = dump(&database, raw.name()).await;
        let report = versioned.backfill().batch_size(7).server_side(server_side).run().await.unwrap();
        let after = dump(&database, raw.name()).await;
        prop_assert_eq!(before.len(), after.len());
        let (mut upgraded, mut failed) = (0, 0);
        for (before, after) in before.iter().zip(&after) {
            if !is_of_kind(before) || is_current(before) {
                prop_assert_eq!(before, after);
            } else if is_current(after) {
                upgraded += 1;
                prop_assert_eq!(after.get_str("type").ok(), Some(T::CHAIN.kind.unwrap().value));
            } else {
                failed += 1;
                prop_assert_eq!(before, after);
                prop_assert_eq!(before.get_str("words").ok(), Some("many"));
            }
        }
        prop_assert_eq!((report.upgraded, report.failed), (upgraded, failed), "{}", report);
        prop_assert_eq!(report.remaining, 0, "{}", report);
        let census = versioned.census().await.unwrap();
        let of_kind = after.iter().filter(|document| is_of_kind(document)).count() as u64;
        prop_assert_eq!((census.total(), census.upgradable()), (of_kind, failed));
        outcomes.push(after);
    }
    prop_assert_eq!(&outcomes[0], &outcomes[1]);
    Ok(())
}

#[test]
fn documents_of_other_kinds_are_left_as_they_are() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let check = |documents: Vec<Document>| {
        runtime.block_on(async {
            let articles = ["articles_1", "articles_2"]
                .map(|name| VersionedCollection::<Article>::over(database.collection(name)));
            upgrade(articles.each_ref(), &documents, is_article).await?;
            let videos = ["videos_1", "videos_2"]
                .map(|name| VersionedCollection::<Video>::over(database.collection(name)));
            upgrade(videos.each_ref(), &documents, is_video).await
        })
    };
    runner.run(&mixture(), check).unwrap();
    // It was the server that did some of it.
    assert_eq!(ServerSide::of::<Video>().passes().len(), 3);
    assert_eq!(ServerSide::of::<Article>().passes().len(), 1);
}

#[tokio::test]
async fn both_go_on_at_the_same_time() {
    let database = with(some_of_each()).await;
    let before = dump(&database, "contents").await;
    let (articles, videos) = (articles(&database), videos(&database));
    let (of_articles, of_videos) = tokio::join!(
        articles.backfill().batch_size(5).partition_size(20).run(),
        videos.backfill().batch_size(5).partition_size(20).run()
    );
    let (of_articles, of_videos) = (of_articles.unwrap(), of_videos.unwrap());
    assert!(of_articles.is_clean() && of_videos.is_clean(), "{of_articles}{of_videos}");
    assert_eq!((of_articles.upgraded, of_videos.upgraded), (60, 40));
    assert_eq!(
        (of_articles.collection.as_str(), of_videos.collection.as_str()),
        ("contents$article", "contents$video")
    );
    for (before, after) in before.iter().zip(dump(&database, "contents").await) {
        if is_article(before) || is_video(before) {
            assert!(is_current(&after), "{after}");
        } else {
            assert_eq!(*before, after);
        }
    }
    let again = articles.backfill().run().await.unwrap();
    assert_eq!(again.upgraded, 0, "{again}");
}
