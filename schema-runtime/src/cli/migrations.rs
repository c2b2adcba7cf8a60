//! The commands about migrations, and what each of them answers.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{CliError, answer::Answer, consent::Allowed, telling::Telling};
use crate::{
    backfill::termination,
    environment::Environment,
    migration::Direction,
    runner::{Ending, Run, Wait},
    schema::{Schema, SchemaError},
};

/// What can be asked of the migrations.
#[derive(Debug, Clone, Subcommand)]
#[non_exhaustive]
pub enum OfMigrations {
    /// Run all migrations that are pending.
    Up {
        /// Up to this one, and with it.
        id: Option<String>,
        /// How.
        #[command(flatten)]
        run: OfRun,
    },
    /// Take back the last migration.
    Down {
        /// The last so many.
        #[arg(default_value_t = 1)]
        count: usize,
        /// All that are in effect.
        #[arg(long, conflicts_with = "count")]
        all: bool,
        /// How.
        #[command(flatten)]
        run: OfRun,
    },
    /// Go to the state behind a migration, whichever way that is.
    To {
        /// The migration.
        id: String,
        /// How.
        #[command(flatten)]
        run: OfRun,
    },
    /// Take back the last migration, and run it again.
    Redo {
        /// How.
        #[command(flatten)]
        run: OfRun,
    },
    /// Run one migration and no other, or take it back.
    Only {
        /// The migration.
        id: String,
        /// Take it back.
        #[arg(long)]
        down: bool,
        /// How.
        #[command(flatten)]
        run: OfRun,
    },
    /// Ask every migration in effect whether it still is what it should be.
    Validate,
    /// Note that a migration is in effect, and run nothing.
    MarkApplied {
        /// The migration.
        id: String,
    },
    /// Note that a migration and all before it are in effect, in a database from before there was a ledger.
    Baseline {
        /// The migration.
        id: String,
    },
    /// Drop the database with everything in it, and run all migrations. In development only.
    Reset {
        /// The name of the database, so that it is the right one [default: asked for at the terminal].
        #[arg(long, value_name = "DATABASE")]
        confirm: Option<String>,
    },
}

/// How migrations are run.
#[derive(Debug, Clone, Args)]
pub struct OfRun {
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    allowed: Allowed,
    /// Run also what is pending before something that was run.
    #[arg(long)]
    out_of_order: bool,
    /// Go on with a step that was cut off outside of a transaction, and may have been done in part.
    #[arg(long)]
    retry: bool,
    /// Bring documents to the version that a migration waits for.
    #[arg(long)]
    with_backfills: bool,
    /// Do not wait for another process that is at work on the migrations.
    #[arg(long, conflicts_with = "wait")]
    no_wait: bool,
    /// Wait so long for it.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    wait: u64,
}

impl OfMigrations {
    pub(super) async fn run(self, schema: &Schema, telling: &Telling) -> Result<Answer, CliError> {
        match self {
            Self::Up { id: None, run } => run.of(schema.up(), schema, telling).await,
            Self::Up { id: Some(id), run } => run.of(schema.up_to(id), schema, telling).await,
            Self::Down { all: true, run, .. } => run.of(schema.down_all(), schema, telling).await,
            Self::Down { count, run, .. } => run.of(schema.down(count), schema, telling).await,
            Self::To { id, run } => run.of(schema.to(id), schema, telling).await,
            Self::Redo { run } => run.of(schema.redo(), schema, telling).await,
            Self::Only { id, down, run } => {
                let direction = if down { Direction::Down } else { Direction::Up };
                run.of(schema.only(id, direction), schema, telling).await
            }
            Self::Validate => {
                let validated = schema.validate().await?;
                Answer::of(&validated, u8::from(!validated.is_sound()))
            }
            Self::MarkApplied { id } => {
                schema.mark_applied(&id).await?;
                let text = format!("`{id}` is noted as applied; nothing was run");
                Ok(Answer { text, json: json!({ "marked": 1 }), code: 0 })
            }
            Self::Baseline { id } => {
                let marked = schema.baseline(&id).await?;
                let text = format!("{marked} migrations are noted as applied; nothing was run");
                Ok(Answer { text, json: json!({ "marked": marked }), code: 0 })
            }
            Self::Reset { confirm } => {
                let (database, environment) = (schema.database().name(), schema.environment_said());
                // Nobody is to be asked for what is refused.
                if environment != Some(Environment::Development) {
                    return Err(SchemaError::NotDevelopment { environment }.into());
                }
                let question = format!("everything in `{database}` will be lost; type its name: ");
                let confirmation = match confirm {
                    Some(confirmation) => confirmation,
                    None => telling.ask(&question, "--confirm DATABASE")?,
                };
                let report = schema.reset(&confirmation).await?;
                Answer::of(&report, report.exit_code())
            }
        }
    }
}

impl OfRun {
    async fn of<'s>(
        self,
        run: Run<'s>,
        schema: &'s Schema,
        telling: &'s Telling,
    ) -> Result<Answer, CliError> {
        let wait = if self.no_wait { Wait::No } else { Wait::UpTo(Duration::from_secs(self.wait)) };
        let run = run
            .out_of_order(self.out_of_order)
            .retry(self.retry)
            .with_backfills(self.with_backfills)
            .wait(wait);
        if self.dry_run {
            let plan = self.allowed.beforehand(run).plan().await?;
            return Answer::of(&plan, u8::from(plan.refused.is_some()));
        }
        let run = self.allowed.to(run, schema, telling).await?;
        let report = run.stop_when(termination()).observer(telling).run().await?;
        let mut answer = Answer::of(&report, report.exit_code())?;
        if matches!(report.ending, Ending::Waiting { .. }) && !self.with_backfills {
            answer.text.push_str("`--with-backfills` brings documents where a migration waits for them\n");
        }
        Ok(answer)
    }
}
