//! Writers of the old release, all the while.

use super::Bench;
use crate::{
    Outcome,
    contender::Contender,
    found::Found,
    process::Ended,
    writer::{Acknowledged, Writers},
};

pub struct BesideWriters {
    pub documents: i64,
    pub ended: Ended,
    pub acknowledged: Acknowledged,
    pub found: Found,
}

impl BesideWriters {
    pub async fn run(bench: &Bench, contender: Contender) -> Outcome<Self> {
        let (database, documents) = bench.renew(contender).await?;
        let writers = Writers::start(&database, documents);
        let ended = bench.start(contender)?.end().await?;
        let acknowledged = writers.stop().await?;
        let found = Found::look(&database, documents, &acknowledged).await?;
        Ok(Self { documents, ended, acknowledged, found })
    }
}
