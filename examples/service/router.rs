//! The router: all endpoints of one release.

use axum::{Router, middleware};
use metrics_exporter_prometheus::PrometheusHandle;
use mongodb::Database;

use crate::{
    api,
    gate::Gate,
    members::Place,
    metrics, page,
    probes::{self, Probes},
    resource::Resource,
};

/// The API behind its gate, and beside it what answers at once.
pub(crate) fn router<P: Resource, C: Resource>(
    database: &Database,
    (products, contacts): (Place<P>, Place<C>),
    gate: &Gate,
    recorder: PrometheusHandle,
) -> Router {
    let api = Router::new()
        .nest(&format!("/{}", products.documents.name()), api::routes(products.documents.clone()))
        .nest(&format!("/{}", contacts.documents.name()), api::routes(contacts.documents.clone()))
        .layer(middleware::from_fn_with_state(gate.clone(), Gate::pass));
    let probes = Probes { database: database.clone(), gate: gate.clone(), products, contacts };
    api.merge(page::routes::<P, C>())
        .merge(probes::routes(probes))
        .merge(metrics::routes(recorder))
        .layer(middleware::from_fn(metrics::count))
}
