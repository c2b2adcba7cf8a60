//! The same documents twice: as they are stored, in all versions, and as a backfill leaves them.

use std::collections::BTreeSet;

use mongodb::{
    Collection, Database,
    bson::{Bson, RawDocument, RawDocumentBuf, doc},
};
use schema_runtime::{DecodeOwned, VersionedCollection, decode_stored, peek};
use schema_tests::stored::all;

use crate::server_side::documents::Sample;

pub struct Mixed {
    pub mixed: Collection<RawDocumentBuf>,
    pub backfilled: Collection<RawDocumentBuf>,
    pub before: Vec<RawDocumentBuf>,
    pub after: Vec<RawDocumentBuf>,
    /// The documents about which the two have to agree.
    pub compared: BTreeSet<String>,
    /// Those among them that the backfill has upgraded.
    pub older: BTreeSet<String>,
}

impl Mixed {
    pub async fn of<T: DecodeOwned + Send + Sync>(database: &Database, samples: &[Sample]) -> Self {
        let [typed, backfilled] = ["mixed", "backfilled"].map(|name| database.collection::<T>(name));
        let [mixed, raw] = [&typed, &backfilled].map(|typed| typed.clone_with_type::<RawDocumentBuf>());
        for collection in [&mixed, &raw] {
            collection.delete_many(doc! {}).await.unwrap();
            collection.insert_many(samples.iter().map(|sample| &sample.stored)).await.unwrap();
        }
        VersionedCollection::over(backfilled).backfill().run().await.unwrap();
        let (before, after) = (all(&mixed).await.unwrap(), all(&raw).await.unwrap());
        let (mut compared, mut older) = (BTreeSet::new(), BTreeSet::new());
        for (before, after) in before.iter().zip(&after) {
            match peek(before.as_bytes(), T::CHAIN.version_field) {
                Ok(Some(version)) if !T::CHAIN.knows(version) || version == T::CHAIN.version => {
                    compared.insert(id(before));
                }
                Ok(_) if before != after && is_as_written::<T>(before) => {
                    compared.insert(id(before));
                    older.insert(id(before));
                }
                _ => {}
            }
        }
        Self { mixed, backfilled: raw, before, after, compared, older }
    }
}

pub fn id(document: &RawDocument) -> String {
    format!("{:?}", document.get("_id").unwrap())
}

/// Whether a document of an older version is as that version writes it, as far as `query` asks for it.
fn is_as_written<T: DecodeOwned>(document: &RawDocument) -> bool {
    let Ok(decoded) = decode_stored::<T>(document) else { return false };
    let version = T::HISTORY.at(decoded.stored_version).unwrap();
    let value = |document: &RawDocument, name: &str| {
        document.get(name).ok().flatten().and_then(|value| Bson::try_from(value).ok())
    };
    let empty = [Bson::Null, Bson::from(""), Bson::Array(Vec::new())];
    let as_written = version.fields.iter().all(|field| {
        let stored = field.read_as.iter().find_map(|name| value(document, name));
        match (stored, field.stored_as.and_then(|name| value(&decoded.stored, name))) {
            (Some(stored), Some(known)) => stored == known,
            (Some(stored), None) => empty.contains(&stored),
            (None, _) => true,
        }
    });
    let mut new = T::HISTORY.names().filter(|name| !version.knows(name));
    as_written && new.all(|name| value(document, name).is_none())
}
