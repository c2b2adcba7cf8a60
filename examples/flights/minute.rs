//! Minute of the day: a clock time that can be calculated with.

use serde::{Deserialize, Serialize};

use super::cell::{Cell, CellError};

/// The minutes from the midnight that begins a day: 0 to 1440, where 1440 is the midnight that ends it.
///
/// The table writes that last one as 2400, on the day that ends. It is the same instant as minute 0 of the next
/// day, and only the date beside it tells which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    const END: u16 = 24 * 60;
}

/// A number that is no time of the day.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MinuteOfDayError {
    /// Not even a number.
    #[error(transparent)]
    Cell(#[from] CellError),
    /// No clock shows it.
    #[error("{0} is no clock time; expected hours and minutes as in 517 for 05:17, up to 2400")]
    Clock(i32),
    /// More minutes than a day has.
    #[error("{0} is no minute of the day; expected at most 1440")]
    Minute(u16),
}

impl TryFrom<Cell> for MinuteOfDay {
    type Error = MinuteOfDayError;

    /// Reads a clock time as the table has it.
    fn try_from(cell: Cell) -> Result<Self, MinuteOfDayError> {
        let clock = i32::try_from(cell)?;
        let no_clock = MinuteOfDayError::Clock(clock);
        let Ok(digits) = u16::try_from(clock) else {
            return Err(no_clock);
        };
        let (hours, minutes) = (digits / 100, digits % 100);
        if hours <= 24 && minutes < 60 {
            Self::try_from(hours * 60 + minutes).map_err(|_| no_clock)
        } else {
            Err(no_clock)
        }
    }
}

impl TryFrom<u16> for MinuteOfDay {
    type Error = MinuteOfDayError;

    fn try_from(minute: u16) -> Result<Self, MinuteOfDayError> {
        if minute <= Self::END { Ok(Self(minute)) } else { Err(MinuteOfDayError::Minute(minute)) }
    }
}

impl From<MinuteOfDay> for u16 {
    fn from(minute: MinuteOfDay) -> Self {
        minute.0
    }
}
