//! Check: what a hook or a pipeline wants to know before a change goes on.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use serde_json::json;

use super::{CliError, answer::Answer};
use crate::{
    schema::Schema,
    testing::{Findings, Lock},
};

/// Where the checked-in files are.
#[derive(Debug, Clone, Args)]
pub struct OfCheck {
    /// The lock file; not looked at if it is not there, unless it is named.
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// The folder of the golden documents: in it one for each collection, of its name.
    #[arg(long, value_name = "FOLDER", default_value = "tests/golden")]
    golden: PathBuf,
}

/// What is wrong, by what was looked at; and what was not.
#[derive(Default)]
struct Looked {
    wrong: BTreeMap<String, Vec<String>>,
    sound: Vec<String>,
    passed_by: Vec<String>,
}

impl OfCheck {
    /// Needs a server for the migrations only: without one they are passed by.
    pub(super) async fn answer(&self, schema: &Schema, on_server: bool) -> Result<Answer, CliError> {
        let mut looked = Looked::default();
        self.look_at_files(schema, &mut looked);
        if on_server {
            look_at_migrations(schema, &mut looked).await?;
        } else {
            looked.passed_by.push("migrations and documents: no server was named".to_owned());
        }
        let code = u8::from(!looked.wrong.is_empty());
        Ok(Answer { text: looked.text(), json: looked.json(), code })
    }

    fn look_at_files(&self, schema: &Schema, looked: &mut Looked) {
        let path = self.lock.clone().unwrap_or_else(|| "schema.lock".into());
        if self.lock.is_some() || path.exists() {
            let locked =
                schema.documents().iter().fold(Lock::at(&path), |lock, documents| documents.lock(lock));
            looked.note(path.display().to_string(), locked.check());
        } else {
            looked.passed_by.push(format!("released versions: there is no `{}` here", path.display()));
        }
        for documents in schema.documents() {
            let folder = self.golden.join(documents.name());
            if folder.is_dir() {
                looked.note(folder.display().to_string(), documents.golden(&folder));
            } else {
                looked.passed_by.push(format!("golden documents: there is no `{}` here", folder.display()));
            }
        }
    }
}

async fn look_at_migrations(schema: &Schema, looked: &mut Looked) -> Result<(), CliError> {
    // What a person has to allow is no reason to keep it back.
    let plan = schema.up().allow_destructive(true).backup_made_or_waived(true).plan().await?;
    let pending = plan.moves.iter().map(|one| format!("`{}` is pending", one.id));
    let changed = plan.changed.iter().map(|id| format!("`{id}` was changed since it was run"));
    let wrong: Vec<String> = pending.chain(changed).chain(plan.refused.clone()).collect();
    looked.note_all("migrations".to_owned(), wrong);
    Ok(())
}

impl Looked {
    fn note(&mut self, what: String, outcome: Result<(), Findings>) {
        let findings = outcome.err().unwrap_or_default();
        self.note_all(what, findings.iter().map(str::to_owned).collect());
    }

    fn note_all(&mut self, what: String, wrong: Vec<String>) {
        if wrong.is_empty() {
            self.sound.push(what);
        } else {
            self.wrong.insert(what, wrong);
        }
    }

    fn text(&self) -> String {
        let mut lines: Vec<String> = self.sound.iter().map(|what| format!("ok         {what}")).collect();
        lines.extend(self.passed_by.iter().map(|what| format!("passed by  {what}")));
        for (what, wrong) in &self.wrong {
            lines.push(format!("wrong      {what}"));
            lines.extend(wrong.iter().map(|finding| format!("  - {finding}")));
        }
        lines.join("\n")
    }

    fn json(&self) -> serde_json::Value {
        json!({ "sound": self.sound, "passedBy": self.passed_by, "wrong": self.wrong })
    }
}
