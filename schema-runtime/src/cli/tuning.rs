//! How a job is to be run, as options of the command line.

use std::time::Duration;

use clap::Args;

use crate::backfill::{Settings, Window};

/// The options that a backfill and a rollback share. What is not given is as the library has it.
#[derive(Debug, Clone, Args)]
pub(super) struct Tuning {
    /// Batches at a time.
    #[arg(long, value_name = "N")]
    workers: Option<u32>,

    /// The most documents in a batch.
    #[arg(long, value_name = "N")]
    batch_size: Option<u32>,

    /// The most documents a second.
    #[arg(long, value_name = "N", value_parser = positive)]
    max_rate: Option<f64>,

    /// Wait while the secondaries are behind by more than this.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    max_lag: Option<Duration>,

    /// Work at these times of the day only, in UTC: 22:00-06:00.
    #[arg(long, value_name = "FROM-TO")]
    window: Option<Window>,

    /// Give up when more documents than this fail.
    #[arg(long, value_name = "N")]
    max_failures: Option<u64>,
}

impl Tuning {
    pub(super) fn apply(self, settings: &mut Settings<'_>) {
        let Self { workers, batch_size, max_rate, max_lag, window, max_failures } = self;
        if let Some(workers) = workers {
            settings.workers(workers);
        }
        if let Some(documents) = batch_size {
            settings.batch_size(documents);
        }
        if let Some(rate) = max_rate {
            settings.max_rate(rate);
        }
        if let Some(lag) = max_lag {
            settings.max_lag(lag);
        }
        if let Some(window) = window {
            settings.window(window);
        }
        if let Some(documents) = max_failures {
            settings.max_failures(documents);
        }
    }
}

/// A number of seconds.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    Duration::try_from_secs_f64(positive(text)?).map_err(|error| error.to_string())
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number.is_finite() => Ok(number),
        _ => Err("a number above 0 is needed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_above_nothing() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for text in ["0", "-1", "NaN", "inf", "1e300", "soon"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
