//! Webhook: tells a chat, or whoever listens, when migrations and backfills start, finish and fail (feature `webhook`).
//!
//! Each is one POST of a JSON object. `text` and `content` hold the same sentence, because Slack shows the one and Discord the other and each passes
//! over what it does not know; `event`, `subject` and `details` are for programs.
//!
//! ```json
//! { "text": "shop: ...", "content": "shop: ...", "event": "failed", "subject": "shop", "details": { "id": ".." } }
//! ```

use std::{
    fmt,
    sync::mpsc::{self, Receiver, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    backfill::{self, Event, Progress},
    runner::{Observer, RunEvent},
};

/// How long a message may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most characters that Discord takes (<https://discord.com/developers/docs/resources/webhook>).
const LONGEST: usize = 2000;

/// Tells somebody how migrations and backfills go: an [`Observer`] of the ones and a [`Progress`] of the others. Messages are sent beside the
/// work, one after the other; one that cannot be sent is a warning in the log, and no reason for the work to fail.
///
/// ```no_run
/// # use schema_runtime::{Schema, schema::SchemaError};
/// # async fn example(schema: Schema) -> Result<(), SchemaError> {
/// use schema_runtime::webhook::Webhook;
///
/// let webhook = Webhook::new("https://hooks.example.org/services/T0/B0/secret", "shop, production");
/// schema.up().observer(&webhook).run().await?;
/// // What is not sent by now is waited for.
/// tokio::task::spawn_blocking(|| webhook.close());
/// # Ok(()) }
/// ```
pub struct Webhook {
    subject: String,
    messages: Option<Sender<Value>>,
    thread: Option<JoinHandle<()>>,
}

impl Webhook {
    /// To this URL, which may hold a secret and is printed nowhere. `subject` is what each sentence begins with.
    #[must_use]
    pub fn new(url: impl Into<String>, subject: impl Into<String>) -> Self {
        let (url, (messages, received)) = (url.into(), mpsc::channel());
        let thread = thread::spawn(move || send_all(&url, &received));
        Self { subject: subject.into(), messages: Some(messages), thread: Some(thread) }
    }

    /// Waits until all messages are sent, or have failed. Blocks the thread. Dropping it does the same.
    pub fn close(self) {
        drop(self);
    }

    fn tell(&self, event: &str, sentence: &str, details: Value) {
        let text: String = format!("{}: {sentence}", self.subject).chars().take(LONGEST).collect();
        let body = json!({
            "text": text, "content": text, "event": event, "subject": self.subject, "details": details,
        });
        if let Some(messages) = &self.messages {
            // It has given up before, and said so.
            let _ = messages.send(body);
        }
    }
}

/// Sends until there is nothing more to come, or a message cannot be sent.
fn send_all(url: &str, messages: &Receiver<Value>) {
    let agent =
        ureq::Agent::new_with_config(ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build());
    for message in messages {
        if let Err(error) = agent.post(url).send_json(&message) {
            // Not by its own words alone: some of them have the URL in them.
            let error = error.to_string().replace(url, "the URL");
            tracing::warn!(error, "a webhook could not be reached, and is told nothing any more");
            return;
        }
    }
}

impl Observer for &Webhook {
    fn on(&self, event: &RunEvent<'_>) {
        match event {
            RunEvent::Started { id, description, direction } => {
                let description = description.map(|text| format!(" ({text})")).unwrap_or_default();
                let sentence = format!("migration `{id}` starts, {direction}{description}");
                self.tell("started", &sentence, json!({ "id": id, "direction": direction }));
            }
            RunEvent::Finished(done) => match &done.error {
                None => {
                    let seconds = done.duration.as_secs_f64();
                    let sentence = format!("migration `{}` is {} after {seconds:.1} s", done.id, done.state);
                    self.tell("finished", &sentence, json!(done));
                }
                Some(error) => {
                    self.tell("failed", &format!("migration `{}` has failed: {error}", done.id), json!(done));
                }
            },
            _ => {}
        }
    }
}

impl Progress for &Webhook {
    fn on(&self, event: &Event<'_>) {
        match event {
            Event::Started { collection, work, target, total, dry_run } => {
                let dry = if *dry_run { " (dry run)" } else { "" };
                let sentence = format!(
                    "{} of `{collection}` to schema version {target} starts: {total} documents{dry}",
                    work.name()
                );
                self.tell(
                    "started",
                    &sentence,
                    json!({ "collection": collection, "target": target, "total": total }),
                );
            }
            Event::Finished(report) => {
                let finished = report.ending == backfill::Ending::Finished && report.failed == 0;
                let sentence =
                    format!("{} of `{}` has ended:\n{report}", report.work.name(), report.collection);
                self.tell(if finished { "finished" } else { "failed" }, &sentence, json!(report));
            }
            _ => {}
        }
    }
}

impl Drop for Webhook {
    fn drop(&mut self) {
        drop(self.messages.take());
        if let Some(thread) = self.thread.take() {
            // It does not panic; if it did, it has nothing to send any more.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("subject", &self.subject).finish_non_exhaustive()
    }
}
