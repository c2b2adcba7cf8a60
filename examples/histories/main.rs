//! Five histories of databases, told one after the other, and the command line of each.
//!
//!     cargo run --example histories
//!
//! starts a private `mongod` and tells all of them: what old programs have stored, what is done about it, what is stored then, and back.
//! `cargo run --example histories -- videos` tells one. With a command behind the name it is the command line of that history, for a
//! database of yours: `cargo run --example histories -- videos status --uri mongodb://localhost/videos`.
//!
//! What a history is made of is in the library beside this file, a folder each, with [`schema_examples::histories`] as the list.

mod arguments;
mod story;

use std::{convert::Infallible, io::Write, process::ExitCode};

use anyhow::Context;
use clap::Parser;
use schema_examples::histories::{History, all};
use schema_runtime::{
    cli::{self, sentence},
    local::LocalServer,
};

use crate::{arguments::Arguments, story::tell};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match &arguments.history {
        Some(history) if !arguments.command.is_empty() => command(history, arguments.command).await,
        chosen => {
            let told = tell_each(chosen.as_ref().map_or(&all(), std::slice::from_ref)).await;
            if let Err(error) = &told {
                // Nothing can be done about a standard error that is gone.
                let _ = writeln!(std::io::stderr(), "error: {}", sentence(error.as_ref()));
            }
            if told.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
    }
}

/// All that a service needs for a command line of its own.
async fn command(history: &History, words: Vec<String>) -> ExitCode {
    let words = [format!("histories {}", history.name)].into_iter().chain(words);
    cli::Arguments::parse_from(words)
        .run(async |database| Ok::<_, Infallible>((history.schema)(database)))
        .await
}

async fn tell_each(histories: &[History]) -> anyhow::Result<()> {
    // A replica set of one, for its transactions.
    let server = LocalServer::builder().replica_set(1).start().await?;
    for history in histories {
        tell(history, &server).await.with_context(|| format!("the history `{}`", history.name))?;
    }
    server.stop().await.context("all is told, but the private server could not be stopped")
}
