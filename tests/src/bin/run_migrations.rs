//! Migrations as a process of its own that can be killed, paused or asked to end. Writes a line to standard output for every step that
//! it begins, and for how it has ended.

use std::{env, error::Error, io::Write, process::ExitCode, time::Duration};

use mongodb::Client;
use schema_runtime::{Schema, backfill::termination, migration::Migration, runner::RunEvent};
use schema_tests::marks::{Mark, Way};

/// How long a step takes.
const TAKES: Duration = Duration::from_millis(150);

fn say(line: &str) {
    // Whoever has seen enough no longer reads.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn migration(id: &str, ways: &[Way]) -> Migration {
    let steps = ways.iter().enumerate().map(|(place, way)| Mark::new(format!("{id}/{}", place + 1), *way));
    steps.fold(Migration::new(id), |migration, step| migration.step(step.taking(TAKES / 2)))
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(uri), Some(database)) = (arguments.next(), arguments.next()) else {
        return Err("usage: run_migrations <uri> <database> [up | down] [<seconds of the lease>]".into());
    };
    let database = Client::with_uri_str(uri).await?.database(&database);
    let schema = Schema::new(&database)
        .migration(migration("first", &[Way::InTransaction, Way::Repeatable]))
        .migration(migration("second", &[Way::Repeatable, Way::InTransaction, Way::InTransaction]))
        .migration(migration("third", &[Way::InTransaction]));
    let run = match arguments.next().as_deref() {
        Some("down") => schema.down_all(),
        _ => schema.up(),
    };
    let lease = Duration::from_secs(arguments.next().map_or(Ok(30), |seconds| seconds.parse())?);
    let observer = |event: &RunEvent<'_>| {
        if let RunEvent::Step { id, step, .. } = event {
            say(&format!("{id}/{step}"));
        }
    };
    let run = run.lease(lease).observer(observer).stop_when(termination());
    match run.run().await {
        Ok(report) => {
            say(&format!("ended {report}").replace('\n', " "));
            Ok(report.exit_code().into())
        }
        Err(error) => {
            say(&format!("error {error}"));
            Ok(4.into())
        }
    }
}
