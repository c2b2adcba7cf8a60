//! Telling how a command goes, on standard error and to a webhook, and asking for what it needs to know.

use std::io::{BufRead, IsTerminal, Write};

use serde_json::{Value, json};

use super::{
    CliError,
    paint::{Colour, on_stderr},
};
use crate::{
    backfill::{Event, Progress},
    ledger::State,
    runner::{Observer, Performed, RunEvent},
    terminal::{JsonLines, Terminal},
    webhook::Webhook,
};

/// Tells people what is done, or programs, one line of JSON for each event; and the webhook, if there is one.
#[derive(Debug)]
pub(crate) struct Telling {
    pub(super) json: bool,
    pub(super) webhook: Option<Webhook>,
}

/// Of a job, to both.
struct OfJob<'t> {
    shown: Box<dyn Progress>,
    webhook: Option<&'t Webhook>,
}

impl Telling {
    /// What a job tells.
    pub(super) fn progress(&self) -> impl Progress + '_ {
        let shown: Box<dyn Progress> =
            if self.json { Box::new(JsonLines::new(std::io::stderr())) } else { Box::new(Terminal::new()) };
        OfJob { shown, webhook: self.webhook.as_ref() }
    }

    /// Whether there is anybody who can answer.
    pub(super) fn can_ask(&self) -> bool {
        !self.json && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// What somebody answers at the terminal. `option`: what says it where there is none.
    pub(super) fn ask(&self, question: &str, option: &'static str) -> Result<String, CliError> {
        if !self.can_ask() {
            return Err(CliError::NobodyToAsk { option });
        }
        let mut stderr = std::io::stderr();
        write!(stderr, "{question}")?;
        stderr.flush()?;
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }

    /// Waits until the webhook is told everything, and says if it could not be.
    pub(super) fn end(self) {
        let Self { json, webhook } = self;
        if let Some(why) = webhook.and_then(Webhook::close) {
            let warning = format!("the webhook was not told everything: {why}");
            let telling = Self { json, webhook: None };
            telling
                .say(|| format!("warning: {warning}"), || json!({ "event": "warning", "warning": warning }));
        }
    }

    fn say(&self, text: impl FnOnce() -> String, json: impl FnOnce() -> Value) {
        let line = if self.json { json().to_string() } else { text() };
        // Nothing can be done about a standard error that is gone, and no migration should end for it.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}

impl Observer for &Telling {
    fn on(&self, event: &RunEvent<'_>) {
        if let Some(webhook) = &self.webhook {
            Observer::on(&webhook, event);
        }
        match event {
            RunEvent::Started { id, description, direction } => self.say(
                || format!("{:<5}{id}  {}", direction.to_string(), description.unwrap_or_default()).trim_end().to_owned(),
                || json!({ "event": "started", "id": id, "direction": direction, "description": description }),
            ),
            RunEvent::Step { id, step, of, what } => self.say(
                || format!("     {step} of {of}: {what}"),
                || json!({ "event": "step", "id": id, "step": step, "of": of, "what": what }),
            ),
            RunEvent::Finished(performed) => self.say(
                || ended(performed),
                || json!({ "event": "finished", "migration": performed }),
            ),
            // That is the answer.
            RunEvent::Ended(_) => {}
        }
    }
}

/// How a migration has ended, in a line.
fn ended(performed: &Performed) -> String {
    let (words, colour) = match (performed.state, &performed.error) {
        (State::Failed, Some(_)) => ("failed", Colour::Bad),
        (State::Failed, None) => ("stopped between two steps", Colour::Bad),
        (State::RolledBack, _) => ("rolled back", Colour::Good),
        _ => ("completed", Colour::Good),
    };
    format!("     {}, {:.1} s", on_stderr(words, colour), performed.duration.as_secs_f64())
}

impl Progress for OfJob<'_> {
    fn on(&self, event: &Event<'_>) {
        self.shown.on(event);
        if let Some(webhook) = self.webhook {
            Progress::on(&webhook, event);
        }
    }
}
