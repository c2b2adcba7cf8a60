//! Starts a server as its first argument says, for tests that need a process of its own: one whose
//! environment they choose, or one that they kill.
#![allow(clippy::print_stdout, reason = "the output is what the tests read")]

use std::env;
use std::error::Error;
use std::io::{self, Read};

use schema_runtime::local::{Builder, Deployment, LocalServer, Member, server_from_env};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["from-env"] => tell_from_env().await,
        ["replica-set"] => hold(LocalServer::builder().replica_set(3)).await?,
        ["keep-data", folder] => hold(LocalServer::builder().data_dir(folder)).await?,
        _ => return Err("usage: start_local_server from-env | replica-set | keep-data <folder>".into()),
    }
    Ok(())
}

/// Tells which server the environment leads to, or why to none.
async fn tell_from_env() {
    match server_from_env().await {
        Ok(Deployment::Local(server)) => println!("local {}", server.uri()),
        Ok(given) => println!("given {}", given.uri()),
        Err(error) => println!("error {error}"),
    }
}

/// Tells the process ids of the servers and keeps them until the standard input ends.
async fn hold(builder: Builder) -> Result<(), Box<dyn Error>> {
    let server = builder.start().await?;
    let pids: Vec<String> =
        server.members().iter().filter_map(Member::pid).map(|pid| pid.to_string()).collect();
    println!("{}", pids.join(" "));
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
