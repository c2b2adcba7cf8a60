//! A backfill as a job: shared, interrupted, taken up again, refused, steered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use mongodb::{
    Client, Database,
    bson::{Document, doc},
};
use schema_runtime::{
    Error, VersionedCollection, VersionedDocument,
    backfill::{Ending, Event, FAILURES, JOBS, JobHandle, Progress, Snapshot, State, Verdict},
};
use schema_tests::orders::{Order, OrderV1, insert_old, stored, upgraded};
use tokio::sync::watch;

use crate::support::{TestDatabase, database, uri};

/// A release that went another way.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = OrderV1)]
struct OtherOrder {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = total)]
    sum: String,
}

/// Sends every snapshot on.
struct Watched(watch::Sender<Option<Snapshot>>);

impl Progress for Watched {
    fn on(&self, event: &Event<'_>) {
        if let Event::Batch(snapshot) | Event::Tick(snapshot) = event {
            self.0.send_replace(Some(snapshot.clone()));
        }
    }
}

fn watched() -> (Watched, watch::Receiver<Option<Snapshot>>) {
    let (sender, receiver) = watch::channel(None);
    (Watched(sender), receiver)
}

/// Waits until a snapshot says so.
async fn when(
    snapshots: &mut watch::Receiver<Option<Snapshot>>,
    says: impl Fn(&Snapshot) -> bool,
) -> Snapshot {
    let found = snapshots.wait_for(|snapshot| snapshot.as_ref().is_some_and(&says)).await;
    found.expect("a snapshot that says so").clone().expect("a snapshot")
}

async fn orders(count: i32) -> (TestDatabase, VersionedCollection<Order>) {
    let database = database().await;
    insert_old(&database, count).await.unwrap();
    let orders = VersionedCollection::new(&database);
    (database, orders)
}

/// Stops a backfill after so many documents.
async fn interrupted(orders: &VersionedCollection<Order>, documents: u64) {
    let (progress, mut snapshots) = watched();
    let stop = async move {
        when(&mut snapshots, |snapshot| snapshot.upgraded >= documents).await;
        "it is enough".to_owned()
    };
    let report = orders.backfill().batch_size(50).progress(progress).stop_when(stop).run().await.unwrap();
    assert_eq!(report.ending, Ending::Interrupted("it is enough".to_owned()), "{report}");
    assert_eq!(report.exit_code(), 5);
}

async fn job(database: &Database) -> Document {
    let jobs = database.collection::<Document>(JOBS);
    jobs.find_one(doc! { "_id": "orders" }).await.unwrap().expect("the job")
}

