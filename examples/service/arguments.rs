//! The command line.

use std::{net::SocketAddr, time::Duration};

use clap::{CommandFactory, Parser, ValueEnum, error::ErrorKind};

use crate::startup::Startup;

/// Products and contacts over HTTP, stored in several versions at once.
#[derive(Debug, Parser)]
#[command(name = "service", after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The server, and the database after its slash [default: a private mongod with a few old documents, removed at the end].
    #[arg(long, env = "MONGODB_URI", value_name = "URI", hide_env_values = true)]
    uri: Option<String>,

    /// The database, if not that of the URI [default: schema_example_shop].
    #[arg(long, value_name = "NAME")]
    pub(crate) database: Option<String>,

    /// Where to listen; with port 0 it is a free one, and the first line says which.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    /// What to do about documents of older versions.
    #[arg(long, value_enum, default_value_t = Startup::Background)]
    pub(crate) startup: Startup,

    /// The most documents that an upgrade looks at in a second.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_rate: Option<u32>,

    /// How often this process tells the others that it is alive. After three times as long without a word they take it for dead.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    heartbeat: u64,

    /// Neither tell the others of this process nor ask for them, like a program from before they told each other.
    #[arg(long)]
    pub(crate) alone: bool,

    /// Which release to be, so that two can run at once. A real service has no such switch: its previous release is its
    /// previous commit.
    #[arg(long, value_enum, default_value_t = Release::Current)]
    pub(crate) release: Release,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Release {
    /// Products of version 2, contacts of version 1.
    Previous,
    /// Products of version 3, contacts of version 2.
    Current,
}

impl Release {
    /// What the others call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Previous => "previous",
            Self::Current => "current",
        }
    }
}

const AFTER_HELP: &str = "\
GET / lists the endpoints. A deploy without a pause starts this release with `--startup rolling` beside the one before,
and ends that one when this one is ready. SIGTERM and ctrl-C end the service: running requests are answered, and an
upgrade stops where the next process takes it up.

Exit codes:
  0  ended, because it was asked to
  1  refused to serve: there are old documents, their upgrade was given up, or what is stored or written by live
     processes of another release does not go with what this one reads and writes
  2  wrong usage
  3  no server: none could be started, or the one at --uri does not answer
  4  anything else, such as an address that is taken";

impl Arguments {
    /// What the process was started with; it ends if that makes no sense.
    pub(crate) fn of_process() -> Self {
        let arguments = Self::parse();
        if arguments.alone && arguments.startup == Startup::Rolling {
            let conflict = "`--startup rolling` waits for processes of the release before, and with `--alone` none is known";
            Self::command().error(ErrorKind::ArgumentConflict, conflict).exit();
        }
        arguments
    }

    pub(crate) fn heartbeat(&self) -> Duration {
        Duration::from_secs(self.heartbeat)
    }

    /// An environment variable that is set to nothing counts as not set.
    pub(crate) fn uri(&self) -> Option<&str> {
        self.uri.as_deref().filter(|uri| !uri.is_empty())
    }
}
