//! What each contender goes through. Every trial begins with the documents as they were at first.

mod bad_prices;
mod killed;
mod speed;
mod writers;

use std::path::PathBuf;

use mongodb::{Client, Database};

pub use self::{
    bad_prices::BadPrices,
    killed::Killed,
    speed::{Rounds, Speed},
    writers::BesideWriters,
};
use crate::{Outcome, contender::Contender, documents, process::Process};

pub struct Bench {
    pub client: Client,
    pub uri: String,
    pub peers: PathBuf,
    pub documents: i64,
}

impl Bench {
    /// The documents that this contender gets, anew, and how many they are.
    pub async fn renew(&self, contender: Contender) -> Outcome<(Database, i64)> {
        let documents = contender.share_of(self.documents);
        Ok((documents::renew(&self.client, documents).await?, documents))
    }

    pub fn start(&self, contender: Contender) -> Outcome<Process> {
        Process::start(contender.command(&self.peers, &self.uri)?)
    }
}
