//! The command line over the orders of a database, as a service's own program has it.

use std::process::ExitCode;

use schema_runtime::cli::{Arguments, Parser};
use schema_tests::orders::Order;

#[tokio::main]
async fn main() -> ExitCode {
    Arguments::parse().run::<Order>().await
}
