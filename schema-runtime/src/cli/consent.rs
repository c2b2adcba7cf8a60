//! Consent: what a person says about what destroys, in so many words or when asked.

use std::path::PathBuf;

use clap::Args;

use super::{CliError, backup::before, telling::Telling};
use crate::{environment::Environment, runner::Run, schema::Schema};

/// What may be destroyed.
#[derive(Debug, Clone, Args)]
pub(super) struct Allowed {
    /// Allow what destroys: in staging, where it is asked for otherwise, and in production, where a backup is asked for besides.
    #[arg(long)]
    allow_destructive: bool,
    /// Back the database up into this folder first, if anything is destroyed.
    #[arg(long, value_name = "FOLDER", conflicts_with = "no_backup")]
    backup: Option<PathBuf>,
    /// A backup was made, or none is wanted.
    #[arg(long)]
    no_backup: bool,
}

impl Allowed {
    /// The same run, with what was said beforehand.
    pub(super) fn beforehand<'s>(&self, run: Run<'s>) -> Run<'s> {
        run.backup_made_or_waived(self.no_backup || self.backup.is_some())
            .allow_destructive(self.allow_destructive)
    }

    /// The same, with what a person says when asked, and behind the backup that was asked for.
    pub(super) async fn to<'s>(
        self,
        run: Run<'s>,
        schema: &Schema,
        telling: &Telling,
    ) -> Result<Run<'s>, CliError> {
        let run = self.asked(self.beforehand(run), schema, telling).await?;
        if let Some(folder) = self.backup {
            let plan = run.plan().await?;
            // What is refused destroys nothing.
            if plan.refused.is_none() && plan.destroys().next().is_some() {
                before(schema, folder, telling).await?;
            }
        }
        Ok(run)
    }

    /// With what a person at the terminal says, where that is asked for.
    async fn asked<'s>(&self, run: Run<'s>, schema: &Schema, telling: &Telling) -> Result<Run<'s>, CliError> {
        if self.allow_destructive || schema.environment_said() != Some(Environment::Staging) {
            return Ok(run);
        }
        let plan = run.plan().await?;
        let destroys: Vec<String> =
            plan.destroys().map(|(id, what)| format!("`{id}` destroys {what}")).collect();
        if destroys.is_empty() || !telling.can_ask() {
            return Ok(run);
        }
        let question = format!("{}\ntype `yes` to go on: ", destroys.join("\n"));
        let answer = telling.ask(&question, "--allow-destructive")?;
        Ok(run.allow_destructive(answer == "yes"))
    }
}
