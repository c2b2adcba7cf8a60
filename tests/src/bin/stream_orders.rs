//! Reads all orders of a database, one at a time, and says how many there were and how much memory that took:
//!
//!     stream_orders <uri> <database>
#![allow(clippy::print_stdout, reason = "the output is what it is for")]

use std::{env, error::Error, process};

use mongodb::{Client, bson::doc};
use schema_runtime::VersionedCollection;
use schema_tests::{memory, orders::Order};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [uri, database] = arguments.as_slice() else { return Err("a URI and the name of a database".into()) };
    let orders = VersionedCollection::<Order>::new(&Client::with_uri_str(uri).await?.database(database));
    let (mut found, mut read) = (orders.find(doc! {}).await?, 0);
    while found.try_next().await?.is_some() {
        read += 1;
    }
    println!("{read} {}", memory::peak(process::id())?);
    Ok(())
}
