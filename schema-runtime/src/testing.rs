//! Helpers for a service's own tests: released versions stay as they were released (feature `testing`).
//!
//! | to | use |
//! | --- | --- |
//! | notice that a stored document would be read differently than before | [`Golden`] |
//! | notice that the shape or the step of a released version has changed | [`Lock`] |
//!
//! Both compare the code with files that are checked in beside it, and both write these files themselves when the
//! environment says so. Neither needs a server. The two together are all that a service needs:
//!
//! ```toml
//! [dev-dependencies]
//! schema-runtime = { version = "0.1", features = ["testing"] }
//! ```
//!
//! ```
//! # use schema_runtime::VersionedDocument;
//! # #[derive(VersionedDocument)]
//! # #[versioned(version = 1, collection = "users")]
//! # struct UserV1 { name: String }
//! # #[derive(VersionedDocument)]
//! # #[versioned(version = 2, previous = UserV1)]
//! # struct UserV2 { name: String }
//! use schema_runtime::testing::{Golden, Lock};
//!
//! # fn tests() {
//! // #[test] fn released_versions_are_what_they_were()
//! Lock::new("schema.lock").document::<UserV2>().assert();
//!
//! // #[test] fn stored_users_are_read_as_before()
//! Golden::<UserV2>::new("tests/golden/users")
//!     .example(&UserV1 { name: "Ada".into() })
//!     .example(&UserV2 { name: "Ada".into() })
//!     .assert();
//! # }
//! ```
//!
//! Where a step asks for a [context](schema_core::context), the examples are read within a scope that has one:
//! `contexts.scope(|| Golden::<UserV2>::new("tests/golden/users").assert())`.
//!
//! # To release a new version
//!
//! 1. Copy the struct of the current version, give the copy the next number and `previous`, and change it. A nested type that
//!    changes is copied, too: the older version keeps the old one, and the new one may derive
//!    [`Upgrade`](derive@schema_core::Upgrade).
//! 2. `SCHEMA_LOCK=add SCHEMA_GOLDEN=add cargo test`, and check in what it has written.
//! 3. While the version is not released, `SCHEMA_LOCK=accept SCHEMA_GOLDEN=accept cargo test` takes over what you still change in
//!    it; the difference of the files shows the reviewer that no older version is among it.
//!
//! The first step, with these files, is what `scaffold::new_version` does (feature `scaffold`).

mod changes;
mod finding;
mod folder;
mod golden;
mod lock;

pub use self::{finding::Findings, golden::Golden, lock::Lock};
#[cfg(feature = "scaffold")]
pub(crate) use self::{golden::Next, lock::with_next};
