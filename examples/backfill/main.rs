//! A collection that three releases have written to, and the job that brings it to the newest shape.
//!
//!     cargo run --example backfill
//!
//! starts a private `mongod` and needs nothing else; `--uri` uses a server of yours, in a database of the example's
//! own. The story is in [`story`]; the document type with its three versions is in `examples/flights.rs`.

mod arguments;
mod database;
mod exit_code;
mod job;
mod page;
mod story;

use std::{io::Write, process::ExitCode};

use anyhow::Context;
use clap::Parser;
use schema_examples::server::Server;
use schema_runtime::cli::sentence;

use crate::{arguments::Arguments, database::own_database, exit_code::exit_code, page::Page};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ending = run(&arguments).await;
    if let Err(error) = &ending {
        // Nothing can be done about a standard error that is gone.
        let _ = writeln!(std::io::stderr(), "error: {}", sentence(error.as_ref()));
    }
    exit_code(&ending).into()
}

async fn run(arguments: &Arguments) -> anyhow::Result<story::Ending> {
    let rows = arguments.rows()?;
    let server = Server::connect(arguments.uri()).await?;
    let database = own_database(server.client()).await?;
    let ending = story::tell(Page::new(arguments.json), &database, rows).await?;
    server.stop().await.context("the story is told, but the private server could not be stopped")?;
    Ok(ending)
}