#[tokio::test]
async fn an_interrupted_job_goes_on_where_it_was() {
    let (database, orders) = orders(1_000).await;
    interrupted(&orders, 200).await;
    let left = orders.census().await.unwrap().upgradable();
    assert!((1..=800).contains(&left), "{left}");
    let run = job(&database).await.get_object_id("run").unwrap();

    let report = orders.backfill().run().await.unwrap();
    assert!(report.is_clean() && report.exit_code() == 0, "{report}");
    assert_eq!(
        (report.upgraded, report.upgraded_by_others, report.passes),
        (left, 1_000 - left, 1),
        "{report}"
    );
    let job = job(&database).await;
    assert_eq!((job.get_object_id("run").unwrap(), job.get_str("state").unwrap()), (run, "finished"));
    assert_eq!(stored(&database).await.unwrap(), upgraded(1_000));
    // Nothing but the job's own document is left of it.
    assert_eq!(database.collection::<Document>(JOBS).count_documents(doc! {}).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_share_a_job() {
    let (database, _) = orders(30_000).await;
    let runs = (0..3).map(|_| {
        let name = database.name().to_owned();
        tokio::spawn(async move {
            let database = Client::with_uri_str(uri().await).await.unwrap().database(&name);
            VersionedCollection::<Order>::new(&database)
                .backfill()
                .batch_size(100)
                .workers(1)
                .run()
                .await
                .unwrap()
        })
    });
    let mut sum = 0;
    for run in runs.collect::<Vec<_>>() {
        let report = run.await.unwrap();
        assert!(report.is_clean(), "{report}");
        assert_eq!(report.upgraded + report.upgraded_by_others, 30_000, "{report}");
        sum += report.upgraded;
    }
    assert_eq!(sum, 30_000);
    assert_eq!(stored(&database).await.unwrap(), upgraded(30_000));
}

#[tokio::test]
async fn a_job_of_another_chain_is_not_taken_up() {
    let (database, orders) = orders(1_000).await;
    interrupted(&orders, 100).await;
    let others = VersionedCollection::<OtherOrder>::new(&database);
    let before = stored(&database).await.unwrap();

    let error = others.backfill().run().await.unwrap_err();
    assert!(matches!(error, Error::UnfinishedJob { begun_for: 2, asked_for: 2, .. }), "{error}");
    assert!(error.to_string().contains("begun by `Order`"), "{error}");
    assert_eq!(stored(&database).await.unwrap(), before);

    let report = others.backfill().restart(true).run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!(orders.census().await.unwrap().current(), 1_000);
}

#[tokio::test]
async fn too_many_failures_end_the_job_and_the_next_run_goes_on() {
    let (database, orders) = orders(200).await;
    let raw = database.collection::<Document>("orders");
    raw.update_many(doc! { "_id": { "$lt": 30 } }, doc! { "$set": { "total": "much" } }).await.unwrap();
    let report = orders.backfill().batch_size(10).workers(1).max_failures(15).run().await.unwrap();
    let Ending::Aborted(reason) = &report.ending else { panic!("{report}") };
    assert_eq!(reason, "20 documents have failed, and the limit is 15");
    assert_eq!((report.exit_code(), report.upgraded), (7, 0), "{report}");
    let status = JobHandle::new(&database, "orders").status().await.unwrap().expect("a job");
    assert_eq!((status.state, status.reason.as_deref()), (State::Aborted, Some(reason.as_str())));

    let report = orders.backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed, report.exit_code()), (170, 30, 1), "{report}");
    assert_eq!(database.collection::<Document>(FAILURES).count_documents(doc! {}).await.unwrap(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_paused_resumed_and_cancelled_from_elsewhere() {
    let (database, orders) = orders(2_000).await;
    let (progress, mut snapshots) = watched();
    let run = tokio::spawn(async move {
        orders.backfill().batch_size(20).workers(1).max_rate(1_000.0).progress(progress).run().await.unwrap()
    });
    when(&mut snapshots, |snapshot| snapshot.upgraded > 0).await;

    let handle = JobHandle::new(&database, "orders");
    handle.pause("ada").await.unwrap();
    let held = when(&mut snapshots, |snapshot| snapshot.held.is_some()).await;
    assert_eq!((held.held.as_deref(), held.eta), (Some("paused by ada"), None));
    // One batch may have been in flight; after it, nothing moves.
    let paused =
        when(&mut snapshots, |snapshot| snapshot.elapsed > held.elapsed + Duration::from_secs(1)).await;
    let later = when(&mut snapshots, |snapshot| snapshot.elapsed > paused.elapsed).await;
    assert_eq!(later.upgraded, paused.upgraded);
    let status = handle.status().await.unwrap().expect("a job");
    assert_eq!((status.state, status.processes.len(), status.eta()), (State::Running, 1, None), "{status}");
    assert!(status.to_string().contains("waits: paused by ada"), "{status}");

    handle.adjust("ada", |control| control.workers = Some(3)).await.unwrap();
    handle.resume("ada").await.unwrap();
    when(&mut snapshots, |snapshot| snapshot.upgraded > later.upgraded && snapshot.workers == 3).await;
    handle.cancel("ada").await.unwrap();
    let report = run.await.unwrap();
    assert_eq!(report.ending, Ending::Cancelled("by ada".to_owned()), "{report}");
    assert_eq!(report.exit_code(), 6);
    let error = handle.pause("ada").await.unwrap_err();
    assert!(matches!(error, Error::NoJob { .. }), "{error}");

    // A cancelled job is over: the next run is another.
    let orders = VersionedCollection::<Order>::new(&database);
    let report = orders.backfill().run().await.unwrap();
    assert_eq!((report.is_clean(), report.upgraded_by_others), (true, 0), "{report}");
}

#[tokio::test]
async fn a_throttle_is_waited_for_and_may_end_the_job() {
    let (database, orders) = orders(100).await;
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let twice = move || {
        let asked = count.fetch_add(1, Ordering::Relaxed);
        async move { if asked < 2 { Verdict::Wait(format!("asked {asked} times")) } else { Verdict::Go } }
    };
    let (progress, mut snapshots) = watched();
    let waiting = async {
        let held = when(&mut snapshots, |snapshot| snapshot.held.as_deref() == Some("asked 1 times")).await;
        assert_eq!((held.upgraded, held.eta), (0, None));
    };
    let (report, ()) = tokio::join!(orders.backfill().throttle(twice).progress(progress).run(), waiting);
    assert!(report.unwrap().is_clean());
    assert!(asked.load(Ordering::Relaxed) >= 3);

    insert_old_again(&database).await;
    let never = || async { Verdict::Abort("the disk is full".to_owned()) };
    let report = orders.backfill().throttle(never).run().await.unwrap();
    assert_eq!(report.ending, Ending::Aborted("the disk is full".to_owned()), "{report}");
    assert_eq!(report.upgraded, 0);
}

async fn insert_old_again(database: &Database) {
    let order = doc! { "_id": 1_000, "total": "1" };
    database.collection::<Document>("orders").insert_one(order).await.unwrap();
}

#[tokio::test]
async fn lag_and_latency_are_watched() {
    let (_database, orders) = orders(100).await;
    // One member has nobody behind it, and no write takes a minute.
    let limits = orders.backfill().max_lag(Duration::ZERO).critical_write_latency(Duration::from_secs(60));
    assert!(limits.run().await.unwrap().is_clean());

    let (_database, orders) = self::orders(100).await;
    let report = orders.backfill().critical_write_latency(Duration::ZERO).run().await.unwrap();
    let Ending::Aborted(reason) = &report.ending else { panic!("{report}") };
    assert!(reason.starts_with("the write latency is ") && reason.ends_with("the limit is 0ns"), "{reason}");
}
