//! Writing: the stamp is there, in every way out, first and as an Int32.

use schema_runtime::{
    bson::{Bson, RawBsonRef, RawDocumentBuf, serialize_to_vec},
    encode,
};
use schema_tests::ways::ways_out;

use crate::{HostV1, HostV2, current, id};

#[test]
fn the_stamp_is_the_first_field_and_an_int32() {
    for (way, write) in ways_out::<HostV2>() {
        let written = write(&current()).unwrap();
        let first = written.iter().next();
        assert_eq!(first, Some((&"schemaVersion".to_owned(), &Bson::Int32(2))), "to {way}");
    }
}

#[test]
fn the_fields_follow_in_their_own_order() {
    let names = ["schemaVersion", "_id", "label", "uptime", "tags", "state", "seen", "load", "address"];
    for (way, write) in ways_out::<HostV2>() {
        let written = write(&current()).unwrap();
        assert!(written.keys().eq(names), "to {way}: {written}");
    }
}

#[test]
fn all_ways_to_bytes_write_the_same_bytes() {
    let encoded = encode(&current()).unwrap();
    assert_eq!(serialize_to_vec(&current()).unwrap(), encoded.as_bytes());
    let first = encoded.iter().next().unwrap().unwrap();
    assert_eq!((first.0.as_str(), first.1), ("schemaVersion", RawBsonRef::Int32(2)));
}

/// An older type stamps its own version: it is what a service that has not been updated writes.
#[test]
fn an_older_type_writes_its_own_version() {
    let host = HostV1 {
        id: id(),
        name: "alpha".into(),
        uptime: "99".into(),
        tags: vec![],
        state: crate::State::Up,
        seen: None,
    };
    for (way, write) in ways_out::<HostV1>() {
        assert_eq!(write(&host).unwrap()["schemaVersion"], Bson::Int32(1), "to {way}");
    }
}

#[test]
fn json_is_stamped_too() {
    let text = serde_json::to_string(&current()).unwrap();
    assert!(text.starts_with(r#"{"schemaVersion":2,"_id":"#), "{text}");
    let value = serde_json::to_value(current()).unwrap();
    assert_eq!(value["schemaVersion"], 2);
    let pretty = serde_json::to_string_pretty(&current()).unwrap();
    assert!(pretty.starts_with("{\n  \"schemaVersion\": 2,"), "{pretty}");
}

/// Behind references and boxes it is the same document.
#[test]
fn references_and_boxes_are_stamped_once() {
    let direct = encode(&current()).unwrap();
    let boxed: RawDocumentBuf =
        schema_runtime::bson::serialize_to_raw_document_buf(&Box::new(&current())).unwrap();
    assert_eq!(boxed, direct);
}
