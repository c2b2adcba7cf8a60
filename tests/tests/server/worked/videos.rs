//! Defaults, a list, an enum, a relation and indexes.

use mongodb::bson::{Document, doc};
use schema_examples::histories::videos::HISTORY;
use schema_runtime::startup::Startup;
use serde_json::{Value, json};

use super::{Way, answer, arrived, begun, bytes, expected, go, old, schema, stored};

const CHANNELS_OF_VIDEOS: &str = "20260301-channels-of-videos";

/// The migrations that wait.
fn waiting(report: &Value) -> Vec<&str> {
    assert_eq!(report["ending"]["ending"], "waiting", "{report}");
    let waiting = report["ending"]["migrations"].as_array().unwrap();
    waiting.iter().map(|one| one["id"].as_str().unwrap()).collect()
}

fn video(id: &str, title: &str, tags: &[&str], channel: [&str; 2], visibility: &str) -> Document {
    let [channel, name] = channel;
    doc! {
        "_id": id, "schemaVersion": 3, "title": title, "tags": tags, "channel": { "id": channel, "name": name },
        "visibility": visibility, "views": 0_i64, "language": "en",
    }
}

#[tokio::test]
async fn the_newest_version_is_what_the_types_and_migrations_say() {
    let database = arrived(&HISTORY, Way::Before).await;
    let (ada, bread) = (["ada-s-channel", "Ada's Channel"], ["bread-salt", "Bread & Salt"]);
    let mut third = video("v3", "Bread", &["baking", "slow"], bread, "private");
    third.extend(doc! { "views": 17_i64, "language": "de", "subtitles": ["de"] });
    let videos = vec![
        video("v1", "Ownership", &["rust"], ada, "public"),
        video("v2", "Lifetimes", &[], ada, "unlisted"),
        third,
        video("v4", "Rye", &["baking"], bread, "unlisted"),
    ];
    let channel = |[id, name]: [&str; 2]| doc! { "_id": id, "schemaVersion": 1, "name": name };
    let channels = vec![channel(ada), channel(bread)];
    assert_eq!(stored::<Document>(&database).await, expected([("videos", videos), ("channels", channels)]));

    let mut names = database.collection::<Document>("videos").list_index_names().await.unwrap();
    names.sort();
    assert_eq!(names, ["_id_", "most_viewed_of_channel", "tags_1", "words_of_title"]);
}

#[tokio::test]
async fn the_channels_wait_until_every_video_has_one() {
    let database = begun(&HISTORY).await;
    let report = answer(&HISTORY, &database, 1, &["up"]).await;
    assert_eq!(waiting(&report), [CHANNELS_OF_VIDEOS]);
    assert_eq!(bytes(&database).await, old(&HISTORY));

    // With the videos brought up, all but one.
    let report = answer(&HISTORY, &database, 1, &["up", "--with-backfills"]).await;
    assert_eq!(waiting(&report), [CHANNELS_OF_VIDEOS]);
    let started = schema(&HISTORY, &database).startup(Startup::UpgradeUpTo(100)).run().await.unwrap();
    assert_eq!(started.waiting().iter().map(|one| &one.id).collect::<Vec<_>>(), [CHANNELS_OF_VIDEOS]);
    assert!(!stored::<Document>(&database).await.contains_key("channels"));
    HISTORY.repair(&database).await.unwrap();
    assert_eq!(answer(&HISTORY, &database, 0, &["up", "--with-backfills"]).await["ending"]["ending"], "done");
}

#[tokio::test]
async fn a_channel_without_a_name_is_refused_by_the_server() {
    let database = arrived(&HISTORY, Way::Commands).await;
    let channels = database.collection::<Document>("channels");
    for nameless in [doc! { "_id": "a" }, doc! { "_id": "b", "name": "" }, doc! { "_id": "c", "name": 1 }] {
        assert!(channels.insert_one(nameless).await.is_err());
    }
    channels.insert_one(doc! { "_id": "d", "name": "D" }).await.unwrap();
}

#[tokio::test]
async fn back_leaves_what_somebody_has_changed() {
    let database = arrived(&HISTORY, Way::Before).await;
    let described = doc! { "$set": { "description": "All about rust" } };
    database
        .collection::<Document>("channels")
        .update_one(doc! { "_id": "ada-s-channel" }, described)
        .await
        .unwrap();
    let report = answer(&HISTORY, &database, 0, &["down", "--all"]).await;
    assert_eq!(report["migrations"][0]["affected"], 1);
    answer(&HISTORY, &database, 0, &["rollback", "videos", "--to-version", "1"]).await;

    let video = |id: &str, title: &str, tag: Option<&str>, channel: &str, visibility: &str| {
        let mut video = doc! { "_id": id, "schemaVersion": 1, "title": title };
        video.extend(tag.map(|tag| ("tag".to_owned(), tag.into())));
        video.extend(doc! { "channel": channel, "visibility": visibility });
        video
    };
    // One tag has a place there, and what was counted has none.
    let mut third = video("v3", "Bread", Some("baking"), "Bread & Salt", "private");
    third.insert("subtitles", vec!["de"]);
    let videos = vec![
        video("v1", "Ownership", Some("rust"), "Ada's Channel", "public"),
        video("v2", "Lifetimes", None, "Ada's Channel", "unlisted"),
        third,
        video("v4", "Rye", Some("baking"), "Bread & Salt", "unlisted"),
    ];
    let channels = vec![doc! {
        "_id": "ada-s-channel", "schemaVersion": 1, "name": "Ada's Channel", "description": "All about rust",
    }];
    assert_eq!(stored::<Document>(&database).await, expected([("videos", videos), ("channels", channels)]));
}

#[tokio::test]
async fn a_video_of_a_channel_that_there_is_not_is_found() {
    let database = arrived(&HISTORY, Way::Before).await;
    let lost = video("v9", "Lost", &[], ["nowhere", "Nowhere"], "public");
    database.collection::<Document>("videos").insert_one(lost).await.unwrap();
    let validated = answer(&HISTORY, &database, 1, &["validate"]).await;
    assert!(validated.to_string().contains("v9"), "{validated}");
}

#[tokio::test]
async fn there_and_back_and_there_again_is_the_same() {
    let database = arrived(&HISTORY, Way::Before).await;
    let there = stored::<Document>(&database).await;
    answer(&HISTORY, &database, 0, &["down", "--all"]).await;
    answer(&HISTORY, &database, 0, &["rollback", "videos", "--to-version", "2"]).await;
    let census = answer(&HISTORY, &database, 0, &["census", "videos"]).await;
    assert_eq!(census["versions"], json!({ "2": 4 }));
    go(&HISTORY, &database, Way::Background).await;
    assert_eq!(stored::<Document>(&database).await, there);
}
