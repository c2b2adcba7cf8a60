//! A backfill or a rollback of the orders in a database, as a process of its own that can be killed or asked to end. Writes a
//! line to standard output for every batch.
#![allow(clippy::print_stderr, reason = "the report is for whoever looks at a failed test")]

use std::{env, error::Error, io::Write, process::ExitCode, time::Duration};

use mongodb::Client;
use schema_runtime::{
    VersionedCollection,
    backfill::{Event, Progress, termination},
};
use schema_tests::orders::Order;

struct Lines;

impl Progress for Lines {
    fn on(&self, event: &Event<'_>) {
        if let Event::Batch(snapshot) = event {
            // Whoever has seen enough no longer reads.
            let _ = writeln!(std::io::stdout(), "{}", snapshot.upgraded + snapshot.rolled_back);
        }
    }
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(uri), Some(database)) = (arguments.next(), arguments.next()) else {
        return Err("usage: backfill_orders <uri> <database> [keep | restore | downgrade]".into());
    };
    let mode = arguments.next();
    let database = Client::with_uri_str(uri).await?.database(&database);
    let orders = VersionedCollection::<Order>::new(&database);
    let lease = Duration::from_secs(1);
    let backfill = || orders.backfill().batch_size(20).lease(lease).progress(Lines).stop_when(termination());
    let rollback = || orders.rollback().batch_size(20).lease(lease).progress(Lines).stop_when(termination());
    let report = match mode.as_deref() {
        None => backfill().run().await?,
        Some("keep") => backfill().keep_preimages(Duration::from_secs(3600)).run().await?,
        Some("restore") => rollback().run().await?,
        Some("downgrade") => rollback().to_version(1).run().await?,
        Some(other) => return Err(format!("there is no mode `{other}`").into()),
    };
    eprintln!("{report}");
    Ok(report.exit_code().into())
}
