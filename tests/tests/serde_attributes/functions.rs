//! Fields with serialization of their own: `with`, `serialize_with`, `deserialize_with`.

use std::time::Duration;

use schema_runtime::{
    VersionedDocument,
    bson::{Bson, DateTime, doc, rawdoc, serde_helpers, serialize_to_document},
    decode,
};
use serde::{Deserialize, Deserializer, Serializer};

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct JobV1 {
    #[serde(with = "seconds")]
    timeout: Duration,
    #[serde(serialize_with = "shout", deserialize_with = "number_or_text")]
    name: String,
    /// A helper of bson's.
    #[serde(with = "serde_helpers::datetime::AsRfc3339String")]
    started: DateTime,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = JobV1)]
struct JobV2 {
    #[versioned(from = timeout)]
    #[serde(with = "seconds")]
    limit: Duration,
    name: String,
    started: DateTime,
}

mod seconds {
    use super::*;

    pub(super) fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(value.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        f64::deserialize(deserializer).map(Duration::from_secs_f64)
    }
}

fn shout<S: Serializer>(name: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&name.to_uppercase())
}

/// Documents hold what somebody once wrote.
fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Bson::deserialize(deserializer)? {
        Bson::String(text) => text,
        other => other.to_string(),
    })
}

#[test]
fn functions_of_the_user_read_and_write_their_fields() {
    let stored = rawdoc! { "timeout": 1.5, "name": 7, "started": "1970-01-01T00:00:01Z" };
    let job: JobV1 = decode(&stored).unwrap();
    assert_eq!((job.timeout, job.name.as_str()), (Duration::from_millis(1500), "7"));
    let written = serialize_to_document(&JobV1 { name: "a".into(), ..job }).unwrap();
    let expected =
        doc! { "schemaVersion": 1, "timeout": 1.5, "name": "A", "started": "1970-01-01T00:00:01Z" };
    assert_eq!(written, expected);
}

/// Each version has its own: the old one reads, the new one writes.
#[test]
fn each_version_has_its_own_functions() {
    let stored = rawdoc! { "timeout": 1.5, "name": "a", "started": "1970-01-01T00:00:01Z" };
    let job: JobV2 = decode(&stored).unwrap();
    let expected = doc! {
        "schemaVersion": 2, "limit": 1.5, "name": "a", "started": DateTime::from_millis(1000),
    };
    assert_eq!(serialize_to_document(&job).unwrap(), expected);
}
