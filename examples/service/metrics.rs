//! Metrics: what the framework counts, and the requests, in the form that Prometheus reads.

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
    routing::get,
};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use schema_runtime::watch::{
    CONFLICTS, LAZY_UPGRADES, NEWER_READS, REWRITTEN_FILTERS, UNREADABLE, UPGRADES_BEFORE_UPDATE, WRITE_BACKS,
};

const REQUESTS: &str = "http_requests_total";

const HELP: [(&str, &str); 8] = [
    (REQUESTS, "requests by method, path and status"),
    (LAZY_UPGRADES, "documents of an older version that were read"),
    (NEWER_READS, "documents of a newer version that were read as far as they are known"),
    (UNREADABLE, "documents that could not be read, by kind"),
    (WRITE_BACKS, "upgrades that were to be stored by a read, by outcome"),
    (UPGRADES_BEFORE_UPDATE, "documents that were upgraded because they were to be updated"),
    (REWRITTEN_FILTERS, "filters that were said in the words of older versions"),
    (CONFLICTS, "guarded writes that others were faster than"),
];

/// Installs the recorder. What was counted before is counted by nobody, so this comes first.
pub(crate) fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    for (name, help) in HELP {
        metrics::describe_counter!(name, help);
    }
    Ok(handle)
}

pub(crate) fn routes(handle: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(render)).with_state(handle)
}

async fn render(State(handle): State<PrometheusHandle>) -> String {
    handle.render()
}

/// The middleware that counts. By the route, not the path: an id in a label would be a series for each document.
pub(crate) async fn count(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().to_string();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!(REQUESTS, "method" => method, "path" => path, "status" => status).increment(1);
    response
}
