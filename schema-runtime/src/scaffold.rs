//! Scaffolding: the next version of a document type, and a new migration, written into the service's own source (feature `scaffold`).
//!
//! | to | use |
//! | --- | --- |
//! | begin the next version of a type | [`new_version`] |
//! | begin a migration | [`new_migration`] |
//!
//! Both plan [`Edits`]: what would be written where, which is printed for a dry run, and made by [`Edits::apply`], all of it or
//! nothing. Everything else in the files stays byte for byte.
//!
//! ```no_run
//! use schema_runtime::scaffold;
//!
//! let edits = scaffold::new_version(".", "Product")?;
//! print!("{edits}");
//! edits.apply()?;
//! # Ok::<(), scaffold::ScaffoldError>(())
//! ```
//!
//! ```text
//! version 3 of `Product`
//!   src/products.rs
//!       38  `ProductV3`, the version after `ProductV2`
//!       47  `Product` is `ProductV3`
//!   tests/golden/products/2.json
//!       13  what the document of version 2 is at version 3
//!   tests/golden/products/3.json (new)
//!        1  the golden document of version 3
//! ```
//!
//! # The next version
//!
//! It is a copy of the newest one behind it, with every field carried: attributes, comments and visibility as they are, `version` and
//! `previous` new, and without the rules of the step before. Keys that are inherited are left out, and so is `reversible`. The package
//! builds and passes its tests as it is, and what remains is the change that the version is for:
//!
//! - The rest of the code goes on to use one name. An alias (`pub type Product = ProductV2;`) is moved; a struct whose name has no
//!   number becomes `ProductV1`, and an alias takes its place. An enum whose variants are imported (`use Event::*`) leaves its name to
//!   the next version, as nothing can be imported through an alias.
//! - What is implemented for the alias is about the current version. So is what is implemented for the numbered type, if nothing else
//!   names that; the report says so, or why not. A `Default`, `PartialEq` or the like is copied, and a step by hand stays with its version.
//! - The files of [`Golden`](crate::testing::Golden) and [`Lock`](crate::testing::Lock) gain what `SCHEMA_GOLDEN=add SCHEMA_LOCK=add`
//!   would write, where the tests name the alias. When the version has been changed, and before it is released, give the test an
//!   `example` of it and run `SCHEMA_GOLDEN=accept SCHEMA_LOCK=accept cargo test`.
//!
//! # What it does not do
//!
//! It reads the source and asks no compiler: types that a macro writes are not found, a name in another module is taken for the type
//! if it is imported there or a glob may bring it in, and what a function does is not followed. The compiler has the last word.

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
