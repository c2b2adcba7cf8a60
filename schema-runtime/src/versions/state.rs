//! What a handle knows about versions: which one it writes, and below which none is stored.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use schema_core::Chain;

/// Shared by a handle and its clones. Whoever reads or writes documents looks here, so nothing here waits.
#[derive(Debug)]
pub(crate) struct State {
    chain: Chain,
    writes: AtomicU32,
    floor: RwLock<Floor>,
}

/// The floor as it was last seen.
#[derive(Debug, Clone, Copy)]
enum Floor {
    /// Nothing is known, or no longer.
    Unknown,
    /// The caller has said so.
    Told(u32),
    /// It holds until then: whoever lowers it waits for that long.
    Until(u32, Instant),
}

impl State {
    /// Of a handle that was told nothing.
    pub(crate) fn of(chain: &Chain) -> Arc<Self> {
        Self::new(chain, chain.version, Floor::Unknown)
    }

    fn new(chain: &Chain, writes: u32, floor: Floor) -> Arc<Self> {
        Arc::new(Self { chain: *chain, writes: AtomicU32::new(writes), floor: RwLock::new(floor) })
    }

    pub(super) fn writing(&self, version: u32) -> Arc<Self> {
        Self::new(&self.chain, version, self.floor())
    }

    pub(super) fn with_floor(&self, version: u32) -> Arc<Self> {
        Self::new(&self.chain, self.write_version(), Floor::Told(version))
    }

    pub(crate) fn write_version(&self) -> u32 {
        self.writes.load(Ordering::Acquire)
    }

    /// The oldest version of the chain where nothing is known.
    pub(crate) fn known_floor(&self) -> u32 {
        let floor = match self.floor() {
            Floor::Told(floor) => floor,
            Floor::Until(floor, until) if Instant::now() < until => floor,
            Floor::Unknown | Floor::Until(..) => self.chain.oldest,
        };
        // One above the chain is that of a newer release: this program reads none of those documents.
        floor.clamp(self.chain.oldest, self.chain.version)
    }

    pub(super) fn write_from_now_on(&self, version: u32) {
        self.writes.store(version, Ordering::Release);
    }

    /// Notes what the floor is; for how long it holds, [`trust_floor`](Self::trust_floor) says.
    pub(super) fn see_floor(&self, seen: Option<u32>) {
        self.change_floor(|floor| match (seen, floor) {
            (None, _) => Floor::Unknown,
            (Some(seen), Floor::Until(_, until)) => Floor::Until(seen, until),
            (Some(seen), _) => Floor::Until(seen, Instant::now()),
        });
    }

    pub(super) fn trust_floor(&self, until: Instant) {
        self.change_floor(|floor| match floor {
            Floor::Until(floor, _) => Floor::Until(floor, until),
            other => other,
        });
    }

    pub(super) fn forget_floor(&self) {
        self.change_floor(|_| Floor::Unknown);
    }

    fn change_floor(&self, change: impl FnOnce(Floor) -> Floor) {
        let mut floor = self.floor.write().unwrap_or_else(PoisonError::into_inner);
        *floor = change(*floor);
    }

    /// Nothing panics while it holds the lock; if something did, the floor would still be what was last noted.
    fn floor(&self) -> Floor {
        *self.floor.read().unwrap_or_else(PoisonError::into_inner)
    }
}
