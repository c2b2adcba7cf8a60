//! The command line over a collection that loads its context first.

use std::process::ExitCode;

use mongodb::{Database, bson::doc};
use schema_runtime::{
    Schema, VersionedCollection,
    cli::{Arguments, Parser},
};

use super::{Cities, User, stored};
use crate::support::{database, uri};

/// Whether a command ends with success.
async fn run(database: &Database, with_context: bool, command: &str) -> bool {
    let arguments = ["users", "--uri", uri().await, "--database", database.name(), command];
    let code = Arguments::parse_from(arguments).run(async |database| {
        let users = VersionedCollection::<User>::new(database);
        let cities = Cities::load(database).await?;
        let users = if with_context { users.with_context(cities) } else { users };
        Ok::<_, mongodb::error::Error>(Schema::new(database).collection(users))
    });
    // Codes can be shown, and not compared.
    format!("{:?}", code.await) == format!("{:?}", ExitCode::SUCCESS)
}

#[tokio::test]
async fn commands_find_the_context() {
    let database = database().await;
    Cities::of([("1010", "Vienna")]).store(&database).await.unwrap();
    let raw = stored(&database, (0..10).map(|id| (id, "1010"))).await;

    for command in ["plan-backfill", "backfill", "verify"] {
        assert!(!run(&database, false, command).await, "{command}");
        assert_eq!(raw.count_documents(doc! { "city": { "$exists": true } }).await.unwrap(), 0);
    }
    for command in ["plan-backfill", "backfill", "verify"] {
        assert!(run(&database, true, command).await, "{command}");
    }
    assert_eq!(raw.count_documents(doc! { "city": "Vienna" }).await.unwrap(), 10);
}

#[tokio::test]
async fn a_context_that_cannot_be_loaded_is_an_error_of_the_command() {
    let database = database().await;
    let arguments = ["users", "--uri", uri().await, "--database", database.name(), "census"];
    let code = Arguments::parse_from(arguments).run(async |_| Err::<Schema, _>("the cities are gone")).await;
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(4)));
}

/// What runs in a task of its own has to be able to move between threads.
#[test]
fn all_of_it_can_be_spawned() {
    fn check<T: Send>(_: impl FnOnce(VersionedCollection<User>) -> T) {}
    check(|users| async move { users.backfill().run().await });
    check(|users| async move { users.backfill().plan().await });
    check(|users| async move { users.backfill().retry_failed().await });
    check(|users| async move { users.rollback().to_version(1).run().await });
    check(|users| async move { users.verify().run().await });
    check(|users| async move {
        users.contexts().scope_async(users.collection().find_one(doc! {}).into_future()).await
    });
}
