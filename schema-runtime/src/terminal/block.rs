//! A block of lines now and then, for logs.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{HumanBytes, HumanDuration};

use crate::backfill::{Event, Snapshot};

const EVERY: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct Block(Mutex<Last>);

/// What the last block was.
#[derive(Debug, Default)]
struct Last {
    /// As time since the start.
    at: Duration,
    held: Option<String>,
}

impl Block {
    /// The lines that are due.
    pub(super) fn of(&self, event: &Event<'_>) -> Option<String> {
        match event {
            Event::Started { collection, work, target, total, dry_run } => {
                let what = if *dry_run { "dry run" } else { work.name() };
                let destination = work.destination(*target);
                Some(format!("{what} of `{collection}` {destination}: {total} documents"))
            }
            Event::Batch(snapshot) | Event::Tick(snapshot) => {
                let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                // That it waits, and that it goes on, is said at once.
                let due = snapshot.elapsed.saturating_sub(last.at) >= EVERY || last.held != snapshot.held;
                due.then(|| {
                    *last = Last { at: snapshot.elapsed, held: snapshot.held.clone() };
                    lines(snapshot)
                })
            }
            Event::Failed(_) => None,
            Event::Finished(report) => {
                let (work, failed) = (report.work, report.failed);
                let mut line = format!("done: {} {}, {failed} failed", report.written(), work.done());
                if report.changed > 0 {
                    line += &format!(", {} changed since", report.changed);
                }
                Some(line)
            }
        }
    }
}

fn lines(snapshot: &Snapshot) -> String {
    let Snapshot { pass, total, remaining, workers, retries, .. } = snapshot;
    let rate = snapshot.rate.map_or("-".to_owned(), |rate| format!("{rate:.0}"));
    let left = match (&snapshot.held, snapshot.eta) {
        (Some(reason), _) => format!("waits: {reason}"),
        (None, Some(eta)) => format!("{} left", HumanDuration(eta)),
        (None, None) => "time left not known".to_owned(),
    };
    let done = match snapshot.rolled_back {
        0 => format!("upgraded {}", snapshot.upgraded),
        rolled_back => format!("rolled back {rolled_back}  changed since {}", snapshot.changed),
    };
    format!(
        "  {:5.1} %  {}/{total}  {rate}/s  {left}\n         {done}  failed {}  newer {}  conflicts {}  retries \
         {retries}  read {}  pass {pass}  workers {workers}",
        snapshot.percent(),
        total.saturating_sub(*remaining),
        snapshot.failed,
        snapshot.newer,
        snapshot.conflicts,
        HumanBytes(snapshot.bytes),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(seconds: u64, held: Option<&str>) -> Snapshot {
        Snapshot {
            pass: 1,
            seen: 500,
            total: 2_000,
            remaining: 1_500,
            upgraded: 498,
            rolled_back: 0,
            changed: 0,
            failed: 2,
            newer: 0,
            conflicts: 3,
            retries: 1,
            bytes: 150_000,
            rate: Some(250.4),
            eta: held.is_none().then_some(Duration::from_secs(6)),
            held: held.map(str::to_owned),
            workers: 4,
            elapsed: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn a_block_says_how_far_it_is() {
        let block = Block::default().of(&Event::Tick(snapshot(12, None)));
        let expected = "   25.0 %  500/2000  250/s  6 seconds left\n         upgraded 498  failed 2  newer 0  conflicts 3  \
                        retries 1  read 146.48 KiB  pass 1  workers 4";
        assert_eq!(block.as_deref(), Some(expected));
    }

    #[test]
    fn a_job_that_waits_says_why_and_not_how_long() {
        let block = Block::default().of(&Event::Tick(snapshot(2, Some("paused by ada")))).unwrap();
        assert!(block.contains("waits: paused by ada\n") && !block.contains("left"), "{block}");
    }

    #[test]
    fn blocks_come_every_ten_seconds() {
        let block = Block::default();
        let due = |seconds| block.of(&Event::Batch(snapshot(seconds, None))).is_some();
        assert_eq!([0, 9, 10, 11, 19, 20].map(due), [false, false, true, false, false, true]);
    }
}
