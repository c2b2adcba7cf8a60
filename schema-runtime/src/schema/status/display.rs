//! A status for people.

use std::fmt;

use super::{DocumentsStatus, MigrationStatus, SchemaStatus};

impl fmt::Display for SchemaStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database `{}`", self.database)?;
        match self.environment {
            Some(environment) => writeln!(f, " ({environment})")?,
            None => writeln!(f)?,
        }
        for documents in &self.documents {
            write!(f, "\n{documents}")?;
        }
        if !self.migrations.is_empty() {
            writeln!(f, "\nmigrations")?;
        }
        for migration in &self.migrations {
            write!(f, "{migration}")?;
        }
        if let Some(owner) = &self.busy {
            writeln!(f, "\n`{owner}` is at work on the migrations")?;
        }
        Ok(())
    }
}

impl fmt::Display for DocumentsStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, type_name, current_version, census, floor, missing_indexes, failed, .. } = self;
        write!(f, "`{name}` ({type_name}), current version {current_version}")?;
        match floor {
            Some(floor) => writeln!(f, ", floor {floor}")?,
            None => writeln!(f, ", floor not known")?,
        }
        write!(f, "{census}")?;
        for index in missing_indexes {
            writeln!(f, "  index `{index}` is declared and not there; `indexes --create` builds it")?;
        }
        if *failed > 0 {
            writeln!(f, "  {failed} documents could not be upgraded; `list-failed` shows them")?;
        }
        for job in [&self.backfill, &self.rollback].into_iter().flatten() {
            write!(f, "{job}")?;
        }
        for member in &self.members {
            writeln!(f, "  {member}")?;
        }
        Ok(())
    }
}

impl fmt::Display for MigrationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:<12} {}", self.state, self.id)?;
        if let Some(applied_at) = self.entry.as_ref().and_then(|entry| entry.applied_at) {
            let at = applied_at.try_to_rfc3339_string().unwrap_or_else(|_| applied_at.to_string());
            write!(f, "  {at}")?;
        }
        if let Some(description) = &self.facts.description {
            write!(f, "  {description}")?;
        }
        writeln!(f)?;
        self.remark().map_or(Ok(()), |remark| writeln!(f, "               {remark}"))
    }
}
