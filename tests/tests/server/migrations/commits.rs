//! Commits that fail: a step and its entry in the ledger are both there, or neither is.

use std::collections::BTreeSet;

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{Schema, ledger::State, local::LocalServer, migration::Direction, runner::Ending};
use schema_tests::marks::{Way, in_effect, prepare, times};

use super::{entry, marking};

/// A server of its own, because what is made to fail fails for all of its clients.
async fn server() -> (LocalServer, Database) {
    let server = LocalServer::builder().replica_set(1).arg("--setParameter").arg("enableTestCommands=1");
    let server = server.start().await.unwrap();
    let database = server.client().await.unwrap().database("shop");
    prepare(&database).await;
    (server, database)
}

/// The next commits fail like this.
async fn fail(database: &Database, times: i32, how: Document) {
    let mut data = doc! { "failCommands": ["commitTransaction"] };
    data.extend(how);
    let point = doc! { "configureFailPoint": "failCommand", "mode": { "times": times }, "data": data };
    database.client().database("admin").run_command(point).await.unwrap();
}

fn schema(database: &Database) -> Schema {
    Schema::new(database).migration(marking("m", &[Way::InTransaction, Way::InTransaction]))
}

#[tokio::test]
async fn a_commit_that_fails_is_tried_again_and_its_step_is_made_once() {
    let (server, database) = server().await;
    let schema = schema(&database);
    let unsure = doc! { "writeConcernError": { "code": 64, "errmsg": "made by a fail point" } };
    let refused = doc! { "errorCode": 251, "errorLabels": ["TransientTransactionError"] };
    let unknown =
        doc! { "errorCode": 91, "errorLabels": ["UnknownTransactionCommitResult", "RetryableWriteError"] };
    for (round, how) in [unsure, refused, unknown].into_iter().enumerate() {
        for (direction, run) in [(Direction::Up, schema.up()), (Direction::Down, schema.down_all())] {
            fail(&database, 3, how.clone()).await;
            let report = run.run().await.unwrap();
            assert!(report.is_done(), "{how}: {report}");
            for step in ["m/1", "m/2"] {
                assert_eq!(times(&database, step, direction).await, round as u64 + 1, "{how}");
            }
        }
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_commit_that_fails_for_good_leaves_nothing() {
    let (server, database) = server().await;
    fail(&database, 1, doc! { "errorCode": 20 }).await;
    let report = schema(&database).up().run().await.unwrap();
    assert!(matches!(report.ending, Ending::Failed { .. }), "{report}");
    assert_eq!(in_effect(&database).await, BTreeSet::new());
    let entry = entry(&database, "m").await;
    assert_eq!((entry.state, entry.done, entry.begun), (State::Failed, 0, None));
    server.stop().await.unwrap();
}
