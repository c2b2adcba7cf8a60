//! A run: from what the ledger says to a lease, each migration in turn, and a report.

use futures_util::FutureExt;
use tokio::time::Instant;

use super::{
    Ending, Entries, LOOK_AGAIN, Plan, Run, RunEvent, RunReport, Wait, Waiting, leases,
    perform::Performer,
    refusal::{changed, has_transactions},
};
use crate::{
    lease::{Lease, Leases},
    migration::Migration,
    schema::SchemaError,
};

impl Run<'_> {
    /// What a run would do, and what is in its way. Nothing is written.
    ///
    /// # Errors
    ///
    /// [`SchemaError::Invalid`]; [`SchemaError::UnknownMigration`]; [`SchemaError::Runtime`] when the database stays unavailable.
    pub async fn plan(&self) -> Result<Plan, SchemaError> {
        let migrations = self.schema.in_order()?;
        let entries = self.entries().await?;
        let moves = self.target.moves(&migrations, &entries, self.schema.environment_said())?;
        let busy = self.leases().holder().await?;
        let transactions = has_transactions(self.schema.database()).await?;
        let refused =
            self.refusal(&migrations, &entries, &moves, transactions).map(|error| error.to_string());
        Plan::new(self.schema, &migrations, &entries, &moves, busy, refused).await
    }

    /// Runs it and reports. A migration that fails is no error of the run: the report says so, and so does the ledger.
    ///
    /// It can be stopped at any moment, by dropping the future or killing the process; see [`migration`](crate::migration#once).
    ///
    /// # Errors
    ///
    /// Before anything is run: [`SchemaError::Invalid`], [`SchemaError::UnknownMigration`], [`SchemaError::Changed`],
    /// [`SchemaError::OutOfOrder`], [`SchemaError::Missing`], [`SchemaError::Dependent`], [`SchemaError::CutOff`],
    /// [`SchemaError::Irreversible`], [`SchemaError::Destructive`], [`SchemaError::NoTransactions`]. Later: [`SchemaError::LeaseLost`];
    /// [`SchemaError::Runtime`] when the database stays unavailable.
    pub async fn run(self) -> Result<RunReport, SchemaError> {
        let migrations = self.schema.in_order()?;
        let started = Instant::now();
        let lease = loop {
            let entries = self.entries().await?;
            if self.target.moves(&migrations, &entries, self.schema.environment_said())?.is_empty() {
                return match changed(&migrations, &entries) {
                    Some(changed) => Err(changed),
                    None => Ok(self.told(RunReport::new(Vec::new(), Ending::NothingToDo))),
                };
            }
            if let Some(lease) = self.leases().take().await? {
                break lease;
            }
            let Wait::UpTo(patience) = self.wait else { return self.busy().await };
            if started.elapsed() >= patience {
                return self.busy().await;
            }
            tokio::select! {
                reason = self.stop.clone() => {
                    return Ok(self.told(RunReport::new(Vec::new(), Ending::Interrupted { reason })));
                }
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        };
        let report = lease.hold(async |lease| self.run_under(lease, &migrations).await).await?;
        Ok(self.told(report))
    }

    async fn run_under(&self, lease: &Lease, migrations: &[&Migration]) -> Result<RunReport, SchemaError> {
        let ledger = self.schema.ledger();
        ledger.take_over(migrations, lease.token()).await?;
        let entries = self.entries().await?;
        ledger.end_transactions(entries.values()).await;
        let moves = self.target.moves(migrations, &entries, self.schema.environment_said())?;
        let transactions = has_transactions(self.schema.database()).await?;
        if let Some(refusal) = self.refusal(migrations, &entries, &moves, transactions) {
            return Err(refusal);
        }
        if moves.is_empty() {
            return Ok(RunReport::new(Vec::new(), Ending::NothingToDo));
        }
        let performer = Performer { run: self, ledger: &ledger, lease, transactions };
        let (mut performed, mut waiting) = (Vec::new(), Vec::new());
        for one in moves {
            if let Some(reason) = self.stop.clone().now_or_never() {
                return Ok(RunReport::new(performed, Ending::Interrupted { reason }));
            }
            if let Some(waits_for) = self.waits_for(&one, &waiting).await? {
                waiting.push(Waiting { id: one.id().to_owned(), waits_for });
                continue;
            }
            let (done, reason) = performer.perform(&one).await?;
            let failed = done.error.clone().map(|error| Ending::Failed { id: done.id.clone(), error });
            self.observer.on(&RunEvent::Finished(&done));
            performed.push(done);
            let interrupted = reason.map(|reason| Ending::Interrupted { reason });
            if let Some(ending) = failed.or(interrupted) {
                return Ok(RunReport::new(performed, ending));
            }
        }
        let ending = if waiting.is_empty() { Ending::Done } else { Ending::Waiting { migrations: waiting } };
        Ok(RunReport::new(performed, ending))
    }

    async fn busy(&self) -> Result<RunReport, SchemaError> {
        let owner = self.leases().holder().await?.map(|claim| claim.owner);
        let owner = owner.unwrap_or_else(|| "another process".to_owned());
        Ok(self.told(RunReport::new(Vec::new(), Ending::Busy { owner })))
    }

    fn told(&self, report: RunReport) -> RunReport {
        self.observer.on(&RunEvent::Ended(&report));
        report
    }

    fn leases(&self) -> Leases {
        leases(self.schema, self.lease)
    }

    async fn entries(&self) -> Result<Entries, SchemaError> {
        let entries = self.schema.ledger().entries().await?;
        Ok(entries.into_iter().map(|entry| (entry.id.clone(), entry)).collect())
    }
}
