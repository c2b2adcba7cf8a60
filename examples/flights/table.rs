//! Table: the rows of the CSV file as the documents that an importer makes of them.

use std::io;

use schema_runtime::bson::{Bson, Document};

/// The committed part of the table; see `examples/data/README.md`.
const SAMPLE: &str = include_str!("../data/departures.csv");

/// A table that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("row {row} of the table cannot be read")]
pub struct TableError {
    row: usize,
    source: csv::Error,
}

/// The rows of the committed sample.
pub fn sample() -> impl Iterator<Item = Result<Document, TableError>> {
    table(SAMPLE.as_bytes())
}

/// The rows of a file in the table's format, each as an unstamped document: whole numbers as Int32, everything
/// else as text, and an `_id` such as `2013-01-01/UA1545/EWR`.
pub fn table(file: impl io::Read) -> impl Iterator<Item = Result<Document, TableError>> {
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers().cloned().unwrap_or_default();
    reader.into_records().enumerate().map(move |(index, record)| {
        let record = record.map_err(|source| TableError {
            row: index + 1,
            source,
        })?;
        Ok(document(&header, &record))
    })
}

fn document(header: &csv::StringRecord, record: &csv::StringRecord) -> Document {
    let mut document = Document::new();
    document.insert("_id", id(header, record));
    for (name, text) in header.iter().zip(record) {
        document.insert(name, text.parse().map_or_else(|_| Bson::from(text), Bson::Int32));
    }
    document
}

/// The day, the flight and where it left from: the same row has the same `_id` in every run.
fn id(header: &csv::StringRecord, record: &csv::StringRecord) -> String {
    let column = |name| {
        let position = header.iter().position(|column| column == name);
        position
            .and_then(|position| record.get(position))
            .unwrap_or_default()
    };
    format!(
        "{}-{:0>2}-{:0>2}/{}{}/{}",
        column("year"),
        column("month"),
        column("day"),
        column("carrier"),
        column("flight"),
        column("origin"),
    )
}
