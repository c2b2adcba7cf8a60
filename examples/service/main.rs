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
//! | `startup.rs`, `gate.rs` | validate, upgrade before, upgrade in the background |
//! | `probes.rs`, `metrics.rs`, `page.rs` | health, readiness, progress; counters; a page of the endpoints |
//! | `resource.rs`, `router.rs` | what the API knows of a type; all endpoints |
//! | `server.rs`, `arguments.rs`, `exit_code.rs` | the database; the command line |

mod api;
mod arguments;
mod contacts;
mod exit_code;
mod gate;
mod metrics;
mod page;
mod probes;
mod problem;
mod products;
mod resource;
mod router;
mod search;
mod server;
mod startup;

use std::{fmt, future::IntoFuture, io::Write, process::ExitCode, time::Duration};

use anyhow::Context;
use clap::Parser;
use futures_util::{FutureExt, future::join};
use schema_runtime::{VersionedCollection, backfill::termination, cli::sentence};
use tokio::{net::TcpListener, sync::oneshot, time::sleep};

use crate::{
    arguments::{Arguments, Release},
    contacts::{ContactV1, ContactV2},
    exit_code::exit_code,
    gate::Gate,
    products::{ProductV2, ProductV3},
    resource::Resource,
    router::router,
    server::Server,
    startup::{Ready, Stop},
};

/// How long running requests and the batch in hand are waited for at the end. Nothing is lost of a batch that is cut off.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ending = run(&arguments).await;
    if let Err(error) = &ending {
        say(format_args!("error: {}", sentence(error.as_ref())));
    }
    exit_code(&ending).into()
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let server = Server::connect(arguments).await?;
    match arguments.release {
        Release::Previous => serve::<ProductV2, ContactV1>(arguments, &server).await?,
        Release::Current => serve::<ProductV3, ContactV2>(arguments, &server).await?,
    }
    server.stop().await.context("the service has ended, but the private server could not be stopped")
}

/// Listens at once, makes the documents ready meanwhile, and ends when it is asked to or when they cannot be made ready.
async fn serve<P: Resource, C: Resource>(arguments: &Arguments, server: &Server) -> anyhow::Result<()> {
    let recorder = metrics::install()?;
    let (refuse, refused) = oneshot::channel();
    let stop = stop(refused);
    let gate = Gate::default();

    // For as long as the process lives: responses stream from them.
    let products: &_ = Box::leak(Box::new(VersionedCollection::<P>::new(server.database())));
    let contacts: &_ = Box::leak(Box::new(VersionedCollection::<C>::new(server.database())));

    let listener = TcpListener::bind(arguments.listen).await.context("cannot listen")?;
    // From here on the signals no longer end the process by themselves.
    let _ = stop.clone().now_or_never();
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    let router = router(server.database(), (products, contacts), &gate, recorder);
    let server = axum::serve(listener, router).with_graceful_shutdown(stop.clone().map(drop));
    let ready = Ready { products, contacts, max_rate: arguments.max_rate, stop: stop.clone() };
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
        (served, ready) = join(served, ready) => ready.and(served),
        () = stop.clone().then(|_| sleep(GRACE)) => {
            say(format_args!("what took longer than {} s was cut off", GRACE.as_secs()));
            Ok(())
        }
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
