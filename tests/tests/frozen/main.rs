//! Released versions stay as they were: golden documents.

mod golden;
