//! Scaffolding: the next version of a type, and a new migration, written into the service's own source.

mod edits;
mod error;
mod manifest;
mod migration;
mod place;
mod source;
mod style;
mod text;
mod version;

pub use self::{
    edits::{Change, Edit, Edits},
    error::ScaffoldError,
    migration::new_migration,
    place::Place,
    version::new_version,
};
