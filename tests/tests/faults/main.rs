//! The backfill under faults, and index builds. More and longer runs: `cargo run --release -p schema-tests --bin backfill_faults`.

mod indexes;
mod late;
mod resume;
mod runs;
mod support;
