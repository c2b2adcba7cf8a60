//! Waits: what has to be so before a migration is run.

use futures_util::FutureExt;

use super::Run;
use crate::{
    backfill::Ending,
    migration::{Condition, Direction, Migration},
    schema::{Schema, SchemaError},
    versions::lowest,
};

impl Run<'_> {
    /// What a migration still waits for. Where it may, the run does something about it.
    pub(super) async fn waits_for(
        &self,
        migration: &Migration,
        direction: Direction,
    ) -> Result<Option<String>, SchemaError> {
        if direction == Direction::Down {
            return Ok(None);
        }
        for condition in migration.conditions() {
            let mut waits_for = unmet(self.schema, condition).await?;
            if let Condition::Stored { name, .. } = condition
                && self.backfills
                && waits_for.is_some()
                && let Some(documents) = self.schema.find(name)
            {
                let report = documents.backfill(None, self.stop.clone().boxed()).await?;
                waits_for = unmet(self.schema, condition).await?.map(|waits_for| match report.ending {
                    Ending::Finished => waits_for,
                    _ => format!("{waits_for}: its backfill was not finished"),
                });
            }
            if waits_for.is_some() {
                return Ok(waits_for);
            }
        }
        Ok(None)
    }
}

/// What is in the way of a condition, if anything is.
pub(super) async fn unmet(schema: &Schema, condition: &Condition) -> Result<Option<String>, SchemaError> {
    let Some(documents) = schema.find(condition.name()) else { return Ok(Some(condition.to_string())) };
    Ok(match condition {
        Condition::Stored { version, .. } => {
            let census = documents.census().await?;
            let stored = lowest(&census);
            (stored < *version).then(|| format!("{condition}; there are some of version {stored}"))
        }
        Condition::Read { version, .. } => {
            let members = documents.live_members().await?;
            let older: Vec<String> =
                members.iter().filter(|member| member.reads.to < *version).map(ToString::to_string).collect();
            (!older.is_empty()).then(|| format!("{condition}; there are {}", older.join(", ")))
        }
    })
}
