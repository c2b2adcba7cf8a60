//! How fast a backfill is, as a ratio to other ways of making the same change to the same documents.
//!
//!     cargo run --release -p schema-tests --bin backfill_throughput -- [documents] [rounds] [members] [only]
//!
//! starts a server of its own. Each round makes the documents anew for each way and takes the ways in turn, so that what else
//! the machine does meets all of them. With `only`, those ways whose names have it in them. The ratios are what counts; a rate
//! is that of one machine on one day.
#![allow(clippy::print_stdout, reason = "the output is what it is for")]

mod declarative;
mod product;
mod server_cpu;
mod table;
mod ways;

use std::{
    env,
    error::Error,
    time::{Duration, Instant},
};

use mongodb::{
    Client, Database,
    bson::{Document, doc},
};
use schema_runtime::{VersionedCollection, backfill::PREIMAGES, local::LocalServer};
use schema_tests::memory;
use tokio::process::Command;

use crate::{product::Product, table::Measured, ways::Way};

/// The one-by-one loop is too slow for all documents; its rate does not depend on how many there are.
const BY_ONE: i64 = 5_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [mode, uri, way] = arguments.as_slice()
        && mode == "job"
    {
        return job(uri, way).await;
    }
    let number = |index: usize, default: i64| arguments.get(index).map_or(Ok(default), |text| text.parse());
    let (documents, rounds, members) = (number(0, 1_000_000)?, number(1, 3)?, number(2, 1)?);
    let only = arguments.get(3).map_or("", String::as_str);
    let server = LocalServer::builder().replica_set(u8::try_from(members)?).start().await?;
    let client = Client::with_uri_str(server.uri()).await?;
    let database = client.database("throughput");
    product::insert(&database, "template", documents).await?;
    println!("{documents} documents, {members} member(s), {rounds} round(s)");
    let mut measured = Vec::new();
    for round in 1..=rounds {
        println!("round {round}");
        let mut ways = Vec::new();
        for way in Way::ALL.into_iter().filter(|way| way.name().contains(only)) {
            ways.push(measure(way, &database, server.uri(), documents).await?);
        }
        table::print_round(&ways);
        measured.push(ways);
    }
    table::print_ratios(&measured);
    server.stop().await?;
    Ok(())
}

async fn measure(
    way: Way,
    database: &Database,
    uri: &str,
    documents: i64,
) -> Result<Measured, Box<dyn Error>> {
    let products = database.collection::<Document>(product::COLLECTION);
    if way != Way::Rollback {
        products.drop().await?;
        database.collection::<Document>(PREIMAGES).drop().await?;
        database.collection::<Document>("template").aggregate([doc! { "$out": product::COLLECTION }]).await?;
    }
    // What filling the collection has left the server to do is not the way's to wait for.
    database.client().database("admin").run_command(doc! { "fsync": 1 }).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (started, used) = (Instant::now(), server_cpu::seconds()?);
    let (done, peak_memory) = match way {
        Way::Loop => (ways::by_one(database, BY_ONE.min(documents)).await?, None),
        Way::Unguarded => (ways::unguarded(database, documents).await?, None),
        Way::UpdateMany => (ways::update_many(database, documents, ways::AT_A_TIME).await?, None),
        Way::UpdateManyInSequence => (ways::update_many(database, documents, 1).await?, None),
        Way::DeclarativeUpdateMany => {
            (ways::update_many_declarative(database, documents, ways::AT_A_TIME).await?, None)
        }
        Way::DeclarativeUpdateManyInSequence => {
            (ways::update_many_declarative(database, documents, 1).await?, None)
        }
        Way::Backfill | Way::Preimages | Way::Rollback | Way::Declarative => {
            let output = Command::new(env::current_exe()?).args(["job", uri, way.name()]).output().await?;
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
            }
            (documents, Some(String::from_utf8(output.stdout)?.trim().parse()?))
        }
    };
    let (seconds, used) = (started.elapsed().as_secs_f64(), server_cpu::seconds()? - used);
    if way != Way::Loop {
        let version = if way == Way::Rollback { 1 } else { 2 };
        let left = products.count_documents(doc! { "schemaVersion": { "$ne": version } }).await?;
        if left > 0 {
            return Err(format!("{} left {left} documents behind", way.name()).into());
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let (rate, server) = (done as f64 / seconds, used * 1e6 / done as f64);
    Ok(Measured { way, rate, server, peak_memory })
}

/// A job as a process of its own. Writes its peak memory in bytes.
async fn job(uri: &str, way: &str) -> Result<(), Box<dyn Error>> {
    let database = Client::with_uri_str(uri).await?.database("throughput");
    let declared = VersionedCollection::<declarative::Product>::new(&database);
    let products = VersionedCollection::<Product>::new(&database);
    let backfill = products.backfill();
    let report = match Way::ALL.into_iter().find(|known| known.name() == way) {
        Some(Way::Preimages) => backfill.keep_preimages(Duration::from_secs(3600)).run().await?,
        Some(Way::Rollback) => products.rollback().run().await?,
        Some(Way::Declarative) => declared.backfill().run().await?,
        _ => backfill.run().await?,
    };
    if !report.is_clean() {
        return Err(report.to_string().into());
    }
    println!("{}", memory::peak(std::process::id())?);
    Ok(())
}
