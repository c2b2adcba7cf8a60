//! Plan: what a run would do, before it does anything.

use std::fmt;

use serde::Serialize;

use super::{
    Entries,
    moves::Move,
    refusal::{changed_ids, missing},
    waits::{behind, unmet},
};
use crate::{
    environment::Environment,
    lease::Claim,
    migration::{Direction, Facts, Migration, Step, Transaction},
    schema::{Schema, SchemaError},
};

/// What a run would do. Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Where, if that was said.
    pub environment: Option<Environment>,
    /// What would be run, in this order.
    pub moves: Vec<PlannedMove>,
    /// Why it would be refused.
    pub refused: Option<String>,
    /// Who is at work on the migrations just now.
    pub busy: Option<String>,
    /// Migrations that were run and are not in the schema.
    pub missing: Vec<String>,
    /// Migrations that are not what they were when they were run.
    pub changed: Vec<String>,
    /// Migrations that are not for this environment.
    pub elsewhere: Vec<String>,
}

/// A migration that would be run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct PlannedMove {
    /// Its id.
    pub id: String,
    /// What is to be known of it.
    #[serde(flatten)]
    pub facts: Facts,
    /// Which way it goes.
    pub direction: Direction,
    /// The steps that are left of it.
    pub steps: Vec<PlannedStep>,
    /// What it waits for, as things are now.
    pub waits_for: Vec<String>,
}

/// A step that would be made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct PlannedStep {
    /// What it does.
    pub what: String,
    /// What would be lost.
    pub destroys: Option<String>,
    /// Whether it may run in a transaction.
    pub transaction: bool,
}

impl Plan {
    pub(super) async fn new(
        schema: &Schema,
        migrations: &[&Migration],
        entries: &Entries,
        moves: &[Move<'_>],
        busy: Option<Claim>,
        refused: Option<String>,
    ) -> Result<Self, SchemaError> {
        let environment = schema.environment_said();
        let mut planned: Vec<PlannedMove> = Vec::new();
        for one in moves {
            let waits_for = waits_for(schema, one, &planned).await?;
            planned.push(PlannedMove::new(one, waits_for));
        }
        let elsewhere = migrations.iter().filter(|migration| !migration.runs_in(environment));
        Ok(Self {
            environment,
            moves: planned,
            refused,
            busy: busy.map(|claim| claim.owner),
            missing: missing(migrations, entries).map(|entry| entry.id.clone()).collect(),
            changed: changed_ids(migrations, entries),
            elsewhere: elsewhere.map(|migration| migration.id().to_owned()).collect(),
        })
    }

    /// Whether there is anything to be run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
    }

    /// What would be lost, migration by migration.
    pub fn destroys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.moves.iter().flat_map(|one| {
            one.steps.iter().filter_map(|step| Some((one.id.as_str(), step.destroys.as_deref()?)))
        })
    }
}

impl PlannedMove {
    fn new(one: &Move<'_>, waits_for: Vec<String>) -> Self {
        let steps = one.steps().into_iter().map(|(_, step)| PlannedStep::new(step, one.direction)).collect();
        let (id, facts) = (one.id().to_owned(), one.migration.facts());
        Self { id, facts, direction: one.direction, steps, waits_for }
    }
}

/// All that one waits for as things are now, behind those before it.
async fn waits_for(
    schema: &Schema,
    one: &Move<'_>,
    before: &[PlannedMove],
) -> Result<Vec<String>, SchemaError> {
    let mut waits_for = Vec::new();
    if one.direction == Direction::Up {
        let asked = one.migration.dependencies();
        let waiting = before.iter().filter(|other| !other.waits_for.is_empty() && asked.contains(&other.id));
        waits_for.extend(waiting.map(|other| behind(&other.id)));
        for condition in one.migration.conditions() {
            waits_for.extend(unmet(schema, condition).await?);
        }
    }
    Ok(waits_for)
}

impl PlannedStep {
    fn new(step: &dyn Step, direction: Direction) -> Self {
        Self {
            what: step.describe(),
            destroys: step.destroys(direction),
            transaction: step.transaction() != Transaction::Never,
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.moves.is_empty() {
            writeln!(f, "nothing to do")?;
        }
        for one in &self.moves {
            write!(f, "{one}")?;
        }
        let lists = [
            (&self.missing, "run before, and not in this schema"),
            (&self.changed, "changed since it was run"),
            (&self.elsewhere, "not for this environment"),
        ];
        for (ids, what) in lists {
            for id in ids {
                writeln!(f, "     {id}  {what}")?;
            }
        }
        if let Some(owner) = &self.busy {
            writeln!(f, "`{owner}` is at work on the migrations")?;
        }
        if let Some(refused) = &self.refused {
            writeln!(f, "refused: {refused}")?;
        }
        Ok(())
    }
}

impl fmt::Display for PlannedMove {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<5}{}", self.direction.to_string(), self.id)?;
        match &self.facts.description {
            Some(description) => writeln!(f, "  {description}")?,
            None => writeln!(f)?,
        }
        for PlannedStep { what, destroys, .. } in &self.steps {
            write!(f, "     - {what}")?;
            match destroys {
                Some(destroys) => writeln!(f, " (destroys {destroys})")?,
                None => writeln!(f)?,
            }
        }
        for waits_for in &self.waits_for {
            writeln!(f, "     waits until {waits_for}")?;
        }
        Ok(())
    }
}
