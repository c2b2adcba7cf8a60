//! serde's attributes on versioned types mean what they mean on plain ones, and the stamp stays out of their
//! way.

mod bounds;
mod flatten;
mod functions;
mod missing;
mod names;
mod strict;
