//! A program that is killed cannot clean up; its servers end all the same.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::{data_folder, is_running, root_of, start_local_server};

#[test]
fn servers_end_with_a_killed_parent() {
    let (parent, pids) = holding_servers(start_local_server().arg("replica-set"));
    assert_eq!(pids.len(), 3);
    assert!(pids.iter().all(|pid| is_running(*pid)));
    let root = root_of(&data_folder(pids[0]));

    kill(parent);
    eventually("the servers end", || !pids.iter().any(|pid| is_running(*pid)));
    eventually("their folders are removed", || !root.exists());
}

#[test]
fn kept_data_outlives_a_killed_parent() {
    let folder = tempfile::tempdir().unwrap();
    let (parent, pids) = holding_servers(start_local_server().arg("keep-data").arg(folder.path()));
    assert_eq!(pids.len(), 1);

    kill(parent);
    eventually("the server ends", || !is_running(pids[0]));
    let log = fs::read_to_string(folder.path().join("0").join("mongod.log")).unwrap();
    assert!(log.contains("\"exitCode\":0"), "shut down cleanly: {log}");
}

/// Runs `program` until it has told the process ids of its servers.
fn holding_servers(program: &mut Command) -> (Child, Vec<u32>) {
    let mut parent = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(parent.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let pids = line.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    (parent, pids)
}

fn kill(mut parent: Child) {
    parent.kill().unwrap();
    parent.wait().unwrap();
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "in 20 seconds, not yet: {what}");
        thread::sleep(Duration::from_millis(100));
    }
}
