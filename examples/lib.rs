//! What the examples share: the flights collection, its document type in three versions, and its data; five histories; a server.

pub mod flights;
pub mod histories;
pub mod server;
