//! Both releases, all ways to change a document and a backfill at once: what was said to be done is there, exactly once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use mongodb::bson::doc;
use schema_runtime::{DecodeErrorKind, Error, WriteBack};
use schema_tests::stored::all;

use super::Releases;
use crate::{
    collection::{User, user},
    support::database,
};

const IDS: i32 = 6;
const ROUNDS: usize = 60;

/// What one writer was told, for each document.
struct Tally([AtomicI64; IDS as usize]);

impl Tally {
    fn add(&self, id: i32, result: Result<bool, Error>) {
        match result {
            Ok(true) => {
                self.0[usize::try_from(id).unwrap()].fetch_add(1, Ordering::Relaxed);
            }
            Ok(false) => panic!("document {id} was not found"),
            Err(Error::Changed { .. } | Error::Conflict { .. } | Error::NewerLeft { updated: 0, .. }) => {}
            Err(Error::NewerLeft { .. }) => self.add(id, Ok(true)),
            Err(Error::Decode(error)) if matches!(error.kind(), DecodeErrorKind::Newer { stored: 3 }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

macro_rules! writers {
    ($users:expr, $id:expr, $way:expr) => {{
        let (users, filter) = (&$users, doc! { "_id": $id });
        let increment = doc! { "$inc": { "visits": 1_i64 } };
        match $way {
            0 => users.update_one(filter, increment).await.map(|result| result.matched_count == 1),
            1 => users.find_one_and_update(filter, increment).await.map(|found| found.is_some()),
            2 => users.modify(filter, |user| user.visits += 1).await.map(|found| found.is_some()),
            3 => users.update_many(filter, increment).await.map(|result| result.matched_count == 1),
            _ => match users.get($id).await {
                Ok(Some(mut loaded)) => {
                    loaded.visits += 1;
                    users.save(&mut loaded).await.map(|()| true)
                }
                Ok(None) => Ok(false),
                Err(error) => Err(error),
            },
        }
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_update_is_lost_and_none_is_made_twice() {
    let database = database().await;
    let releases = Releases::on(&database, 0..IDS).await;
    let tally = Arc::new(Tally(std::array::from_fn(|_| AtomicI64::new(0))));
    let writing = Arc::new(AtomicBool::new(true));
    let mut tasks = Vec::new();
    for way in 0..5 {
        for old in [false, true] {
            let (releases, tally) = (releases.clone(), Arc::clone(&tally));
            tasks.push(tokio::spawn(async move {
                for round in 0..ROUNDS {
                    let id = i32::try_from(round).unwrap() % IDS;
                    let result =
                        if old { writers!(releases.old, id, way) } else { writers!(releases.new, id, way) };
                    tally.add(id, result);
                }
            }));
        }
    }
    let others = {
        let (releases, writing) = (releases.clone(), Arc::clone(&writing));
        tokio::spawn(async move {
            let reading = releases.new.clone().with_write_back(WriteBack::always());
            while writing.load(Ordering::Relaxed) {
                reading.find(doc! {}).await.unwrap().try_collect().await.unwrap();
                releases.new.backfill().run().await.unwrap();
            }
        })
    };
    for task in tasks {
        task.await.unwrap();
    }
    writing.store(false, Ordering::Relaxed);
    others.await.unwrap();

    let expected = (0..IDS).zip(&tally.0).map(|(id, visits)| {
        let mut user = user(id);
        user.visits += visits.load(Ordering::Relaxed);
        user
    });
    let found: Vec<User> = all(releases.new.collection()).await.unwrap();
    assert_eq!(found, expected.collect::<Vec<_>>());
    assert!(tally.0.iter().any(|visits| visits.load(Ordering::Relaxed) > 10));
}
