//! The router: all endpoints of one release.

use axum::{Router, middleware};
use metrics_exporter_prometheus::PrometheusHandle;
use mongodb::Database;

use crate::{
    api::{self, Documents},
    gate::Gate,
    metrics, page,
    probes::{self, Probes},
    resource::Resource,
};

/// The API behind its gate, and beside it what answers at once.
pub(crate) fn router<P: Resource, C: Resource>(
    database: &Database,
    (products, contacts): (Documents<P>, Documents<C>),
    gate: &Gate,
    recorder: PrometheusHandle,
) -> Router {
    let collections = [products.collection().name(), contacts.collection().name()];
    let [of_products, of_contacts] = collections.map(|name| format!("/{name}"));
    let api = Router::new()
        .nest(&of_products, api::routes(products))
        .nest(&of_contacts, api::routes(contacts))
        .layer(middleware::from_fn_with_state(gate.clone(), Gate::pass));
    let probes = Probes { database: database.clone(), gate: gate.clone(), collections };
    api.merge(page::routes::<P, C>())
        .merge(probes::routes(probes))
        .merge(metrics::routes(recorder))
        .layer(middleware::from_fn(metrics::count))
}
