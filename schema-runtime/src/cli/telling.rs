//! Telling how a command goes, on standard error, and asking for what it needs to know.

use std::io::{BufRead, IsTerminal, Write};

use serde_json::{Value, json};

use super::CliError;
use crate::runner::{Observer, RunEvent};

/// Tells people what is done, or programs, one line of JSON for each event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Telling {
    pub(super) json: bool,
}

impl Telling {
    /// Whether there is anybody who can answer.
    pub(super) fn can_ask(self) -> bool {
        !self.json && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// What somebody answers at the terminal.
    pub(super) fn ask(self, question: &str) -> Result<String, CliError> {
        if !self.can_ask() {
            return Err(CliError::NobodyToAsk);
        }
        let mut stderr = std::io::stderr();
        write!(stderr, "{question}")?;
        stderr.flush()?;
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }

    fn say(self, text: impl FnOnce() -> String, json: impl FnOnce() -> Value) {
        let line = if self.json { json().to_string() } else { text() };
        // Nothing can be done about a standard error that is gone, and no migration should end for it.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}

impl Observer for &Telling {
    fn on(&self, event: &RunEvent<'_>) {
        match event {
            RunEvent::Started { id, description, direction } => self.say(
                || format!("{direction:<5}{id}  {}", description.unwrap_or_default()).trim_end().to_owned(),
                || json!({ "event": "started", "id": id, "direction": direction, "description": description }),
            ),
            RunEvent::Step { id, step, of, what } => self.say(
                || format!("     {step} of {of}: {what}"),
                || json!({ "event": "step", "id": id, "step": step, "of": of, "what": what }),
            ),
            RunEvent::Finished(performed) => self.say(
                || format!("     {}, {:.1} s", performed.state, performed.duration.as_secs_f64()),
                || json!({ "event": "finished", "migration": performed }),
            ),
            // That is the answer.
            RunEvent::Ended(_) => {}
        }
    }
}
