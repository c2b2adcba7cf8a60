//! The hours of the day in which a job may work.

use std::{fmt, str::FromStr, time::SystemTime};

use super::Verdict;

const MINUTES_A_DAY: u64 = 24 * 60;

/// A time of day, every day, in UTC: `22:00-06:00` is the night. Parsed from that form.
///
/// ```
/// use schema_runtime::backfill::Window;
///
/// let night: Window = "22:00-06:00".parse()?;
/// assert_eq!(night.to_string(), "22:00-06:00 UTC");
/// assert!("22-6".parse::<Window>().is_err());
/// # Ok::<(), schema_runtime::backfill::InvalidWindow>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Minutes after midnight.
    from: u64,
    to: u64,
}

/// A text that is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no time of day; write it as in 22:00-06:00, in UTC")]
pub struct InvalidWindow {
    /// The text.
    pub text: String,
}

impl Window {
    /// The end is no longer within; a window that ends where it begins is the whole day.
    fn contains(self, minute: u64) -> bool {
        let length = (self.to + MINUTES_A_DAY - self.from - 1) % MINUTES_A_DAY + 1;
        (minute + MINUTES_A_DAY - self.from) % MINUTES_A_DAY < length
    }

    pub(super) fn judge_now(self) -> Verdict {
        // A clock before 1970 is as good as midnight.
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        if self.contains(now.as_secs() / 60 % MINUTES_A_DAY) {
            Verdict::Go
        } else {
            Verdict::Wait(format!("it may only work at {self}"))
        }
    }
}

impl FromStr for Window {
    type Err = InvalidWindow;

    fn from_str(text: &str) -> Result<Self, InvalidWindow> {
        let window = || {
            let (from, to) = text.split_once('-')?;
            Some(Self { from: minutes(from)?, to: minutes(to)? })
        };
        window().ok_or_else(|| InvalidWindow { text: text.to_owned() })
    }
}

fn minutes(time: &str) -> Option<u64> {
    let (hours, minutes) = time.trim().split_once(':')?;
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02} UTC", from / 60, from % 60, to / 60, to % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_may_go_over_midnight() {
        let within =
            |window: &str, time: &str| window.parse::<Window>().unwrap().contains(minutes(time).unwrap());
        assert!(within("22:00-06:00", "22:00") && within("22:00-06:00", "03:00"));
        assert!(!within("22:00-06:00", "06:00") && !within("22:00-06:00", "21:59"));
        assert!(within("09:30-17:00", "12:00") && !within("09:30-17:00", "17:00"));
        assert!(within("07:00-07:00", "07:00") && within("07:00-07:00", "06:59"));
    }

    #[test]
    fn what_is_no_time_of_day_is_an_error() {
        for text in ["", "22:00", "24:00-01:00", "1:60-2:00", "a:b-c:d", "-1:00-2:00"] {
            let error = text.parse::<Window>().unwrap_err();
            assert!(error.to_string().starts_with(&format!("{text:?} is no time of day")), "{error}");
        }
    }
}
