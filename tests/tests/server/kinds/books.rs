//! Failures, floors and members are kept for each kind.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use schema_runtime::{
    Error, VersionedCollection,
    versions::{Service, VERSIONS},
};

use super::{ArticleV2, VideoV1, articles, broken_article, some_of_each, video, videos, with, with_kind};
use crate::state::dump;

fn service(release: &str) -> Service {
    Service::new("shop").release(release).heartbeat(Duration::from_secs(1))
}

#[tokio::test]
async fn only_what_has_failed_of_the_kind_is_tried_again() {
    let mut documents: Vec<Document> = (0..30).map(broken_article).collect();
    let broken_video = |id| {
        let mut video = video(id, 1);
        video.insert("name", 5);
        video
    };
    documents.extend((30..40).map(broken_video));
    documents.extend((40..45).map(|id| with_kind(broken_article(id), "podcast")));
    let database = with(documents).await;
    let (articles, videos) = (articles(&database), videos(&database));
    assert_eq!(articles.backfill().run().await.unwrap().failed, 30);
    assert_eq!(videos.backfill().run().await.unwrap().failed, 10);
    let records = articles.failures(100).await.unwrap();
    assert_eq!(records.len(), 30);
    assert!(records.iter().all(|record| record.id.collection == "contents$article"));
    assert_eq!(videos.failures(100).await.unwrap().len(), 10);

    let raw = database.collection::<Document>("contents");
    raw.update_many(doc! { "_id": { "$lt": 10 } }, doc! { "$set": { "words": "7" } }).await.unwrap();
    raw.update_many(doc! { "type": "video" }, doc! { "$set": { "name": "Tea" } }).await.unwrap();
    // This one is no article any more.
    raw.update_one(doc! { "_id": 10 }, doc! { "$set": { "type": "podcast", "words": "7" } }).await.unwrap();
    let podcasts = raw.find(doc! { "type": "podcast" }).sort(doc! { "_id": 1 });
    let before: Vec<Document> =
        futures_util::TryStreamExt::try_collect(podcasts.await.unwrap()).await.unwrap();

    let report = articles.backfill().retry_failed().await.unwrap();
    assert_eq!((report.upgraded, report.failed, report.gone), (10, 19, 1), "{report}");
    assert_eq!(articles.failures(100).await.unwrap().len(), 19);
    assert_eq!(videos.failures(100).await.unwrap().len(), 10, "they have not been tried");
    let report = videos.backfill().retry_failed().await.unwrap();
    assert_eq!((report.upgraded, report.failed, report.gone), (10, 0, 0), "{report}");
    assert_eq!(videos.failures(100).await.unwrap(), []);
    let podcasts = raw.find(doc! { "type": "podcast" }).sort(doc! { "_id": 1 });
    let after: Vec<Document> =
        futures_util::TryStreamExt::try_collect(podcasts.await.unwrap()).await.unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_floor_is_that_of_a_kind() {
    let database = with(some_of_each()).await;
    let (articles, videos) = (articles(&database), videos(&database));
    articles.backfill().run().await.unwrap();
    let of_articles = articles.verify_floor().await.unwrap();
    assert_eq!(
        (of_articles.collection.as_str(), of_articles.version),
        ("contents$article", 3),
        "{of_articles}"
    );
    let of_videos = videos.verify_floor().await.unwrap();
    assert_eq!(
        (of_videos.collection.as_str(), of_videos.version, of_videos.census.total()),
        ("contents$video", 1, 60)
    );
    let reader = articles.clone();
    let member = reader.join(service("3.0")).await.unwrap();
    assert_eq!(reader.known_floor(), 3);

    videos.lower_floor(1).await.unwrap();
    videos.rollback().to_version(1).run().await.unwrap();
    assert_eq!(articles.verify_floor().await.unwrap().before, Some(3));
    articles.rollback().to_version(2).run().await.unwrap();
    assert_eq!(reader.known_floor(), 2);
    member.leave().await.unwrap();
    let floors = dump(&database, VERSIONS).await;
    let names: Vec<_> = floors.iter().map(|floor| floor.get_str("_id").unwrap()).collect();
    assert_eq!(names, ["contents$article", "contents$video"]);
}

#[tokio::test]
async fn members_are_those_of_a_kind() {
    let database = with(some_of_each()).await;
    let (articles, videos) = (articles(&database), videos(&database));
    let old = VersionedCollection::<ArticleV2>::new(&database).join(service("2.0")).await.unwrap();
    assert_eq!(articles.live_members().await.unwrap().len(), 1);
    assert_eq!(videos.live_members().await.unwrap(), []);
    let new = videos.join(service("3.0")).await.unwrap();
    assert!(videos.backfill().run().await.unwrap().is_clean());
    let error = articles.backfill().run().await.unwrap_err();
    assert!(
        matches!(&error, Error::UnreadableToOthers { collection, .. } if collection == "contents$article"),
        "{error}"
    );
    let error = VersionedCollection::<VideoV1>::new(&database).join(service("1.0")).await.unwrap_err();
    assert!(
        matches!(&error, Error::UnreadableHere { collection, .. } if collection == "contents$video"),
        "{error}"
    );
    old.leave().await.unwrap();
    new.leave().await.unwrap();
    assert!(articles.backfill().run().await.unwrap().is_clean());
}
