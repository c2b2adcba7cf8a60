//! A bar that moves.

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};

use crate::backfill::{Event, Snapshot};

#[derive(Debug)]
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::no_length();
        // A template that does not parse would be a mistake in this file; the default style is no disaster.
        if let Ok(style) =
            ProgressStyle::with_template("  {bar:32} {human_pos}/{human_len} ({percent} %) {msg}")
        {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(super) fn draw(&self, event: &Event<'_>) {
        let Self(bar) = self;
        match event {
            Event::Started { total, .. } => bar.set_length(*total),
            Event::Batch(snapshot) | Event::Tick(snapshot) => {
                bar.set_position(snapshot.total.saturating_sub(snapshot.remaining));
                bar.set_message(words(snapshot));
            }
            // The bar counts them, and the report quotes the first: a million of them would hide everything else.
            Event::Failed(_) => {}
            Event::Finished(_) => bar.finish_and_clear(),
        }
    }
}

/// What there is to say beside the bar.
fn words(snapshot: &Snapshot) -> String {
    let mut words = Vec::new();
    if let Some(rate) = snapshot.rate {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is not negative"
        )]
        words.push(format!("{}/s", HumanCount(rate as u64)));
    }
    match (&snapshot.held, snapshot.eta) {
        (Some(reason), _) => words.push(format!("waits: {reason}")),
        (None, Some(eta)) => words.push(format!("{} left", HumanDuration(eta))),
        (None, None) => {}
    }
    let troubles = [
        (snapshot.failed, "failed"),
        (snapshot.changed, "changed since"),
        (snapshot.conflicts, "changed meanwhile"),
    ];
    for (count, name) in troubles {
        if count > 0 {
            words.push(format!("{} {name}", HumanCount(count)));
        }
    }
    words.join(", ")
}
