//! The command line of a service's own program, as a process: what it says, in words and in JSON, how it ends, and what it never says.

mod backups;
mod bad_input;
mod checks;
mod destructive;
mod documents;
mod interrupted;
mod jobs;
mod migrations;
mod new;
mod page;
mod permissions;
mod program;
mod secrets;
mod status;
mod terminal;
mod usage;
mod webhook;
