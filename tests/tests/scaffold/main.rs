//! Scaffolding: packages that get the next version of a type or a new migration, and build and pass their tests with it.

mod migrations;
mod packages;
mod support;
mod texts;
mod writing;
