//! Runs of a backfill under faults, on a replica set of three.
//!
//!     cargo run --release -p schema-tests --bin backfill_faults -- [--runs N] [--seed S] [--run K]
//!
//! starts a replica set of its own, which lives through all runs. Each run prints a line; one that fails prints its plan and
//! what is wrong, and with `--seed S --run K` it is done again. Ends with 1 if a run fails.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output is what it is for")]

use std::{env, error::Error, process::ExitCode};

use schema_tests::faults::{
    cluster::{Cluster, Outcome},
    job,
    plan::Plan,
    run::run,
};

#[tokio::main]
async fn main() -> Outcome<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [mode, arguments @ ..] = arguments.as_slice()
        && mode == job::MODE
    {
        return Ok(match job::process(arguments).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tell(error.as_ref());
                ExitCode::FAILURE
            }
        });
    }
    let (seed, runs) = parse(&arguments)?;
    let (program, mut cluster) = (env::current_exe()?, Cluster::start(3).await?);
    let (count, mut failed) = (runs.len(), 0);
    for number in runs {
        let plan = Plan::new(seed, number);
        let verdict = run(&mut cluster, &program, &plan).await?;
        println!("run {number} {verdict}");
        if !verdict.violations.is_empty() {
            failed += 1;
            println!("--seed {seed} --run {number}:\n{plan}\n{}", verdict.violations.join("\n"));
        }
    }
    cluster.stop().await?;
    println!("{count} run(s) of seed {seed}, {failed} of them failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The error and its causes, for who started this process.
fn tell(error: &dyn Error) {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    eprintln!("{line}");
}

/// The seed, and the numbers of the runs.
fn parse(arguments: &[String]) -> Outcome<(u64, Vec<u32>)> {
    let (mut seed, mut runs) = (1, (0..200).collect());
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--seed" => seed = value.parse()?,
            [name, value] if name == "--runs" => runs = (0..value.parse()?).collect(),
            [name, value] if name == "--run" => runs = vec![value.parse()?],
            _ => return Err(format!("{pair:?}: expected --seed, --runs or --run and a number").into()),
        }
    }
    Ok((seed, runs))
}
