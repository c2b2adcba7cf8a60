//! Metadata: what a collection is apart from its documents, as a file that `mongodump` could have written.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
};

use bson::{Bson, Document, doc};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};

use super::{
    catalog::{Entry, Kind},
    checksum::{Digesting, Sum},
    error::BackupError,
    files::is_compressed,
};
use crate::extended_json;

pub(super) fn write(entry: &Entry, path: &Path) -> Result<Sum, BackupError> {
    let text = extended_json::write(&document(entry)).map_err(|source| BackupError::Metadata {
        collection: entry.name.clone(),
        advice: "leave it out of the backup, and keep them elsewhere",
        source,
    })?;
    let written = File::create(path).and_then(|file| {
        let mut gzip = GzEncoder::new(Digesting::new(file), Compression::default());
        gzip.write_all(text.as_bytes())?;
        gzip.finish()?.finish()
    });
    written.map_err(BackupError::file("write", path))
}

fn document(entry: &Entry) -> Document {
    let indexes: Vec<Bson> = entry.indexes.iter().cloned().map(Bson::from).collect();
    doc! {
        "options": entry.options.clone(),
        "indexes": indexes,
        "uuid": entry.uuid.clone().unwrap_or_default(),
        "collectionName": entry.name.as_str(),
        "type": match entry.kind {
            Kind::Collection => "collection",
            Kind::View => "view",
            Kind::TimeSeries => "timeseries",
        },
    }
}

/// `name`: by the name of the file, which says less than the metadata.
pub(super) fn read(path: &Path, name: Option<String>) -> Result<Entry, BackupError> {
    let mut text = String::new();
    let read = File::open(path).and_then(|mut file| match is_compressed(&path.to_string_lossy()) {
        true => MultiGzDecoder::new(file).read_to_string(&mut text),
        false => file.read_to_string(&mut text),
    });
    read.map_err(|error| BackupError::damaged(path, error))?;
    let metadata = extended_json::read(&text).map_err(|error| BackupError::damaged(path, error))?;
    let name = match (metadata.get_str("collectionName"), name) {
        (Ok(name), _) => name.to_owned(),
        // Before version 100.4, `mongodump` did not say it.
        (Err(_), Some(name)) => name,
        (Err(_), None) => {
            return Err(BackupError::damaged(path, "it does not say the name of the collection"));
        }
    };
    let options = metadata.get_document("options").cloned().unwrap_or_default();
    let kind = match metadata.get_str("type") {
        Ok("view") => Kind::View,
        Ok("timeseries") => Kind::TimeSeries,
        _ if options.contains_key("viewOn") => Kind::View,
        _ => Kind::Collection,
    };
    let indexes = metadata.get_array("indexes").map(Vec::as_slice).unwrap_or_default();
    let indexes = indexes.iter().filter_map(Bson::as_document).cloned().collect();
    let uuid = metadata.get_str("uuid").ok().filter(|uuid| !uuid.is_empty()).map(str::to_owned);
    Ok(Entry { name, kind, options, indexes, uuid })
}
