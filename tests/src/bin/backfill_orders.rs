//! A backfill of the orders in a database, as a process of its own that can be killed. Writes a line to standard
//! output for every batch.
#![allow(clippy::print_stdout, reason = "the output is what the tests read")]

use std::{env, error::Error, time::Duration};

use mongodb::Client;
use schema_runtime::{
    VersionedCollection,
    backfill::{Event, Progress},
};
use schema_tests::orders::Order;

struct Lines;

impl Progress for Lines {
    fn on(&self, event: &Event<'_>) {
        if let Event::Batch(snapshot) = event {
            println!("{}", snapshot.upgraded);
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(uri), Some(database)) = (arguments.next(), arguments.next()) else {
        return Err("usage: backfill_orders <uri> <database>".into());
    };
    let database = Client::with_uri_str(uri).await?.database(&database);
    let orders = VersionedCollection::<Order>::new(&database);
    orders.backfill().batch_size(20).lease(Duration::from_secs(1)).progress(Lines).run().await?;
    Ok(())
}
