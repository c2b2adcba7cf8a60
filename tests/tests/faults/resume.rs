//! What is done twice when a job is killed and taken up again: no more than was in flight.

use std::{collections::BTreeSet, time::Duration};

use fastrand::Rng;
use futures_util::TryStreamExt;
use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::backfill::JOBS;
use schema_tests::faults::{
    account::{COLLECTION, number},
    checker::Found,
    cluster::Cluster,
    conversions::noted,
};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::support::{OPTIONS, insert_old, start};

const DOCUMENTS: u32 = 3_000;

/// Numbers that make ids of one type, so that their order is that of the ids.
fn numbers() -> impl Iterator<Item = u32> {
    (0..DOCUMENTS).map(|number| number * 3)
}

#[tokio::test(flavor = "multi_thread")]
async fn resuming_repeats_at_most_the_batches_in_flight() {
    let cluster = Cluster::start(1).await.unwrap();
    let client = cluster.client("test").await.unwrap();
    let mut rng = Rng::with_seed(1);
    for round in 0..5 {
        let database = client.database(&format!("faults_resume_{round}"));
        insert_old(&database, numbers()).await;
        let folder = TempDir::new().unwrap();
        let [of_first, of_second] = ["first", "second"].map(|name| folder.path().join(name));

        let killed_after = rng.usize(1..2_500);
        let mut first = start(OPTIONS, &cluster.uri("first"), &database, Some(&of_first));
        while noted(&of_first).unwrap().len() < killed_after {
            sleep(Duration::from_millis(1)).await;
        }
        first.kill().unwrap();
        first.wait().unwrap();
        let settled = settled(&database).await;
        let mut second = start(OPTIONS, &cluster.uri("second"), &database, Some(&of_second));
        assert!(second.wait().unwrap().success());

        let (first, second) = (noted(&of_first).unwrap(), noted(&of_second).unwrap());
        let [once, again] = [&first, &second].map(|noted| noted.iter().copied().collect::<BTreeSet<u32>>());
        // Nobody else writes, so no process has a reason to convert a document twice.
        assert_eq!((once.len(), again.len()), (first.len(), second.len()), "round {round}");
        assert_eq!(once.union(&again).copied().collect::<Vec<_>>(), numbers().collect::<Vec<_>>());
        let repeated: Vec<_> = once.intersection(&again).collect();
        // For each worker a batch that is written, and one that is read.
        let in_flight = OPTIONS.workers * 2 * OPTIONS.batch_size;
        assert!(repeated.len() <= usize::try_from(in_flight).unwrap(), "round {round}: {repeated:?}");
        let unsettled: Vec<_> = again.intersection(&settled).collect();
        assert!(
            unsettled.is_empty(),
            "round {round}: behind a checkpoint, and converted again: {unsettled:?}"
        );
        assert_eq!(Found::read(&database).await.unwrap().failures.len(), 0);
    }
    cluster.stop().await.unwrap();
}

/// The numbers of the documents that the checkpoints of the job cover.
async fn settled(database: &Database) -> BTreeSet<u32> {
    let jobs = database.collection::<Document>(JOBS);
    let partitions = jobs.find(doc! { "_id.job": COLLECTION }).await.unwrap();
    let partitions: Vec<Document> = partitions.try_collect().await.unwrap();
    let at = |partition: &Document, field: &str| {
        let at = partition.get_document(field).ok().and_then(|bound| bound.get("at")).cloned();
        at.map(|id| number(&id).expect("an id of ours"))
    };
    let covered = partitions.iter().flat_map(|partition| {
        let (lower, position) = (at(partition, "lower").unwrap_or(0), at(partition, "position"));
        numbers().filter(move |number| position.is_some_and(|position| (lower..=position).contains(number)))
    });
    covered.collect()
}
