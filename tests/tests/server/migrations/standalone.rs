//! A server without transactions.

use mongodb::Database;
use schema_runtime::{
    Schema,
    ledger::State,
    local::LocalServer,
    migration::{Context, Migration, StepError, Transaction},
    runner::Ending,
    schema::SchemaError,
};
use schema_tests::marks::{Mark, Trouble, Way, in_effect};

use super::{entry, states};

async fn in_one(context: Context) -> Result<(), StepError> {
    if context.in_transaction() { Ok(()) } else { Err("there is none".into()) }
}

fn failing(database: &Database, trouble: &Trouble) -> Schema {
    let step = |name: &str, way| Mark::new(name, way).failing_in(trouble);
    let migration =
        Migration::new("m").step(step("one", Way::InTransaction)).step(step("two", Way::InTransaction));
    Schema::new(database).migration(migration)
}

#[tokio::test]
async fn a_standalone_server_does_what_needs_no_transaction() {
    let server = LocalServer::builder().start().await.unwrap();
    let database = server.client().await.unwrap().database("shop");
    let required = Migration::new("r").up(in_one).transaction(Transaction::Required);
    let refused = Schema::new(&database).migration(required).up().run().await.unwrap_err();
    assert!(matches!(&refused, SchemaError::NoTransactions { id, .. } if id == "r"), "{refused}");

    let trouble = Trouble::default();
    let schema = failing(&database, &trouble);
    trouble.lock().unwrap().insert("two".to_owned());
    let report = schema.up().run().await.unwrap();
    assert!(matches!(report.ending, Ending::Failed { .. }), "{report}");
    // What would not have been done in a transaction is done, and a person is asked.
    assert_eq!(in_effect(&database).await.len(), 2);
    assert_eq!((entry(&database, "m").await.done, entry(&database, "m").await.begun), (1, Some(2)));
    trouble.lock().unwrap().clear();
    assert!(matches!(schema.up().run().await, Err(SchemaError::CutOff { step: 2, .. })));
    assert!(schema.up().retry(true).run().await.unwrap().is_done());
    assert!(schema.down_all().run().await.unwrap().is_done());
    assert!(in_effect(&database).await.is_empty());
    let reset = states(&database).await;
    assert!(reset.contains(&("m".to_owned(), State::RolledBack)), "{reset:?}");
    server.stop().await.unwrap();
}
