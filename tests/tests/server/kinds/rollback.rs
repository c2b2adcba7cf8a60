//! Documents of one kind are taken back, by pre-images and by steps.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use schema_runtime::{Error, VersionedCollection, backfill::PREIMAGES};

use super::{Article, Video, articles, is_article, is_video, mixture, some_of_each, videos, with};
use crate::{
    state::{bytes, dump},
    support::database,
};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn by_preimages_a_kind_is_what_it_was() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases: 32, failure_persistence: None, ..Config::default() });
    let check = |documents: Vec<Document>| {
        runtime.block_on(async {
            let raw = database.collection::<Document>("contents");
            raw.delete_many(doc! {}).await.unwrap();
            raw.insert_many(&documents).await.unwrap();
            let (articles, videos) = (articles(&database), videos(&database));
            let before = bytes(&database, "contents").await;
            let of_articles = articles.backfill().keep_preimages(HOUR).batch_size(7).run().await.unwrap();
            let of_videos = videos.backfill().keep_preimages(HOUR).batch_size(7).run().await.unwrap();
            let between = bytes(&database, "contents").await;

            let back = articles.rollback().of(of_articles.run.unwrap()).run().await;
            if of_articles.upgraded == 0 {
                let nothing = matches!(back, Err(Error::NoPreimages { .. }));
                prop_assert!(nothing);
            } else {
                prop_assert_eq!(back.unwrap().rolled_back, of_articles.upgraded);
            }
            let after = bytes(&database, "contents").await;
            for (((before, between), after), document) in
                before.iter().zip(&between).zip(&after).zip(&documents)
            {
                prop_assert_eq!(after, if is_article(document) { before } else { between });
            }
            if of_videos.upgraded > 0 {
                // The last run is that of its own kind.
                prop_assert_eq!(videos.rollback().run().await.unwrap().rolled_back, of_videos.upgraded);
            }
            prop_assert_eq!(bytes(&database, "contents").await, before);
            database.collection::<Document>(PREIMAGES).drop().await.unwrap();
            Ok(())
        })
    };
    runner.run(&mixture(), check).unwrap();
}

/// Somebody has made another kind of a document since. It is nobody's to be restored.
#[tokio::test]
async fn what_has_become_another_kind_is_gone() {
    let database = with(some_of_each()).await;
    let (articles, videos) = (articles(&database), videos(&database));
    articles.backfill().keep_preimages(HOUR).run().await.unwrap();
    let raw = database.collection::<Document>("contents");
    raw.update_one(doc! { "_id": 0 }, doc! { "$set": { "type": "video" } }).await.unwrap();
    let changed = raw.find_one(doc! { "_id": 0 }).await.unwrap();
    let report = articles.rollback().run().await.unwrap();
    assert_eq!((report.rolled_back, report.gone, report.changed), (59, 1, 0), "{report}");
    assert_eq!(raw.find_one(doc! { "_id": 0 }).await.unwrap(), changed);
    assert!(matches!(videos.rollback().run().await, Err(Error::NoPreimages { .. })));
}

#[tokio::test]
async fn by_steps_a_kind_goes_to_an_older_version() {
    let database = with(some_of_each()).await;
    let before = dump(&database, "contents").await;
    let (articles, videos) = (articles(&database), videos(&database));
    let report = articles.rollback().to_version(1).dry_run(true).run().await.unwrap();
    assert_eq!((report.rolled_back, report.failed), (60, 0), "{report}");
    assert_eq!(dump(&database, "contents").await, before);
    let report = articles.rollback().to_version(1).batch_size(7).run().await.unwrap();
    assert_eq!((report.rolled_back, report.failed, report.remaining), (60, 0, 0), "{report}");
    for (before, after) in before.iter().zip(dump(&database, "contents").await) {
        if is_article(before) {
            assert_eq!(
                (after.get_i32("schemaVersion").ok(), after.get_str("words").ok()),
                (Some(1), Some("20")),
                "{after}"
            );
        } else {
            assert_eq!(*before, after);
        }
    }
    let report = videos.rollback().to_version(2).run().await.unwrap();
    assert_eq!(report.rolled_back, 20, "{report}");
    assert_eq!(articles.census().await.unwrap().versions.keys().copied().collect::<Vec<_>>(), [1]);
    for (before, after) in before.iter().zip(dump(&database, "contents").await) {
        let taken_back = is_video(before) && before.get_i32("schemaVersion").ok() == Some(3);
        assert_eq!(after.get_i32("schemaVersion").ok() == Some(2) && *before != after, taken_back, "{after}");
    }
}

/// Pre-images are converted again, each by the chain of its own kind.
#[tokio::test]
async fn a_verification_converts_preimages_of_its_kind() {
    let database = with(some_of_each()).await;
    let articles = VersionedCollection::<Article>::new(&database);
    let videos = VersionedCollection::<Video>::new(&database);
    articles.backfill().keep_preimages(HOUR).run().await.unwrap();
    videos.backfill().keep_preimages(HOUR).run().await.unwrap();
    let verification = articles.verify().preimages(1000).run().await.unwrap();
    assert!(verification.is_clean(), "{verification}");
    assert_eq!((verification.preimages, verification.reconverted), (60, 60), "{verification}");
    let verification = videos.verify().preimages(1000).run().await.unwrap();
    assert_eq!((verification.preimages, verification.reconverted), (40, 40), "{verification}");
}
