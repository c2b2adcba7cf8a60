//! Released versions stay as they were: golden documents and the lock file.

mod context;
mod golden;
mod golden_enums;
mod lock;
mod lock_enums;
mod lock_kinds;
