//! What a handle has met lately: whether older documents are to be expected.

use std::sync::atomic::{AtomicU32, Ordering};

/// Updates that met no older document since the last one, until none is expected any more.
const UPDATES: u32 = 1000;

/// Shared by a handle and its clones.
#[derive(Debug, Default)]
pub(super) struct Lately {
    /// For so many updates to come, older documents are expected.
    left: AtomicU32,
}

impl Lately {
    /// An older document was met.
    pub(super) fn old(&self) {
        self.left.store(UPDATES, Ordering::Relaxed);
    }

    /// Whether the next update may meet an older document; asked once for each.
    pub(super) fn expects_old(&self) -> bool {
        let less = |left: u32| left.checked_sub(1);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}
