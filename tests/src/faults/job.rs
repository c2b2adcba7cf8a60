//! The job, as the processes that are killed run it.

use std::time::Duration;

use mongodb::{Client, Database};
use schema_runtime::{
    DecodeOwned, Error, VersionedCollection,
    backfill::{Ending, Report},
};

use super::{
    account::{Account, Steps},
    cluster::Outcome,
    declared,
};

/// The first argument of a program that is to be a process of the job.
pub const MODE: &str = "job";

/// Small batches, short leases and a low rate, so that a fault meets a job at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    pub batch_size: u32,
    pub workers: u32,
    pub partition_size: u64,
    pub lease: Duration,
    /// Documents a second.
    pub rate: u32,
    pub steps: Steps,
}

impl Options {
    pub fn arguments(&self, uri: &str, database: &str) -> Vec<String> {
        let Self { batch_size, workers, partition_size, lease, rate, steps } = self;
        let numbers = [
            u128::from(*batch_size),
            (*workers).into(),
            (*partition_size).into(),
            lease.as_millis(),
            (*rate).into(),
            (*steps == Steps::Declared).into(),
        ];
        let texts = [MODE, uri, database].map(str::to_owned);
        texts.into_iter().chain(numbers.map(|number| number.to_string())).collect()
    }

    /// Runs the job in this process, to its end.
    pub async fn run(&self, database: &Database) -> Result<Report, Error> {
        match self.steps {
            Steps::Computed => self.run_to::<Account>(database).await,
            Steps::Declared => self.run_to::<declared::Account>(database).await,
        }
    }

    async fn run_to<T: DecodeOwned + Send + Sync>(&self, database: &Database) -> Result<Report, Error> {
        let accounts = VersionedCollection::<T>::new(database);
        let backfill = accounts.backfill().batch_size(self.batch_size).workers(self.workers);
        let backfill = backfill.partition_size(self.partition_size).lease(self.lease);
        backfill.max_rate(self.rate.into()).run().await
    }
}

/// The whole of a process of the job.
///
/// # Errors
///
/// Those of the job. A process that finds its job finished and replaced by another ends well.
pub async fn process(arguments: &[String]) -> Outcome {
    let [uri, database, batch_size, workers, partition_size, lease, rate, declared] = arguments else {
        return Err(format!("{arguments:?} are not the arguments of a process of the job").into());
    };
    let options = Options {
        batch_size: batch_size.parse()?,
        workers: workers.parse()?,
        partition_size: partition_size.parse()?,
        lease: Duration::from_millis(lease.parse()?),
        rate: rate.parse()?,
        steps: if declared == "1" { Steps::Declared } else { Steps::Computed },
    };
    let report = options.run(&Client::with_uri_str(uri).await?.database(database)).await?;
    match report.ending {
        Ending::Finished => Ok(()),
        Ending::Interrupted(reason) if reason.contains("taken the place") => Ok(()),
        _ => Err(report.to_string().into()),
    }
}
