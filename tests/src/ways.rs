//! Every way in and out of a Rust value that exists for a document without a server.

use std::error::Error;

use schema_runtime::{
    Decode, VersionedDocument,
    bson::{
        Bson, Document, RawDeserializer, deserialize_from_bson, deserialize_from_document,
        deserialize_from_reader, deserialize_from_slice, serde_helpers::HumanReadable, serialize_to_bson,
        serialize_to_buffer, serialize_to_document, serialize_to_raw_document_buf, serialize_to_vec,
    },
    decode, encode,
};
use serde::de::DeserializeOwned;

/// An error as text, which is all that the ways through serde have in common.
pub type Outcome<T> = Result<T, String>;

/// A name and a function that reads a document in one way.
pub type WayIn<T> = (&'static str, fn(&Document) -> Outcome<T>);

/// A name and a function that writes a document in one way, and reads back what was written as plain BSON.
pub type WayOut<T> = (&'static str, fn(&T) -> Outcome<Document>);

/// An error with its causes, as text.
fn text(error: impl Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn bytes(document: &Document) -> Outcome<Vec<u8>> {
    serialize_to_vec(document).map_err(text)
}

fn json(document: &Document) -> Outcome<String> {
    serde_json::to_string(document).map_err(text)
}

/// Every way to read a document. All go through serde; only `decode` has typed errors.
pub fn ways_in<T: DeserializeOwned + for<'de> Decode<'de>>() -> Vec<WayIn<T>> {
    let mut ways = binary_ways_in();
    ways.extend(readable_ways_in());
    ways
}

/// The ways from BSON bytes, which tell types with two forms to be compact.
pub fn binary_ways_in<T: DeserializeOwned + for<'de> Decode<'de>>() -> Vec<WayIn<T>> {
    vec![
        ("decode", |document| {
            let raw = serialize_to_raw_document_buf(document).map_err(text)?;
            decode(&raw).map_err(|error| error.one_line())
        }),
        ("BSON bytes", |document| deserialize_from_slice(&bytes(document)?).map_err(text)),
        ("a reader of BSON bytes", |document| {
            deserialize_from_reader(bytes(document)?.as_slice()).map_err(text)
        }),
        ("a raw document", |document| {
            let raw = serialize_to_raw_document_buf(document).map_err(text)?;
            T::deserialize(RawDeserializer::new(raw.as_bytes()).map_err(text)?).map_err(text)
        }),
    ]
}

/// The ways that tell types with two forms to be readable. A BSON `Document` is one of them.
pub fn readable_ways_in<T: DeserializeOwned>() -> Vec<WayIn<T>> {
    vec![
        ("a Document", |document| deserialize_from_document(document.clone()).map_err(text)),
        ("a Bson value", |document| deserialize_from_bson(Bson::Document(document.clone())).map_err(text)),
        ("human-readable BSON bytes", |document| {
            let read = deserialize_from_slice::<HumanReadable<T>>(&bytes(document)?);
            read.map(|HumanReadable(value)| value).map_err(text)
        }),
        ("a human-readable Document", |document| {
            let read = deserialize_from_document::<HumanReadable<T>>(document.clone());
            read.map(|HumanReadable(value)| value).map_err(text)
        }),
        ("JSON text", |document| serde_json::from_str(&json(document)?).map_err(text)),
        ("a reader of JSON text", |document| {
            serde_json::from_reader(json(document)?.as_bytes()).map_err(text)
        }),
        ("a JSON value", |document| {
            let value = serde_json::to_value(document).map_err(text)?;
            serde_json::from_value(value).map_err(text)
        }),
    ]
}

/// Every way to write a document as BSON.
pub fn ways_out<T: VersionedDocument>() -> Vec<WayOut<T>> {
    let mut ways = binary_ways_out();
    ways.extend(readable_ways_out());
    ways
}

/// The ways to BSON bytes.
pub fn binary_ways_out<T: VersionedDocument>() -> Vec<WayOut<T>> {
    vec![
        ("encode", |value| deserialize_from_slice(encode(value).map_err(text)?.as_bytes()).map_err(text)),
        ("a raw document", |value| {
            let raw = serialize_to_raw_document_buf(value).map_err(text)?;
            deserialize_from_slice(raw.as_bytes()).map_err(text)
        }),
        ("BSON bytes", |value| deserialize_from_slice(&serialize_to_vec(value).map_err(text)?).map_err(text)),
        ("a buffer", |value| {
            let mut buffer = Vec::new();
            serialize_to_buffer(value, &mut buffer).map_err(text)?;
            deserialize_from_slice(&buffer).map_err(text)
        }),
    ]
}

/// The ways to BSON in which types with two forms are readable.
pub fn readable_ways_out<T: VersionedDocument>() -> Vec<WayOut<T>> {
    vec![
        ("a Document", |value| serialize_to_document(value).map_err(text)),
        ("a Bson value", |value| {
            let value = serialize_to_bson(value).map_err(text)?;
            value.as_document().cloned().ok_or_else(|| value.to_string())
        }),
        ("human-readable BSON bytes", |value| {
            let bytes = serialize_to_vec(&HumanReadable(value)).map_err(text)?;
            deserialize_from_slice(&bytes).map_err(text)
        }),
    ]
}
