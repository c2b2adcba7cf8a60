//! Fields that are not there: `default`, `skip`, `skip_serializing_if`.

use schema_runtime::{
    VersionedDocument,
    bson::{Document, doc, rawdoc, serialize_to_document},
    decode,
};

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct SettingsV1 {
    name: String,
    #[serde(default)]
    retries: u8,
    #[serde(default = "english")]
    language: String,
    theme: Option<String>,
    #[serde(skip)]
    cache: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    tags: Vec<String>,
}

fn english() -> String {
    "en".into()
}

#[test]
fn missing_fields_are_filled_in() {
    let settings: SettingsV1 = decode(&rawdoc! { "name": "a" }).unwrap();
    let expected = SettingsV1 {
        name: "a".into(),
        retries: 0,
        language: "en".into(),
        theme: None,
        cache: None,
        tags: vec![],
    };
    assert_eq!(settings, expected);
}

#[test]
fn skipped_fields_are_neither_written_nor_read_nor_listed() {
    let settings = SettingsV1 { cache: Some(7), ..decode(&rawdoc! { "name": "a" }).unwrap() };
    let written = serialize_to_document(&settings).unwrap();
    let expected = doc! { "schemaVersion": 1, "name": "a", "retries": 0, "language": "en", "theme": null };
    assert_eq!(written, expected);

    let read: SettingsV1 = decode(&rawdoc! { "name": "a", "cache": 7 }).unwrap();
    assert_eq!(read.cache, None);
    assert!(SettingsV1::HISTORY.names().all(|name| name != "cache"));
}

/// A skipped field is a field of the type all the same: a step has to say what becomes of it.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = SettingsV1, removed(cache, retries, language, theme))]
struct SettingsV2 {
    name: String,
    #[serde(skip)]
    #[versioned(added = true)]
    fresh: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[versioned(with = |tags: Vec<String>| tags.into_iter().next())]
    tags: Option<String>,
}

#[test]
fn a_step_may_fill_a_skipped_field() {
    let upgraded: SettingsV2 = decode(&rawdoc! { "name": "a" }).unwrap();
    assert!(upgraded.fresh);
    assert_eq!(serialize_to_document(&upgraded).unwrap(), doc! { "schemaVersion": 2, "name": "a" });

    let read: SettingsV2 = decode(&rawdoc! { "schemaVersion": 2, "name": "a" }).unwrap();
    assert!(!read.fresh);
}

/// One way only: written and never read, read and never written.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct OneWay {
    #[serde(skip_deserializing, default)]
    written: i32,
    #[serde(skip_serializing)]
    read: i32,
}

#[test]
fn fields_may_be_skipped_in_one_direction() {
    let value: OneWay = decode(&rawdoc! { "written": 1, "read": 2 }).unwrap();
    assert_eq!(value, OneWay { written: 0, read: 2 });
    assert_eq!(serialize_to_document(&value).unwrap(), doc! { "schemaVersion": 1, "written": 0 });
}

/// A default for the whole type, by its `Default` or by a function, with a parameter.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
#[serde(default)]
struct Limits<T: Default> {
    soft: i32,
    hard: T,
    #[serde(skip)]
    hidden: i32,
}

impl<T: Default> Default for Limits<T> {
    fn default() -> Self {
        Self { soft: 10, hard: T::default(), hidden: 30 }
    }
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
#[serde(default = "Quota::standard")]
struct Quota {
    used: i32,
    free: i32,
}

impl Quota {
    fn standard() -> Self {
        Self { used: 1, free: 2 }
    }
}

#[test]
fn the_container_may_have_a_default() {
    let limits: Limits<i32> = decode(&rawdoc! { "hard": 5 }).unwrap();
    assert_eq!(limits, Limits { soft: 10, hard: 5, hidden: 30 });
    let quota: Quota = decode(&rawdoc! { "free": 7 }).unwrap();
    assert_eq!(quota, Quota { used: 1, free: 7 });
}

/// Missing and null apart, for those who need it: the outer `Option` is the field, the inner one its value.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct Patch {
    #[serde(default, with = "present", skip_serializing_if = "Option::is_none")]
    note: Option<Option<String>>,
}

mod present {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        T::deserialize(deserializer).map(Some)
    }
}

#[test]
fn missing_and_null_can_be_told_apart() {
    let cases: [(Document, Option<Option<&str>>); 3] = [
        (doc! { "schemaVersion": 1 }, None),
        (doc! { "schemaVersion": 1, "note": null }, Some(None)),
        (doc! { "schemaVersion": 1, "note": "a" }, Some(Some("a"))),
    ];
    for (stored, note) in cases {
        let bytes = schema_runtime::bson::serialize_to_raw_document_buf(&stored).unwrap();
        let patch: Patch = decode(&bytes).unwrap();
        assert_eq!(patch.note, note.map(|note| note.map(str::to_owned)));
        assert_eq!(serialize_to_document(&patch).unwrap(), stored);
    }
}
