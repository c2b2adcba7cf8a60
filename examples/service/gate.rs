//! Gate: nobody is served before the startup is done.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::problem::Problem;

/// Closed at first. Clones are the same gate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<AtomicBool>);

impl Gate {
    pub(crate) fn open(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(crate) fn is_open(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// The middleware in front of the API.
    pub(crate) async fn pass(State(gate): State<Self>, request: Request, next: Next) -> Response {
        if gate.is_open() {
            return next.run(request).await;
        }
        let detail = "the documents are being made ready; `/upgrades` says how far they are";
        Problem::unavailable(detail).into_response()
    }
}
