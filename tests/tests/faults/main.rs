//! The backfill under faults. More and longer runs: `cargo run --release -p schema-tests --bin backfill_faults`.

mod late;
mod resume;
mod runs;
mod support;
