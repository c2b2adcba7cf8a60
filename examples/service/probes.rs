//! Probes: whether the process is alive, whether it can serve, and how far the upgrades are. They answer from the first moment on.

use std::time::Duration;

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use mongodb::{Database, bson::doc};
use schema_runtime::{backfill::JobHandle, cli::sentence};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::{gate::Gate, problem::Problem};

/// A probe that waits longer has its answer.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Clone)]
pub(crate) struct Probes {
    pub(crate) database: Database,
    pub(crate) gate: Gate,
    pub(crate) collections: [&'static str; 2],
}

pub(crate) fn routes(probes: Probes) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/upgrades", get(upgrades))
        .with_state(probes)
}

/// A process that waits for its database or for an upgrade is alive: to restart it would not help.
async fn alive() -> &'static str {
    "alive\n"
}

async fn ready(State(probes): State<Probes>) -> (StatusCode, Json<Value>) {
    let ping = timeout(PATIENCE, probes.database.run_command(doc! { "ping": 1 })).await;
    let database = match ping {
        Ok(Ok(_)) => "reachable".to_owned(),
        Ok(Err(error)) => sentence(&error),
        Err(_) => "does not answer".to_owned(),
    };
    let ready = probes.gate.is_open() && database == "reachable";
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let startup = if probes.gate.is_open() { "done" } else { "under way" };
    (status, Json(json!({ "ready": ready, "startup": startup, "database": database })))
}

/// The job of each collection as it is noted in the database, whichever process is at work on it; null where there never was one.
async fn upgrades(State(probes): State<Probes>) -> Result<Json<Value>, Problem> {
    let mut upgrades = Map::new();
    for collection in probes.collections {
        // The framework has more patience with a database that is away than whoever asks here.
        let job = JobHandle::new(&probes.database, collection);
        let status = timeout(PATIENCE, job.status()).await;
        let status =
            status.map_err(|_| Problem::unavailable("the database does not answer; try again"))??;
        upgrades.insert(collection.to_owned(), json!(status));
    }
    Ok(Json(upgrades.into()))
}
