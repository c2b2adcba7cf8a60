//! The jobs of each kind exclude each other, and those of two kinds do not.

use std::convert::Infallible;

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{
    Error, Schema,
    backfill::{JOBS, JobHandle, State},
    cli::{Arguments, Parser},
};

use super::{Article, articles, some_of_each, videos, with};
use crate::{state::dump, support::uri};

/// Stops at once, in the middle of a job.
async fn stop() -> String {
    "it is enough".to_owned()
}

#[tokio::test]
async fn an_unfinished_job_of_one_kind_is_in_no_others_way() {
    let database = with(some_of_each()).await;
    let (articles, videos) = (articles(&database), videos(&database));
    articles.backfill().batch_size(5).workers(1).stop_when(stop()).run().await.unwrap();
    let error = articles.rollback().to_version(1).run().await.unwrap_err();
    assert!(matches!(error, Error::UnderWay { job: "backfill", .. }), "{error}");
    assert!(
        error.to_string().contains("a backfill of collection `contents$article` is under way"),
        "{error}"
    );

    let report = videos.rollback().to_version(1).run().await.unwrap();
    assert!(report.is_clean() && report.rolled_back == 40, "{report}");
    let report = videos.backfill().run().await.unwrap();
    assert!(report.is_clean() && report.upgraded == 60, "{report}");
    let report = articles.backfill().run().await.unwrap();
    assert!(report.is_clean() && report.remaining == 0, "{report}");

    let jobs = dump(&database, JOBS).await;
    let names: Vec<_> = jobs.iter().map(|job| job.get_str("_id").unwrap()).collect();
    assert_eq!(names, ["contents$article", "contents$video", "contents$video$rollback"]);
}

/// The command line speaks of the jobs of its own kind.
#[tokio::test]
async fn a_job_is_steered_by_the_name_of_its_kind() {
    let database = with(some_of_each()).await;
    for name in [articles(&database).name(), videos(&database).name()] {
        assert!(JobHandle::new(&database, name).status().await.unwrap().is_none());
    }
    let (articles, videos) = (articles(&database), videos(&database));
    articles.backfill().batch_size(5).workers(1).stop_when(stop()).run().await.unwrap();
    videos.backfill().batch_size(5).workers(1).stop_when(stop()).run().await.unwrap();
    let place = ["contents", "--uri", uri().await, "--database", database.name(), "cancel"];
    let schema = async |database: &Database| Ok::<_, Infallible>(Schema::new(database).document::<Article>());
    let code = Arguments::try_parse_from(place).unwrap().run(schema).await;
    assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::SUCCESS));
    let state = async |name| JobHandle::new(&database, name).status().await.unwrap().unwrap().state;
    assert_eq!(state("contents$article").await, State::Cancelled);
    assert_eq!(state("contents$video").await, State::Running);
    let whole = database.collection::<Document>(JOBS).find_one(doc! { "_id": "contents" }).await.unwrap();
    assert_eq!(whole, None);
}
