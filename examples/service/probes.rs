//! Probes: whether the process is alive, whether it can serve, how far the upgrades are, and who else is there. They answer from the first moment on.

use std::{sync::Arc, time::Duration};

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use mongodb::{Database, bson::doc};
use schema_runtime::{Error, backfill::JobHandle, cli::sentence, versions::Health};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::{gate::Gate, members::Place, problem::Problem, resource::Resource};

/// A probe that waits longer has its answer.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) struct Probes<P: Resource, C: Resource> {
    pub(crate) database: Database,
    pub(crate) gate: Gate,
    pub(crate) products: Place<P>,
    pub(crate) contacts: Place<C>,
}

pub(crate) fn routes<P: Resource, C: Resource>(probes: Probes<P, C>) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready::<P, C>))
        .route("/upgrades", get(upgrades::<P, C>))
        .route("/versions", get(versions::<P, C>))
        .with_state(Arc::new(probes))
}

/// A process that waits for its database or for an upgrade is alive: to restart it would not help.
async fn alive() -> &'static str {
    "alive\n"
}

/// One that the others have taken for dead is not ready: they may write by now what it cannot read. It serves what still comes.
async fn ready<P: Resource, C: Resource>(
    State(probes): State<Arc<Probes<P, C>>>,
) -> (StatusCode, Json<Value>) {
    let ping = timeout(PATIENCE, probes.database.run_command(doc! { "ping": 1 })).await;
    let database = match ping {
        Ok(Ok(_)) => "reachable".to_owned(),
        Ok(Err(error)) => sentence(&error),
        Err(_) => "does not answer".to_owned(),
    };
    let health = [probes.products.health(), probes.contacts.health()];
    let is_known = !health.iter().flatten().any(|health| matches!(health, Health::Out(_)));
    let ready = probes.gate.is_open() && database == "reachable" && is_known;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let startup = if probes.gate.is_open() { "done" } else { "under way" };
    let [products, contacts] = health;
    let members =
        json!({ probes.products.documents.name(): products, probes.contacts.documents.name(): contacts });
    (status, Json(json!({ "ready": ready, "startup": startup, "database": database, "members": members })))
}

/// The job of each collection as it is noted in the database, whichever process is at work on it; null where there never was one.
async fn upgrades<P: Resource, C: Resource>(
    State(probes): State<Arc<Probes<P, C>>>,
) -> Result<Json<Value>, Problem> {
    let mut upgrades = Map::new();
    for collection in [probes.products.documents.name(), probes.contacts.documents.name()] {
        let status = patiently(JobHandle::new(&probes.database, collection).status()).await?;
        upgrades.insert(collection.to_owned(), json!(status));
    }
    Ok(Json(upgrades.into()))
}

/// Of each collection what this process reads and writes, below which version it knows that none is stored, and who is there.
async fn versions<P: Resource, C: Resource>(
    State(probes): State<Arc<Probes<P, C>>>,
) -> Result<Json<Value>, Problem> {
    let (products, contacts) = (of(&probes.products).await?, of(&probes.contacts).await?);
    Ok(Json(
        json!({ probes.products.documents.name(): products, probes.contacts.documents.name(): contacts }),
    ))
}

async fn of<T: Resource>(place: &Place<T>) -> Result<Value, Problem> {
    let documents = &place.documents;
    let members = patiently(documents.live_members()).await?;
    Ok(json!({
        "reads": { "from": T::CHAIN.oldest, "to": T::CHAIN.version },
        "writes": documents.write_version(),
        "floor": documents.known_floor(),
        "health": place.health(),
        "members": members,
    }))
}

/// The framework has more patience with a database that is away than whoever asks here.
async fn patiently<O>(answer: impl Future<Output = Result<O, Error>>) -> Result<O, Problem> {
    let answer = timeout(PATIENCE, answer).await;
    Ok(answer.map_err(|_| Problem::unavailable("the database does not answer; try again"))??)
}
