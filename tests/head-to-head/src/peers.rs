//! The same documents as each crate's documentation says to declare them.

pub(crate) mod obake;
pub(crate) mod ours;
pub(crate) mod serde_evolve;
pub(crate) mod serde_versioned;
mod version_migrate;
