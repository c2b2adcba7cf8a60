//! Clock: the wall clock of an airport, and which instants it means.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::minute::MinuteOfDay;

/// Airport and IANA time zone, one pair a line below the header.
static ZONES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    include_str!("../data/airports.csv").lines().filter_map(|line| line.split_once(',')).collect()
});

/// The clock on the wall of an airport.
#[derive(Debug, Clone)]
pub(super) struct Clock(TimeZone);

/// A clock time that could not be turned into an instant.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// Without the airport's time zone its clock times mean nothing.
    #[error("airport {0:?} has no time zone; add it to examples/data/airports.csv")]
    UnknownAirport(String),
    /// The calendar or the time zone database refused.
    #[error("the clock time means no instant")]
    Calendar(#[from] jiff::Error),
}

impl Clock {
    pub(super) fn at(airport: &str) -> Result<Self, ClockError> {
        let zone = ZONES.get(airport).ok_or_else(|| ClockError::UnknownAirport(airport.to_owned()))?;
        Ok(Self(TimeZone::get(zone)?))
    }

    /// The instant of a minute on a known day. In the hour that a clock change repeats it is the first one.
    pub(super) fn on(&self, date: Date, minute: MinuteOfDay) -> Result<Timestamp, ClockError> {
        Ok(self.ambiguous(date, minute)?.compatible()?)
    }

    /// The instant nearest to `expected` at which the clock shows `minute`: the table leaves the day of a late
    /// departure to its delay.
    pub(super) fn nearest(&self, minute: MinuteOfDay, expected: Timestamp) -> Result<Timestamp, ClockError> {
        let today = expected.to_zoned(self.0.clone()).date();
        let mut nearest = self.on(today, minute)?;
        for date in [today.yesterday()?, today, today.tomorrow()?] {
            for candidate in self.both(date, minute)? {
                if distance(candidate, expected) < distance(nearest, expected) {
                    nearest = candidate;
                }
            }
        }
        Ok(nearest)
    }

    /// The first instant after `start` at which the clock shows `minute`: no flight from New York takes a day.
    pub(super) fn first_after(&self, minute: MinuteOfDay, start: Timestamp) -> Result<Timestamp, ClockError> {
        let mut date = start.to_zoned(self.0.clone()).date();
        loop {
            if let Some(found) = self.both(date, minute)?.into_iter().find(|candidate| *candidate > start) {
                return Ok(found);
            }
            date = date.tomorrow()?;
        }
    }

    /// The instants of a minute in order; two different ones where a clock change repeats it.
    fn both(&self, date: Date, minute: MinuteOfDay) -> Result<[Timestamp; 2], ClockError> {
        let ambiguous = self.ambiguous(date, minute)?;
        let mut both = [ambiguous.earlier()?, ambiguous.later()?];
        both.sort_unstable();
        Ok(both)
    }

    fn ambiguous(&self, date: Date, minute: MinuteOfDay) -> Result<jiff::tz::AmbiguousTimestamp, ClockError> {
        let midnight = date.at(0, 0, 0, 0);
        let local = midnight.checked_add(i64::from(u16::from(minute)).minutes())?;
        Ok(self.0.to_ambiguous_timestamp(local))
    }
}

fn distance(one: Timestamp, other: Timestamp) -> u64 {
    one.as_second().abs_diff(other.as_second())
}
