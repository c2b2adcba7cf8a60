//! Scaffolding: the next version of a type, and a new migration, written into the service's own source.

mod edits;
mod error;
mod place;
mod source;
mod style;
mod text;
mod version;

pub use self::{
    edits::{Change, Edit, Edits},
    error::ScaffoldError,
    place::Place,
    version::new_version,
};
