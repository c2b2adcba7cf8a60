//! A backup of a database or a copy of it, as a process of its own that can be killed, asked to end, or limited. Writes a line to standard
//! output for every step. With `wait` it then waits for a line on standard input.
#![allow(clippy::print_stderr, reason = "the outcome is for whoever looks at a failed test")]

use std::{
    env,
    error::Error,
    io::{Write, stdin, stdout},
    process::ExitCode,
};

use mongodb::Client;
use schema_runtime::{
    backfill::termination,
    backup::{Backup, Copy, Step},
};

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [uri, work, database, to, rest @ ..] = arguments.as_slice() else {
        return Err(
            "usage: backup_process <uri> <backup | copy> <database> <folder | database> [wait]".into()
        );
    };
    let waits = rest.contains(&"wait");
    let progress = move |step: &Step<'_>| {
        // Whoever has seen enough no longer reads.
        let _ = writeln!(stdout(), "{} {}", step.collection, step.documents);
        if waits {
            let _ = stdin().read_line(&mut String::new());
        }
    };
    let client = Client::with_uri_str(uri).await?;
    let database = client.database(database);
    let report = match *work {
        "backup" => {
            let backup = Backup::of(&database).to(to).progress(progress).stop_when(termination());
            backup.run().await.map(|report| report.to_string())
        }
        "copy" => {
            let target = client.database(to);
            let copy = Copy::from(&database).to(&target).progress(progress).stop_when(termination());
            copy.run().await.map(|report| report.to_string())
        }
        other => return Err(format!("there is no work `{other}`").into()),
    };
    match report {
        Ok(report) => {
            eprintln!("{report}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            // Both ways of saying it: for people, and for the test to know the case.
            eprintln!("{error}\n{error:?}");
            Ok(ExitCode::FAILURE)
        }
    }
}
