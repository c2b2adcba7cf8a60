//! The suites that need a real server: one replica-set member of our own, or the one that `MONGODB_URI` names.
//! Each test has a database of its own.

mod backfill;
mod bad_input;
mod collection;
mod command_line;
mod concurrent_writers;
mod context;
mod driver;
mod enum_documents;
mod equivalence;
mod failures;
mod identity;
mod jobs;
mod killed_job;
mod kinds;
mod model;
mod partitions;
mod plan_collections;
mod plan_permissions;
mod plan_trial;
mod query;
mod releases;
mod rollback_exclusion;
mod rollback_killed;
mod rollback_preimages;
mod rollback_stale;
mod rollback_steps;
mod server_side;
mod service;
mod state;
mod support;
mod unknown_content;
mod verify_documents;
mod verify_invariants;
mod verify_preimages;
mod versions;
