//! Consent: what a person says about what destroys, in so many words or when asked.

use clap::Args;

use super::{CliError, telling::Telling};
use crate::{environment::Environment, runner::Run, schema::Schema};

/// What may be destroyed.
#[derive(Debug, Clone, Args)]
pub(super) struct Allowed {
    /// Allow what destroys: in staging, where it is asked for otherwise, and in production, where a backup is asked for besides.
    #[arg(long)]
    allow_destructive: bool,
    /// A backup was made, or none is wanted.
    #[arg(long)]
    no_backup: bool,
}

impl Allowed {
    /// The same run, with what is allowed in it.
    pub(super) async fn to<'s>(
        &self,
        run: Run<'s>,
        schema: &Schema,
        telling: &Telling,
    ) -> Result<Run<'s>, CliError> {
        let run = run.backup_made_or_waived(self.no_backup);
        if self.allow_destructive || schema.environment_said() != Some(Environment::Staging) {
            return Ok(run.allow_destructive(self.allow_destructive));
        }
        let plan = run.plan().await?;
        let destroys: Vec<String> =
            plan.destroys().map(|(id, what)| format!("`{id}` destroys {what}")).collect();
        if destroys.is_empty() || !telling.can_ask() {
            return Ok(run);
        }
        let answer = telling.ask(&format!("{}\ntype `yes` to go on: ", destroys.join("\n")))?;
        Ok(run.allow_destructive(answer == "yes"))
    }
}
