//! `schema_runtime::local` against real servers and real signals; it reads `/proc`, hence Linux.
#![allow(clippy::unwrap_used, reason = "clippy.toml lets tests unwrap; these are the helpers of tests")]

mod failures;
mod finding_mongod;
mod killed_parent;
mod lifecycle;
mod process;
mod replica_set;
mod things;

type Outcome = Result<(), Box<dyn std::error::Error>>;
