//! Throttles: what a job waits for. Each is asked once a second; any of them stops the job, and what it says is shown.

mod lag;
mod window;

use std::{fmt, pin::Pin, time::Duration};

use mongodb::Database;

pub use self::window::{InvalidWindow, Window};

/// What a throttle says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The job may go on.
    Go,
    /// It is to wait, for the reason given.
    Wait(String),
    /// It is to end in all processes, for the reason given. Another run takes it up again.
    Abort(String),
}

/// A limit at which a job waits, and one at which it gives up.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Limits {
    pub(super) wait: Option<Duration>,
    pub(super) abort: Option<Duration>,
}

impl Limits {
    fn judge(&self, name: &str, value: Duration) -> Verdict {
        let over = |limit: Option<Duration>| limit.filter(|limit| value > *limit);
        let said = |limit| format!("the {name} is {value:.1?}, and the limit is {limit:?}");
        if let Some(limit) = over(self.abort) {
            Verdict::Abort(said(limit))
        } else if let Some(limit) = over(self.wait) {
            Verdict::Wait(said(limit))
        } else {
            Verdict::Go
        }
    }

    fn are_set(&self) -> bool {
        self.wait.is_some() || self.abort.is_some()
    }
}

/// A throttle of the user's.
pub(super) type Custom<'a> =
    Box<dyn Fn() -> Pin<Box<dyn Future<Output = Verdict> + Send + 'a>> + Send + Sync + 'a>;

/// All throttles of a run.
#[derive(Default)]
pub(super) struct Throttles<'a> {
    pub(super) lag: Limits,
    pub(super) latency: Limits,
    pub(super) window: Option<Window>,
    pub(super) custom: Vec<Custom<'a>>,
}

impl Throttles<'_> {
    /// `latency` is what a small write to the job's documents has taken just now.
    pub(super) async fn ask(
        &self,
        database: &Database,
        latency: Duration,
        max_lag: Option<Duration>,
    ) -> Verdict {
        let lag = Limits { wait: max_lag.or(self.lag.wait), ..self.lag };
        let mut verdicts = vec![self.latency.judge("write latency", latency)];
        if lag.are_set() {
            verdicts.push(match lag::replication_lag(database).await {
                Ok(Some(value)) => lag.judge("replication lag", value),
                Ok(None) => Verdict::Go,
                Err(error) => Verdict::Wait(format!("the replication lag is not known: {error}")),
            });
        }
        verdicts.extend(self.window.map(|window| window.judge_now()));
        for throttle in &self.custom {
            verdicts.push(throttle().await);
        }
        together(verdicts)
    }
}

/// An abort counts before a wait, and all reasons of a kind are said.
fn together(verdicts: Vec<Verdict>) -> Verdict {
    let (mut waits, mut aborts) = (Vec::new(), Vec::new());
    for verdict in verdicts {
        match verdict {
            Verdict::Go => {}
            Verdict::Wait(reason) => waits.push(reason),
            Verdict::Abort(reason) => aborts.push(reason),
        }
    }
    match (aborts.is_empty(), waits.is_empty()) {
        (false, _) => Verdict::Abort(aborts.join("; ")),
        (true, false) => Verdict::Wait(waits.join("; ")),
        (true, true) => Verdict::Go,
    }
}

impl fmt::Debug for Throttles<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttles")
            .field("lag", &self.lag)
            .field("latency", &self.latency)
            .field("window", &self.window)
            .field("custom", &self.custom.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_verdict_counts_and_every_reason_is_said() {
        let wait = |reason: &str| Verdict::Wait(reason.to_owned());
        assert_eq!(together(vec![Verdict::Go, Verdict::Go]), Verdict::Go);
        assert_eq!(together(vec![wait("a"), Verdict::Go, wait("b")]), wait("a; b"));
        assert_eq!(together(vec![wait("a"), Verdict::Abort("c".to_owned())]), Verdict::Abort("c".to_owned()));
    }

    #[test]
    fn a_limit_names_itself_and_the_value() {
        let limits = Limits { wait: Some(Duration::from_secs(1)), abort: Some(Duration::from_secs(10)) };
        assert_eq!(limits.judge("lag", Duration::from_secs(1)), Verdict::Go);
        let said = "the lag is 2.0s, and the limit is 1s".to_owned();
        assert_eq!(limits.judge("lag", Duration::from_secs(2)), Verdict::Wait(said));
        assert!(matches!(limits.judge("lag", Duration::from_secs(11)), Verdict::Abort(_)));
        assert_eq!(Limits::default().judge("lag", Duration::MAX), Verdict::Go);
    }
}
