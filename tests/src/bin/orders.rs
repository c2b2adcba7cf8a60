//! The command line over the orders of a database, as a service's own program has it.

use std::process::ExitCode;

use schema_runtime::{Schema, cli};
use schema_tests::orders::Order;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run(|database| Schema::new(database).document::<Order>()).await
}
