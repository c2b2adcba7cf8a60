//! What only looks: census, plan, dry run, verification.

use std::collections::BTreeMap;

use schema_runtime::backfill::plan;

use super::{
    Article, articles, broken_article, is_article, podcast, some_of_each, video, videos, with, with_kind,
};
use crate::state::state;

#[tokio::test]
async fn a_census_counts_documents_of_its_kind() {
    let database = with(some_of_each()).await;
    let census = articles(&database).census().await.unwrap();
    assert_eq!((census.total(), census.upgradable()), (90, 60));
    assert_eq!(census.versions, BTreeMap::from([(1, 30), (2, 30), (3, 30)]));
    let census = videos(&database).census().await.unwrap();
    assert_eq!((census.total(), census.upgradable()), (60, 40));
    assert_eq!(census.versions, BTreeMap::from([(1, 20), (2, 20), (3, 20)]));
}

#[tokio::test]
async fn a_plan_is_about_documents_of_its_kind() {
    let mut documents = some_of_each();
    documents.extend([broken_article(1000), with_kind(broken_article(1001), "podcast")]);
    let database = with(documents).await;
    let before = state(&database).await;
    for all in [false, true] {
        let (articles, videos) = (articles(&database), videos(&database));
        let (of_articles, of_videos) = (articles.backfill(), videos.backfill());
        let plans = match all {
            false => (of_articles.plan().sample(1000).await, of_videos.plan().sample(1000).await),
            true => (of_articles.plan().all().await, of_videos.plan().all().await),
        };
        let (of_articles, of_videos) = (plans.0.unwrap(), plans.1.unwrap());
        let text = of_articles.to_string();
        assert!(text.starts_with("61 of 91 documents in `contents$article` are to be brought to"), "{text}");
        assert_eq!((of_articles.trial.upgraded(), of_articles.trial.failed()), (60, 1), "{text}");
        let first = of_articles.trial.versions.first().unwrap();
        assert_eq!((first.stored, first.tried), (plan::Stored::Version(1), 31), "{text}");
        let inside = of_articles.server_side.as_ref().unwrap();
        assert_eq!((inside.passes().len(), inside.obstacles().len()), (1, 1), "{text}");
        assert_eq!((of_videos.trial.upgraded(), of_videos.trial.failed()), (40, 0), "{of_videos}");
        assert!(of_articles.can_run() && of_videos.can_run());
        assert_eq!(of_articles.namespace.kind, plan::NamespaceKind::Collection);
    }
    assert_eq!(state(&database).await, before);
}

#[tokio::test]
async fn a_dry_run_goes_through_documents_of_its_kind() {
    let database = with(some_of_each()).await;
    let before = state(&database).await;
    let report = articles(&database).backfill().dry_run(true).run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (60, 0), "{report}");
    let report = videos(&database).backfill().dry_run(true).server_side(false).run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (40, 0), "{report}");
    assert_eq!(state(&database).await, before);
}

#[tokio::test]
async fn a_verification_looks_at_documents_of_its_kind() {
    let database = with(some_of_each()).await;
    let before = state(&database).await;
    let (articles, videos) = (articles(&database), videos(&database));
    let all = articles.verify().run().await.unwrap();
    assert!(all.complete && all.documents == 90 && all.decoded == 90, "{all}");
    assert_eq!(all.findings, BTreeMap::from([("not_current", 60)]), "{all}");
    let sample = videos.verify().sample(25).run().await.unwrap();
    assert!(!sample.complete && sample.documents == 25 && sample.decoded == 25, "{sample}");
    assert_eq!(sample.census.total(), 60, "{sample}");
    assert_eq!(state(&database).await, before);

    videos.backfill().run().await.unwrap();
    let clean = videos.verify().run().await.unwrap();
    assert!(
        clean.is_clean() && clean.to_string().starts_with("`contents$video` at schema version 3"),
        "{clean}"
    );
    assert!(!articles.verify().run().await.unwrap().is_clean());
}

/// A filter finds what is in a list; no type reads it. So it is told, and stays as it is.
#[tokio::test]
async fn a_list_with_the_kind_in_it_is_a_finding() {
    let listed = with_kind(video(1, 1), vec!["video", "article"]);
    let database = with([listed, podcast(2, 1)]).await;
    let before = state(&database).await;
    for versioned in [&videos(&database)] {
        let verification = versioned.verify().run().await.unwrap();
        assert_eq!(verification.findings, BTreeMap::from([("other_kind", 1)]), "{verification}");
    }
    assert_eq!(state(&database).await, before);
    let report = videos(&database).backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (0, 1), "{report}");
    let failure = &videos(&database).failures(9).await.unwrap()[0];
    assert_eq!(failure.kind, "other_kind");
    let report =
        schema_runtime::VersionedCollection::<Article>::new(&database).backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (0, 1), "{report}");
    let stored = crate::state::dump(&database, "contents").await;
    assert!(
        stored.iter().all(|document| !is_article(document))
            && stored[0].get_i32("schemaVersion").ok() == Some(1)
    );
}
