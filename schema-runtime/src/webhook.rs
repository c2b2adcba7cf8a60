//! Webhook: tells a chat, or whoever listens, when migrations and backfills start, finish and fail (feature `webhook`).
//!
//! Each is one POST of a JSON object. `text` and `content` hold the same sentence, because Slack shows the one and Discord the other and each passes
//! over what it does not know; `event`, `subject` and `details` are for programs. A name in an error calls nobody: `text` has Slack's control
//! characters escaped, and `allowed_mentions` keeps Discord from it.
//!
//! ```json
//! { "text": "shop: ...", "content": "shop: ...", "event": "failed", "subject": "shop", "details": { "id": ".." }, "allowed_mentions": { "parse": [] } }
//! ```

use std::{
    fmt,
    sync::mpsc::{self, Receiver, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::{Value, json};
use tracing::subscriber::{NoSubscriber, with_default};
use ureq::{Agent, http::StatusCode};

use crate::{
    backfill::{self, Event, Progress},
    ledger::State,
    runner::{Observer, RunEvent},
};

/// How long a message may take, and how long somebody who is told too much is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// After so many messages in a row that could not be sent, no further one is tried.
const TRIES: u32 = 2;

/// The most characters that Discord takes (<https://discord.com/developers/docs/resources/webhook>).
const LONGEST: usize = 2000;

/// Tells somebody how migrations and backfills go: an [`Observer`] of the ones and a [`Progress`] of the others. Messages are sent beside the
/// work, one after the other; one that cannot be sent is a warning in the log, and no reason for the work to fail. After two in a row no further
/// one is tried.
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
    thread: Option<JoinHandle<Option<String>>>,
}

impl Webhook {
    /// To this URL, which may hold a secret and is printed nowhere. (A logger of the `log` crate that is no `tracing` subscriber should leave out
    /// the target `ureq` at level trace: the URL is in that.) `subject` is what each sentence begins with.
    #[must_use]
    pub fn new(url: impl Into<String>, subject: impl Into<String>) -> Self {
        let (url, (messages, received)) = (url.into(), mpsc::channel());
        let thread = thread::spawn(move || send_all(&url, &received));
        Self { subject: subject.into(), messages: Some(messages), thread: Some(thread) }
    }

    /// Waits until all messages are sent, or have failed: then, why the last one has. Blocks the thread. Dropping it does the same.
    pub fn close(mut self) -> Option<String> {
        self.wait()
    }

    fn wait(&mut self) -> Option<String> {
        drop(self.messages.take());
        // It does not panic; if it did, it has nothing to send any more.
        self.thread.take().and_then(|thread| thread.join().ok()).flatten()
    }

    fn tell(&self, event: &str, sentence: &str, details: Value) {
        let text: String = format!("{}: {sentence}", self.subject).chars().take(LONGEST).collect();
        let body = json!({
            "text": for_slack(&text),
            "content": text,
            "event": event,
            "subject": self.subject,
            "details": details,
            "allowed_mentions": { "parse": [] },
        });
        if let Some(messages) = &self.messages {
            // It has given up before, and said so.
            let _ = messages.send(body);
        }
    }
}

/// Slack takes what stands between these for a mention or a link.
fn for_slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Sends until there is nothing more to come, or nobody is there. Why the last message that was not sent was not.
fn send_all(url: &str, messages: &Receiver<Value>) -> Option<String> {
    let config = Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false);
    // Whoever it would be sent to instead is not who was meant.
    let agent = Agent::new_with_config(config.max_redirects(0).build());
    let (mut why, mut in_a_row) = (None, 0);
    for message in messages {
        // Its trace has the URL.
        let sent = with_default(NoSubscriber::new(), || send(&agent, url, &message));
        if let Err(error) = sent {
            in_a_row += 1;
            let event = message.get("event").and_then(Value::as_str);
            tracing::warn!(error, event, "a webhook was not told");
            why = Some(error);
        } else {
            in_a_row = 0;
        }
        if in_a_row == TRIES {
            break;
        }
    }
    why
}

/// Sends one, a second time if the first was too soon behind another.
fn send(agent: &Agent, url: &str, message: &Value) -> Result<(), String> {
    // Some errors have the URL in them, or a part of it.
    let post = || agent.post(url).send_json(message).map_err(|error| short(&error));
    let mut answer = post()?;
    if answer.status() == StatusCode::TOO_MANY_REQUESTS {
        let after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let after = after.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        thread::sleep(after.unwrap_or(PATIENCE).min(PATIENCE));
        answer = post()?;
    }
    if answer.status().is_success() { Ok(()) } else { Err(format!("it answers {}", answer.status())) }
}

fn short(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::Timeout(_) => format!("it does not answer within {} seconds", PATIENCE.as_secs()),
        ureq::Error::HostNotFound => "its host is not known".to_owned(),
        ureq::Error::Rustls(error) => error.to_string(),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => "its URL is none".to_owned(),
        _ => "it cannot be reached".to_owned(),
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
                None if done.state == State::Failed => {
                    self.tell(
                        "failed",
                        &format!("migration `{}` was stopped between two steps", done.id),
                        json!(done),
                    );
                }
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
        self.wait();
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("subject", &self.subject).finish_non_exhaustive()
    }
}
