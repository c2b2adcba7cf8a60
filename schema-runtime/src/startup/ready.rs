//! Making a database ready, as a startup was asked to.

use super::{
    Brought, Phase, Started, Starting,
    background::{Behind, bring},
};
use crate::{
    backfill::{self, Report},
    error::Error,
    runner::{Ending, RunEvent, Wait, Waiting},
    schema::{Documents, SchemaError},
};

impl Starting {
    pub(super) async fn validate(&self) -> Result<(), SchemaError> {
        let plan = self.schema.up().out_of_order(self.out_of_order).plan().await?;
        let mut reasons: Vec<String> = Vec::new();
        let pending = plan.moves.iter().filter(|one| one.waits_for.is_empty());
        reasons.extend(pending.map(|one| format!("migration `{}` is pending", one.id)));
        reasons
            .extend(plan.changed.iter().map(|id| format!("migration `{id}` was changed since it was run")));
        for documents in self.schema.documents() {
            let indexes = documents.compare_indexes().await?;
            let missing = indexes.declared.iter().filter(|index| !index.state.is_there());
            reasons.extend(missing.map(|index| {
                format!("index `{}` of `{}` is not there as declared", index.name, documents.name())
            }));
            let old = documents.census().await?.upgradable();
            if old > 0 && !has_older_readers(documents.as_ref()).await? {
                reasons.push(format!("{old} documents of `{}` are of older versions", documents.name()));
            }
        }
        if reasons.is_empty() { Ok(()) } else { Err(SchemaError::NotReady { reasons }) }
    }

    pub(super) async fn upgrade(&self, limit: u64) -> Result<Started, SchemaError> {
        let waiting = self.migrate().await?;
        self.create_indexes().await?;
        let mut brought = Vec::new();
        for documents in self.schema.documents() {
            brought.extend(self.bring(documents.as_ref(), limit).await?);
        }
        let waiting = if waiting.is_empty() { waiting } else { self.migrate().await? };
        Ok(Started::with(brought, waiting))
    }

    async fn bring(&self, documents: &dyn Documents, limit: u64) -> Result<Option<Brought>, SchemaError> {
        let name = documents.name().to_owned();
        let old = documents.census().await?.upgradable();
        if old == 0 {
            return Ok(None);
        }
        if old > limit {
            tracing::warn!(
                collection = name,
                old,
                limit,
                "too many older documents to be upgraded before serving"
            );
            return Ok(Some(Brought::Left { name, old }));
        }
        self.phase.send_replace(Phase::Upgrading { name: name.clone() });
        let report = match bring(documents, self.max_rate, self.stop.clone()).await {
            Err(error @ Error::UnreadableToOthers { .. }) => {
                tracing::info!(collection = name, %error, "an upgrade is left to a later start");
                return Ok(Some(Brought::Failed { name, error }));
            }
            report => report?,
        };
        match not_finished(&report) {
            Some(reason) => Err(SchemaError::NotReady { reasons: vec![reason] }),
            None => Ok(Some(Brought::Upgraded(Box::new(report)))),
        }
    }

    pub(super) async fn background(&self) -> Result<Started, SchemaError> {
        let waiting = self.migrate().await?;
        self.create_indexes().await?;
        let Self { schema, out_of_order, max_rate, stop, .. } = self;
        let behind = Behind {
            schema: schema.clone(),
            out_of_order: *out_of_order,
            max_rate: *max_rate,
            migrations: !waiting.is_empty(),
        };
        Ok(Started::meanwhile(behind, waiting, stop.clone()))
    }

    /// Runs what is pending. Those that wait for something.
    async fn migrate(&self) -> Result<Vec<Waiting>, SchemaError> {
        let observer = |event: &RunEvent<'_>| {
            let (id, step) = match event {
                RunEvent::Started { id, .. } => (id, None),
                RunEvent::Step { id, what, .. } => (id, Some((*what).to_owned())),
                _ => return,
            };
            self.phase.send_replace(Phase::Migrating { id: (*id).to_owned(), step });
        };
        let run = self.schema.up().out_of_order(self.out_of_order);
        let run = run.wait(Wait::UpTo(self.wait)).stop_when(self.stop.clone()).observer(observer);
        let reason = match run.run().await?.ending {
            Ending::Done | Ending::NothingToDo => return Ok(Vec::new()),
            Ending::Waiting { migrations } => {
                for Waiting { id, waits_for } in &migrations {
                    tracing::info!(migration = id, waits_for, "a migration is left to be run later");
                }
                return Ok(migrations);
            }
            Ending::Failed { id, error } => format!("migration `{id}` has failed: {error}"),
            Ending::Busy { owner } => format!("`{owner}` is still at work on the migrations"),
            Ending::Interrupted { reason } => format!("it was stopped: {reason}"),
        };
        Err(SchemaError::NotReady { reasons: vec![reason] })
    }

    /// Creates the declared indexes that are missing, before anybody needs them.
    async fn create_indexes(&self) -> Result<(), SchemaError> {
        for documents in self.schema.documents() {
            let report = documents.create_indexes().await?;
            for index in report.declared.iter().filter(|index| !index.state.is_there()) {
                let (collection, index) = (documents.name(), &index.name);
                tracing::warn!(collection, index, "an index is not as declared");
            }
        }
        Ok(())
    }
}

/// Whether there are live services that could not read the current version.
pub(super) async fn has_older_readers(documents: &dyn Documents) -> Result<bool, Error> {
    let current = documents.chain().version;
    Ok(documents.live_members().await?.iter().any(|member| member.reads.to < current))
}

/// Why an upgrade has not come to its end.
fn not_finished(report: &Report) -> Option<String> {
    let (ended, why) = match &report.ending {
        backfill::Ending::Finished => return None,
        backfill::Ending::Interrupted(why) => ("stopped", why),
        backfill::Ending::Cancelled(why) => ("cancelled", why),
        backfill::Ending::Aborted(why) => ("given up", why),
    };
    Some(format!("the upgrade of `{}` was {ended}: {why}", report.collection))
}
