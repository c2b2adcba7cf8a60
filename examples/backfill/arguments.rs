//! The command line.

use std::{fs::File, path::PathBuf};

use anyhow::Context;
use clap::Parser;
use schema_examples::flights::{TableError, sample, table};
use schema_runtime::bson::Document;

/// Departures from New York, stored in three versions of one type, read as one, and backfilled.
#[derive(Debug, Parser)]
#[command(name = "backfill", after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The server to use [default: a private mongod, started and removed].
    #[arg(long, env = "MONGODB_URI", value_name = "URI", hide_env_values = true)]
    uri: Option<String>,

    /// Store the first N rows only [default: all, 3060 in the sample].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    documents: Option<u32>,

    /// Read the whole flights.csv instead of the sample; see examples/data/README.md.
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,

    /// Print a line of JSON for each section, and no progress.
    #[arg(long)]
    pub(crate) json: bool,
}

const AFTER_HELP: &str = "\
Everything happens in the database `schema_example_flights`. It is dropped at the start if this example made it;
a database of that name that somebody else made is left alone, and the example ends with code 4.

Exit codes:
  0  done; all went as told, the broken document of the last section included
  1  done, but rows of the input could not be upgraded; they are in schema_backfill_failures
  2  wrong usage
  3  no server: none could be started, or the one at --uri does not answer
  4  anything else, such as a file that cannot be read";

/// The rows to store.
pub(crate) type Rows = Box<dyn Iterator<Item = Result<Document, TableError>>>;

impl Arguments {
    /// An environment variable that is set to nothing counts as not set.
    pub(crate) fn uri(&self) -> Option<&str> {
        self.uri.as_deref().filter(|uri| !uri.is_empty())
    }

    pub(crate) fn rows(&self) -> anyhow::Result<Rows> {
        let rows: Rows = match &self.file {
            Some(path) => {
                let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
                Box::new(table(file)?)
            }
            None => Box::new(sample()?),
        };
        Ok(match self.documents {
            Some(documents) => Box::new(rows.take(usize::try_from(documents)?)),
            None => rows,
        })
    }
}
