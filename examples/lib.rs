//! What the examples share: the flights collection, its document type in three versions, and its data; a server.

pub mod flights;
pub mod server;
