//! Progress for people: a bar on a terminal, plain lines everywhere else. On standard error, so that standard
//! output stays free for the program's own.

use std::{
    io::{IsTerminal, Write},
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::backfill::{Event, Progress, Snapshot};

/// How often a plain line is written.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Draws the events of a backfill on standard error.
///
/// ```no_run
/// # use schema_runtime::{VersionedCollection, DecodeOwned, Error};
/// # async fn example<T: DecodeOwned + Send + Sync>(users: VersionedCollection<T>) -> Result<(), Error> {
/// use schema_runtime::terminal::Terminal;
///
/// let report = users.backfill().progress(Terminal::new()).run().await?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Terminal(Surface);

#[derive(Debug)]
enum Surface {
    Bar(ProgressBar),
    Lines(Mutex<Option<Instant>>),
}

impl Terminal {
    /// A bar if standard error is a terminal, else a line every five seconds.
    #[must_use]
    pub fn new() -> Self {
        if std::io::stderr().is_terminal() { Self::bar() } else { Self::lines() }
    }

    fn bar() -> Self {
        let bar = ProgressBar::no_length();
        // A template that does not parse would be a mistake in this file; the default style is no disaster.
        let style = "  {bar:32} {pos}/{len} ({percent}%) {per_sec}, {eta} left {msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self(Surface::Bar(bar))
    }

    /// Plain lines, whatever standard error is.
    #[must_use]
    pub fn lines() -> Self {
        Self(Surface::Lines(Mutex::new(None)))
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for Terminal {
    fn on(&self, event: &Event<'_>) {
        match &self.0 {
            Surface::Bar(bar) => draw(bar, event),
            Surface::Lines(last) => write_line(last, event),
        }
    }
}

fn draw(bar: &ProgressBar, event: &Event<'_>) {
    match event {
        Event::Started { total, .. } => bar.set_length(*total),
        Event::Batch(snapshot) | Event::Tick(snapshot) => {
            bar.set_position(snapshot.upgraded);
            bar.set_message(troubles(snapshot));
        }
        // The bar counts them, and the report quotes the first: a million of them would hide everything else.
        Event::Failed(_) => {}
        Event::Finished(_) => bar.finish_and_clear(),
    }
}

fn write_line(last: &Mutex<Option<Instant>>, event: &Event<'_>) {
    match event {
        Event::Started { collection, target, total, dry_run } => {
            let what = if *dry_run { "dry run" } else { "backfill" };
            line(&format!("{what} of `{collection}` to schema version {target}: {total} documents"));
        }
        Event::Batch(snapshot) | Event::Tick(snapshot) => {
            // A poisoned lock only means that another line was lost.
            let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if last.is_none_or(|last| last.elapsed() >= LINE_EVERY) {
                *last = Some(Instant::now());
                let text =
                    format!("{}/{} upgraded {}", snapshot.upgraded, snapshot.total, troubles(snapshot));
                line(text.trim_end());
            }
        }
        Event::Failed(_) => {}
        Event::Finished(report) => {
            line(&format!("done: {} upgraded, {} failed", report.upgraded, report.failed))
        }
    }
}

fn troubles(snapshot: &Snapshot) -> String {
    match (snapshot.failed, snapshot.conflicts) {
        (0, 0) => String::new(),
        (failed, 0) => format!("({failed} failed)"),
        (failed, conflicts) => format!("({failed} failed, {conflicts} changed meanwhile)"),
    }
}

/// Nothing can be done about a standard error that is gone, and a backfill should not end for it.
fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
