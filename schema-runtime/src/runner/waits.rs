//! Waits: what has to be so before a migration is run.

use futures_util::FutureExt;

use super::{Run, Waiting, moves::Move};
use crate::{
    Error,
    backfill::Ending,
    migration::{Condition, Direction},
    schema::{Schema, SchemaError},
    versions::lowest,
};

impl Run<'_> {
    /// What a move still waits for. Where it may, the run does something about it.
    pub(super) async fn waits_for(
        &self,
        one: &Move<'_>,
        waiting: &[Waiting],
    ) -> Result<Option<String>, SchemaError> {
        if one.direction == Direction::Down {
            return Ok(None);
        }
        let asked = one.migration.dependencies();
        if let Some(other) = waiting.iter().find(|other| asked.contains(&other.id)) {
            return Ok(Some(behind(&other.id)));
        }
        for condition in one.migration.conditions() {
            let waits_for = match unmet(self.schema, condition).await? {
                Some(unmet) if self.backfills => self.backfilled(condition, unmet).await?,
                unmet => unmet,
            };
            if waits_for.is_some() {
                return Ok(waits_for);
            }
        }
        Ok(None)
    }

    /// Brings the documents there that a migration waits for. What it waits for then.
    async fn backfilled(
        &self,
        condition: &Condition,
        waits_for: String,
    ) -> Result<Option<String>, SchemaError> {
        let Condition::Stored { name, .. } = condition else { return Ok(Some(waits_for)) };
        let Some(documents) = self.schema.find(name) else { return Ok(Some(waits_for)) };
        let report = match documents.backfill(None, self.stop.clone().boxed()).await {
            // They are brought there when those services are gone.
            Err(error @ Error::UnreadableToOthers { .. }) => {
                return Ok(Some(format!("{waits_for}: {error}")));
            }
            report => report?,
        };
        let unmet = unmet(self.schema, condition).await?;
        Ok(unmet.map(|unmet| match report.ending {
            Ending::Finished => unmet,
            _ => format!("{unmet}: its backfill was not finished"),
        }))
    }
}

/// What one waits for that is to be run behind another that waits.
pub(super) fn behind(other: &str) -> String {
    format!("`{other}` is run")
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
