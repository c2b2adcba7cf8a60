//! A line of JSON for every event, for programs.

use std::{
    fmt,
    io::Write,
    sync::{Mutex, PoisonError},
};

use serde_json::{Value, json};

use crate::backfill::{Event, Progress};

/// Writes each event of a backfill as one line of JSON, with its kind in `event`: `started`, `batch`, `tick`, `failed`,
/// `finished`. Times are in seconds.
///
/// ```
/// use schema_runtime::{backfill::{Event, Progress, Work}, terminal::JsonLines};
///
/// let lines = JsonLines::new(Vec::new());
/// let work = Work::Upgrade;
/// lines.on(&Event::Started { collection: "users", work, target: 3, total: 1200, dry_run: false });
/// let line: serde_json::Value = serde_json::from_slice(&lines.into_inner())?;
/// assert_eq!(line["event"], "started");
/// assert_eq!(line["total"], 1200);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct JsonLines<W>(Mutex<W>);

impl<W: Write> JsonLines<W> {
    /// To a file, standard error or whatever.
    pub fn new(writer: W) -> Self {
        Self(Mutex::new(writer))
    }

    /// Gives the writer back.
    pub fn into_inner(self) -> W {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write + Send> Progress for JsonLines<W> {
    fn on(&self, event: &Event<'_>) {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A backfill should not end because nobody reads its progress any more.
        let _ = writeln!(writer, "{}", value(event));
    }
}

fn value(event: &Event<'_>) -> Value {
    let tagged = |kind: &str, content: serde_json::Result<Value>| {
        let mut content = content.unwrap_or_else(|error| json!({ "error": error.to_string() }));
        if let Some(object) = content.as_object_mut() {
            object.insert("event".to_owned(), kind.into());
        }
        content
    };
    match event {
        Event::Started { collection, work, target, total, dry_run } => json!({
            "event": "started", "collection": collection, "work": work, "target": target, "total": total,
            "dryRun": dry_run,
        }),
        Event::Batch(snapshot) => tagged("batch", serde_json::to_value(snapshot)),
        Event::Tick(snapshot) => tagged("tick", serde_json::to_value(snapshot)),
        Event::Failed(failure) => tagged("failed", serde_json::to_value(failure)),
        Event::Finished(report) => tagged("finished", serde_json::to_value(report)),
    }
}

impl<W> fmt::Debug for JsonLines<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines").finish_non_exhaustive()
    }
}
