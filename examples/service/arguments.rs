//! The command line.

use std::net::SocketAddr;

use clap::{Parser, ValueEnum};

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

const AFTER_HELP: &str = "\
GET / lists the endpoints. SIGTERM and ctrl-C end the service: running requests are answered, and an upgrade stops
where the next process takes it up.

Exit codes:
  0  ended, because it was asked to
  1  refused to serve: there are old documents, or their upgrade was given up
  2  wrong usage
  3  no server: none could be started, or the one at --uri does not answer
  4  anything else, such as an address that is taken";

impl Arguments {
    /// An environment variable that is set to nothing counts as not set.
    pub(crate) fn uri(&self) -> Option<&str> {
        self.uri.as_deref().filter(|uri| !uri.is_empty())
    }
}
