//! What a command has to say.

use std::fmt::Display;

use serde::Serialize;
use serde_json::{Value, json};

use super::CliError;
use crate::backfill::Report;

/// An answer, in words, in JSON and as an exit code.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(super) text: String,
    pub(super) json: Value,
    pub(super) code: u8,
}

impl Answer {
    pub(super) fn of(facts: &(impl Display + Serialize), code: u8) -> Result<Self, CliError> {
        Ok(Self { text: facts.to_string(), json: serde_json::to_value(facts)?, code })
    }

    /// One on each line; the words if there are none.
    pub(super) fn of_list(facts: &[impl Display + Serialize], none: &str) -> Result<Self, CliError> {
        let lines: Vec<String> = facts.iter().map(ToString::to_string).collect();
        let text = if lines.is_empty() { none.to_owned() } else { lines.join("\n") };
        Ok(Self { text, json: serde_json::to_value(facts)?, code: 0 })
    }

    /// Those of several, each under its name.
    pub(super) fn of_each(answers: Vec<(String, Self)>) -> Self {
        let code = answers.iter().map(|(_, answer)| answer.code).max().unwrap_or(0);
        let texts: Vec<String> =
            answers.iter().map(|(name, answer)| format!("{name}:\n{}", answer.text.trim_end())).collect();
        let json = answers.into_iter().map(|(name, answer)| (name, answer.json)).collect();
        Self { text: texts.join("\n\n"), json: Value::Object(json), code }
    }

    pub(super) fn of_report(report: &Report) -> Result<Self, CliError> {
        Self::of(report, report.exit_code())
    }

    pub(super) fn done(outcome: Result<(), crate::Error>, text: &str) -> Result<Self, CliError> {
        outcome?;
        Ok(Self { text: text.to_owned(), json: json!({ "done": text }), code: 0 })
    }
}
