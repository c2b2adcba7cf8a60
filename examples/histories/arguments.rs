//! The command line.

use clap::Parser;
use schema_examples::histories::{History, all};

/// Tells how five databases came to be what they are, or does what is asked of one such database of yours.
#[derive(Debug, Parser)]
#[command(name = "histories", after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Which history: catalogue, results, conversations, videos or workflow [default: all].
    #[arg(value_parser = named)]
    pub(crate) history: Option<History>,

    /// A command of its own command line, as in `videos status --uri mongodb://localhost/videos`; `videos help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<String>,
}

const AFTER_HELP: &str = "\
Without a command a private mongod is started and removed, and the exit code is 0, or 1 if something does not go as it is told.
With one it is that of the command: see the module `cli` of schema-runtime.";

fn named(name: &str) -> Result<History, String> {
    let known = all().map(|history| history.name).join(", ");
    all().into_iter().find(|history| history.name == name).ok_or_else(|| format!("there are {known}"))
}
