//! The hour at which a user's day starts, which was once anything a form sent.

use bson::{Bson, Document};
use schema_runtime::{Upgrade, VersionedDocument};
use serde::{Deserialize, Serialize};

use crate::{case::check, loose::present};

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "users")]
struct UserV1 {
    #[serde(skip_serializing_if = "Option::is_none")]
    preferences: Option<PreferencesV1>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    #[serde(skip_serializing_if = "Option::is_none")]
    preferences: Option<PreferencesV2>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PreferencesV1 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    day_start: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

/// From here on it is a number or not there.
#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = PreferencesV1)]
#[serde(rename_all = "camelCase")]
struct PreferencesV2 {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[versioned(with = |hour: Option<Bson>| hour.as_ref().map(hour_of_day))]
    day_start: Option<f64>,
    #[serde(flatten)]
    rest: Document,
}

fn hour_of_day(stored: &Bson) -> f64 {
    let hour = match stored {
        Bson::Int32(hour) => f64::from(*hour),
        Bson::Double(hour) => *hour,
        Bson::String(text) => text.parse().unwrap_or(0.0),
        // What the script made of it; so few users have it that a rule of its own is not worth it.
        Bson::Boolean(hour) => f64::from(u8::from(*hour)),
        _ => 0.0,
    };
    if (0.0..=24.0).contains(&hour) { hour } else { 0.0 }
}

#[test]
fn documents() {
    check::<UserV2>(include_str!("../../data/cases/day-start-to-number.json"), &[]);
}
