//! Four parameters, two levels down in a list, that were numbers as text. What cannot be read as one is left for
//! its owner to correct; a condition without parameters was never valid and is refused.

use bson::{Bson, Document};
use schema_runtime::{Upgrade, VersionedDocument};
use serde::{Deserialize, Serialize};

use crate::{case::check, loose::present};

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "streams")]
struct StreamV1 {
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_conditions: Option<Vec<ConditionV1>>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = StreamV1)]
struct StreamV2 {
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_conditions: Option<Vec<ConditionV2>>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Serialize, Deserialize)]
struct ConditionV1 {
    parameters: ParametersV1,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = ConditionV1)]
struct ConditionV2 {
    parameters: ParametersV2,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Serialize, Deserialize)]
struct ParametersV1 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    grace: Option<Bson>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    backlog: Option<Bson>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    time: Option<Bson>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    threshold: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = ParametersV1)]
struct ParametersV2 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[versioned(with = integer)]
    grace: Option<Bson>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[versioned(with = integer)]
    backlog: Option<Bson>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[versioned(with = integer)]
    time: Option<Bson>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[versioned(with = integer)]
    threshold: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

/// A text that is a 32-bit integer, without a plus sign, as that integer; anything else as it is.
fn integer(parameter: Option<Bson>) -> Option<Bson> {
    let text = parameter.as_ref().and_then(Bson::as_str).filter(|text| !text.starts_with('+'));
    match text.map(str::parse::<i32>) {
        Some(Ok(number)) => Some(number.into()),
        _ => parameter,
    }
}

#[test]
fn documents() {
    check::<StreamV2>(include_str!("../../data/cases/alert-parameters-to-int.json"), &[]);
}
