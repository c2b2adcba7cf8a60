//! A history as it is told: scene by scene, and each has to go as it says.

use std::{convert::Infallible, io::Write, process::ExitCode};

use anyhow::{bail, ensure};
use clap::Parser;
use futures_util::TryStreamExt;
use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_examples::histories::{History, Scene};
use schema_runtime::{
    cli::{Arguments, sentence},
    local::LocalServer,
    schema::SchemaError,
    startup::{Brought, Startup},
};

/// In a database of its name, with what old programs have stored.
pub(crate) async fn tell(history: &History, server: &LocalServer) -> anyhow::Result<()> {
    let database = server.client().await?.database(history.name);
    say(&format!("\n== {}", history.about))?;
    history.begin(&database).await?;
    for scene in history.scenes {
        match *scene {
            Scene::Say(text) => say(&format!("\n{text}"))?,
            Scene::Show(collection) => show(&database, collection).await?,
            Scene::Command(words, code) => command(history, server, words, code).await?,
            Scene::Start(startup) => start(history, &database, startup).await?,
            Scene::Refuse(startup) => refuse(history, &database, startup).await?,
            Scene::Repair => repair(history, &database).await?,
        }
    }
    Ok(())
}

async fn show(database: &Database, name: &str) -> anyhow::Result<()> {
    say(&format!("\n{name}:"))?;
    let documents = database.collection::<Document>(name);
    let mut documents = documents.find(doc! {}).sort(doc! { "_id": 1 }).await?;
    while let Some(document) = documents.try_next().await? {
        say(&format!("  {document}"))?;
    }
    Ok(())
}

/// What somebody at a terminal would do, and what comes of it there.
async fn command(history: &History, server: &LocalServer, words: &str, code: u8) -> anyhow::Result<()> {
    say(&format!("\n$ histories {} {words}", history.name))?;
    let place = ["histories", "--uri", server.uri(), "--database", history.name];
    let arguments = Arguments::try_parse_from(place.into_iter().chain(words.split(' ')))?;
    let ended = arguments.run(async |database| Ok::<_, Infallible>((history.schema)(database))).await;
    ensure!(ended == ExitCode::from(code), "`{words}` has ended with {ended:?}, and not with {code}");
    if code != 0 {
        say(&format!("[exit code {code}]"))?;
    }
    Ok(())
}

async fn start(history: &History, database: &Database, startup: Startup) -> anyhow::Result<()> {
    say(&format!("\nthe service starts ({startup:?})"))?;
    let started = (history.schema)(database).startup(startup).run().await?;
    say("  it serves")?;
    for waiting in started.waiting() {
        say(&format!("  {waiting}"))?;
    }
    for brought in started.finished().await {
        match brought {
            Brought::Upgraded(report) => say(&indented(&report.to_string()))?,
            Brought::Migrated(report) => say(&indented(&report.to_string()))?,
            other => bail!("the documents were not brought up: {other:?}"),
        }
    }
    Ok(())
}

async fn refuse(history: &History, database: &Database, startup: Startup) -> anyhow::Result<()> {
    say(&format!("\nthe service starts ({startup:?})"))?;
    match (history.schema)(database).startup(startup).run().await {
        Err(error) if error.is_refusal() || matches!(error, SchemaError::NotReady { .. }) => {
            say(&format!("  it does not serve: {}", sentence(&error)))
        }
        Err(error) => Err(error.into()),
        Ok(_) => bail!("the service serves"),
    }
}

async fn repair(history: &History, database: &Database) -> anyhow::Result<()> {
    for repair in (history.repairs)() {
        say(&format!("\nsomebody repairs `{}` in `{}`: {}", repair.id, repair.collection, repair.update))?;
    }
    Ok(history.repair(database).await?)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
