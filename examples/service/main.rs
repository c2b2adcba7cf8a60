//! A service over two collections that two releases write to at the same time.
//!
//!     cargo run --example service
//!
//! starts a private `mongod` with a few documents of several versions, and listens at <http://127.0.0.1:8080>; `--uri` uses a
//! server of yours. `GET /` lists the endpoints.
//!
//! | file | has |
//! | --- | --- |
//! | `products.rs`, `contacts.rs` | the document types, each with all its versions |
//! | `api.rs`, `search.rs`, `problem.rs` | the API, in which there are no versions; what goes wrong as a status |
//! | `lines.rs`, `kept.rs` | a list that is sent while it is read; what an older version has no place for |
//! | `members.rs` | what this process tells the others: which versions it reads and writes |
//! | `startup.rs`, `gate.rs` | validate, upgrade before, upgrade in the background, wait for the release before |
//! | `probes.rs`, `metrics.rs`, `page.rs` | health, readiness, progress, versions; counters; a page of the endpoints |
//! | `resource.rs`, `router.rs` | what the API knows of a type; all endpoints |
//! | `database.rs`, `arguments.rs`, `exit_code.rs` | the database; the command line |

mod api;
mod arguments;
mod contacts;
mod database;
mod exit_code;
mod gate;
mod kept;
mod lines;
mod members;
mod metrics;
mod page;
mod probes;
mod problem;
mod products;
mod resource;
mod router;
mod search;
mod startup;

use std::{fmt, future::IntoFuture, io::Write, process::ExitCode, time::Duration};

use anyhow::Context;
use futures_util::{FutureExt, future::join};
use mongodb::Database;
use schema_examples::server::Server;
use schema_runtime::{backfill::termination, cli::sentence};
use tokio::{net::TcpListener, sync::oneshot, time::sleep};

use crate::{
    arguments::{Arguments, Release},
    contacts::{ContactV1, ContactV2},
    database::database,
    exit_code::exit_code,
    gate::Gate,
    members::Members,
    products::{ProductV2, ProductV3},
    resource::Resource,
    router::router,
    startup::{Ready, Stop},
};

/// How long running requests and the batch in hand are waited for at the end. Nothing is lost of a batch that is cut off.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::of_process();
    let ending = run(&arguments).await;
    if let Err(error) = &ending {
        say(format_args!("error: {}", sentence(error.as_ref())));
    }
    exit_code(&ending).into()
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let server = Server::connect(arguments.uri()).await?;
    let database = database(&server, arguments).await?;
    match arguments.release {
        Release::Previous => serve::<ProductV2, ContactV1>(arguments, &database).await?,
        Release::Current => serve::<ProductV3, ContactV2>(arguments, &database).await?,
    }
    server.stop().await.context("the service has ended, but the private server could not be stopped")
}

/// Comes in to the others, serves, and leaves them behind the last write.
async fn serve<P: Resource, C: Resource>(arguments: &Arguments, database: &Database) -> anyhow::Result<()> {
    let (refuse, refused) = oneshot::channel();
    let stop = stop(refused);
    // From here on the signals no longer end the process by themselves.
    let _ = stop.clone().now_or_never();
    let members = Members::<P, C>::join(database, arguments).await?;
    let ended = listen(arguments, database, &members, (refuse, stop)).await;
    if let Ok(Ended::CutOff) = ended {
        say(format_args!("what took longer than {} s was cut off", GRACE.as_secs()));
        // Some of it may still be on its way, so that the others had better take this process for alive.
    } else {
        members.leave().await;
    }
    ended.map(drop)
}

/// How serving has come to its end.
enum Ended {
    InOrder,
    CutOff,
}

/// Listens at once, makes the documents ready meanwhile, and ends when it is asked to or when they cannot be made ready.
async fn listen<P: Resource, C: Resource>(
    arguments: &Arguments,
    database: &Database,
    members: &Members<P, C>,
    (refuse, stop): (oneshot::Sender<String>, Stop),
) -> anyhow::Result<Ended> {
    let recorder = metrics::install()?;
    let gate = Gate::default();
    let listener = TcpListener::bind(arguments.listen).await.context("cannot listen")?;
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    let places = (members.products.place(), members.contacts.place());
    let router = router(database, places, &gate, recorder);
    let server = axum::serve(listener, router).with_graceful_shutdown(stop.clone().map(drop));
    let ready = Ready { members, max_rate: arguments.max_rate, stop: stop.clone() };
    let ready = async {
        let made = ready.make(arguments.startup, &gate).await;
        if made.is_err() {
            // Whoever would hear of it has ended already.
            let _ = refuse.send("the documents cannot be made ready".to_owned());
        }
        made
    };
    let served = async { server.into_future().await.context("cannot serve") };
    tokio::select! {
        (served, ready) = join(served, ready) => ready.and(served).map(|()| Ended::InOrder),
        () = stop.clone().then(|_| sleep(GRACE)) => Ok(Ended::CutOff),
    }
}

/// Ready when the process is to end: somebody has asked, or it refuses to serve.
fn stop(refused: oneshot::Receiver<String>) -> Stop {
    let stop = async {
        let reason = tokio::select! {
            reason = termination() => reason,
            Ok(reason) = refused => reason,
        };
        say(format_args!("ending: {reason}"));
        reason
    };
    stop.boxed().shared()
}

/// A line for whoever runs the service.
fn say(line: fmt::Arguments<'_>) {
    // Nothing can be done about a standard error that is gone.
    let _ = writeln!(std::io::stderr(), "{line}");
}
