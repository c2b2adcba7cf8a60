//! Movement: a take-off or a landing, and the step from clock times to instants.

use jiff::{Timestamp, ToSpan};
use schema_runtime::bson::DateTime;
use serde::{Deserialize, Serialize};

use super::{
    FlightV2,
    clock::{Clock, ClockError},
};

/// One end of a flight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Movement {
    /// The airport's IATA code.
    pub airport: String,
    /// When it was to be.
    pub scheduled: DateTime,
    /// When it was; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<DateTime>,
    /// The delay as the airline reported it, negative if early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_minutes: Option<i32>,
}

pub(super) fn departure(flight: &FlightV2) -> Result<Movement, ClockError> {
    let Instants { scheduled, actual } = departure_instants(flight)?;
    Ok(Movement {
        airport: flight.origin.clone(),
        scheduled: stored(scheduled),
        actual: actual.map(stored),
        delay_minutes: flight.departure_delay,
    })
}

/// The table has no day of arrival. It follows from the departure, the scheduled from the scheduled one and the
/// actual from the actual one.
pub(super) fn arrival(flight: &FlightV2) -> Result<Movement, ClockError> {
    let departure = departure_instants(flight)?;
    let clock = Clock::at(&flight.destination)?;
    let scheduled = clock.first_after(flight.scheduled_arrival, departure.scheduled)?;
    let actual = match (departure.actual, flight.actual_arrival) {
        (Some(left), Some(minute)) => Some(clock.first_after(minute, left)?),
        _ => None,
    };
    Ok(Movement {
        airport: flight.destination.clone(),
        scheduled: stored(scheduled),
        actual: actual.map(stored),
        delay_minutes: flight.arrival_delay,
    })
}

struct Instants {
    scheduled: Timestamp,
    actual: Option<Timestamp>,
}

fn departure_instants(flight: &FlightV2) -> Result<Instants, ClockError> {
    let clock = Clock::at(&flight.origin)?;
    let scheduled = clock.on(flight.date, flight.scheduled_departure)?;
    let delay = i64::from(flight.departure_delay.unwrap_or(0));
    let actual = flight
        .actual_departure
        .map(|minute| clock.nearest(minute, scheduled.checked_add(delay.minutes())?))
        .transpose()?;
    Ok(Instants { scheduled, actual })
}

fn stored(instant: Timestamp) -> DateTime {
    DateTime::from_millis(instant.as_millisecond())
}
