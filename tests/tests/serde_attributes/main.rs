//! serde's attributes on versioned types mean what they mean on plain ones, and the stamp stays out of their
//! way.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests state what must hold, too"
)]

mod bounds;
mod flatten;
mod functions;
mod missing;
mod names;
mod strict;
