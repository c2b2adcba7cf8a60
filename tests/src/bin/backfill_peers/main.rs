//! The backfill beside the tools that others use for the same: how fast each is, and what each does to a field it does not
//! know, to prices that are none, to updates of others meanwhile, and after a kill.
//!
//!     cargo run --release -p schema-tests --bin backfill_peers -- [documents] [rounds] [only those whose name has this]
//!
//! starts a server of its own, fetches the packages of the peers with `npm` and `pip`, and writes its tables as Markdown.
//! `tests/head-to-head-backfill` has the programs of the peers and the tables.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output is what it is for")]

mod contender;
mod documents;
mod found;
mod install;
mod process;
mod product;
mod table;
mod trials;
mod writer;

use std::{env, error::Error, fs, process::ExitCode, thread::available_parallelism, time::Duration};

use mongodb::{Client, bson::doc};
use schema_runtime::local::LocalServer;

use crate::{
    contender::Contender,
    table::Row,
    trials::{BadPrices, Bench, BesideWriters, Killed, Rounds, Speed},
};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The first argument of a process of ours.
const JOB: &str = "job";

#[tokio::main]
async fn main() -> Outcome<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [mode, uri] = arguments.as_slice()
        && mode == JOB
    {
        return Ok(product::job(uri).await?.into());
    }
    let number = |index: usize, default: i64| arguments.get(index).map_or(Ok(default), |text| text.parse());
    let (documents, rounds) = (number(0, 200_000)?, number(1, 3)?);
    let only = arguments.get(2).map_or("", String::as_str);
    let peers = install::install().await?;
    let server = LocalServer::builder().replica_set(1).start().await?;
    let client = server.client().await?;
    // A server for tests gets by with little, and a transaction keeps all that it changes in there.
    let cache = doc! { "setParameter": 1, "wiredTigerEngineRuntimeConfig": "cache_size=4G" };
    client.database("admin").run_command(cache).await?;
    documents::make(&client, documents).await?;
    let cores = available_parallelism()?;
    let version = version(&client).await?;
    println!("{documents} documents, {rounds} round(s), {cores} cores, {version}, {}", load());
    let bench = Bench { client, uri: server.uri().to_owned(), peers, documents };
    // Ours is what the others are compared with.
    let chosen = |contender: &Contender| *contender == Contender::Ours || contender.name().contains(only);
    let contenders: Vec<Contender> = Contender::ALL.into_iter().filter(chosen).collect();
    let rows = go_through(&bench, &contenders, rounds).await?;
    println!("{}\n\n{}\n{}\n{}", load(), table::speeds(&rows), table::outcomes(&rows), table::errors(&rows));
    server.stop().await?;
    Ok(ExitCode::SUCCESS)
}

async fn go_through(bench: &Bench, contenders: &[Contender], rounds: i64) -> Outcome<Vec<Row>> {
    let mut speeds: Vec<Rounds> = contenders.iter().map(|_| Rounds::default()).collect();
    for round in 1..=rounds {
        let mut ours = None;
        for (contender, speed) in contenders.iter().zip(&mut speeds) {
            let each = speed.add(Speed::run(bench, *contender).await?, ours);
            eprintln!("round {round}: {}: {:.0} a second, {}", contender.name(), 1.0 / each, load());
            ours = ours.or(Some(each));
        }
    }
    let mut rows = Vec::new();
    for (&contender, speed) in contenders.iter().zip(speeds) {
        let usual = Duration::from_secs_f64(speed.seconds());
        let row = Row {
            contender,
            bad_prices: BadPrices::run(bench, contender).await?,
            writers: BesideWriters::run(bench, contender).await?,
            killed: Killed::run(bench, contender, usual).await?,
            speed,
        };
        eprintln!("{}", table::outcome(&row));
        rows.push(row);
    }
    Ok(rows)
}

async fn version(client: &Client) -> Outcome<String> {
    let answer = client.database("admin").run_command(doc! { "buildInfo": 1 }).await?;
    Ok(format!("MongoDB {}", answer.get_str("version")?))
}

fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load {}", load.split(' ').take(3).collect::<Vec<_>>().join(" "))
}
