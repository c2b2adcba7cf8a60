//! What the conversion makes of sample documents: the values of fields that have the same one in every document, and a
//! check that the types do what their declarations say.

use bson::{Bson, Document, RawDocumentBuf};
use schema_core::{DecodeOwned, decode, encode};

use super::lineage::Lineage;
use crate::{
    difference::same,
    duplicate::duplicate_field,
    trace::{Kind, Obstacle, Omitted, Source},
};

pub(super) struct Trial {
    /// A sample with every field, upgraded.
    full: Document,
    /// A sample without those that may be missing, upgraded.
    sparse: Document,
}

impl Trial {
    /// # Errors
    ///
    /// A sample that was not upgraded as the fields say.
    pub(super) fn of<T: DecodeOwned>(stored: u32, lineage: &Lineage) -> Result<Self, Obstacle> {
        let trial = |kind: &dyn Fn(&Kind) -> Option<Bson>| {
            run::<T>(stored, lineage, kind).map_err(|what| Obstacle::Trial { version: stored, what })
        };
        let full = trial(&|kind| Some(kind.sample(1)))?;
        let other = trial(&|kind| Some(kind.sample(4)))?;
        let nulls = trial(&|kind| match kind {
            Kind::Nullable(_) => Some(Bson::Null),
            _ => Some(kind.sample(7)),
        })?;
        let sparse = trial(&|_| None)?;
        for field in lineage.written.iter().filter(|field| field.source == Source::Constant) {
            let values = [&full, &other, &nulls, &sparse].map(|upgraded| upgraded.get(field.name).map(bytes));
            if values.iter().any(|value| Some(value) != values.first()) {
                let what = format!("`{}` was not the same each time", field.name);
                return Err(Obstacle::Trial { version: stored, what });
            }
        }
        Ok(Self { full, sparse })
    }

    /// What every document gets under this name.
    pub(super) fn constant(&self, name: &str) -> Option<&Bson> {
        self.full.get(name)
    }

    /// What is written under this name where the stored field is missing.
    pub(super) fn missing(&self, name: &str) -> Option<&Bson> {
        self.sparse.get(name)
    }
}

fn bytes(value: &Bson) -> Option<Vec<u8>> {
    bson::serialize_to_vec(&bson::doc! { "": value }).ok()
}

/// Upgrades a document of which `sample` gives the values, as far as they may be missing.
fn run<T: DecodeOwned>(
    version: u32,
    lineage: &Lineage,
    sample: &dyn Fn(&Kind) -> Option<Bson>,
) -> Result<Document, String> {
    let mut stored = Document::new();
    stored.insert("_id", 1);
    stored.insert(T::CHAIN.version_field, i64::from(version));
    if let Some(kind) = T::CHAIN.kind {
        stored.insert(kind.key, kind.value);
    }
    for field in &lineage.stored {
        match sample(&field.kind) {
            None if field.optional => {}
            value => {
                stored.insert(field.name, value.unwrap_or_else(|| field.kind.sample(1)));
            }
        }
    }
    let stored_bytes = RawDocumentBuf::try_from(&stored).map_err(|error| error.to_string())?;
    let document = decode::<T>(&stored_bytes).map_err(|error| error.one_line())?;
    let upgraded = encode(&document).map_err(|error| error.to_string())?;
    if let Ok(Some(field)) = duplicate_field(&upgraded) {
        return Err(format!("`{field}` was written twice"));
    }
    let upgraded = Document::try_from(&upgraded).map_err(|error| error.to_string())?;
    compare(lineage, &stored, &upgraded)?;
    let expected =
        |name: &str| T::CHAIN.is_stamp(name) || lineage.written.iter().any(|field| field.name == name);
    match upgraded.keys().find(|name| !expected(name)) {
        Some(name) => Err(format!("`{name}` was written")),
        None => Ok(upgraded),
    }
}

fn compare(lineage: &Lineage, stored: &Document, upgraded: &Document) -> Result<(), String> {
    for field in &lineage.written {
        let Source::Stored(source) = field.source else { continue };
        let after = upgraded.get(field.name);
        let as_said = match (stored.get(source), after) {
            (Some(Bson::Null), None) => field.omitted == Some(Omitted::Null),
            (Some(before), Some(after)) => same(before, after),
            (Some(_), None) => false,
            (None, _) => true,
        };
        if !as_said {
            let text = |value: Option<&Bson>| value.map_or("nothing".to_owned(), Bson::to_string);
            return Err(format!(
                "`{source}` was {}, and `{}` became {}",
                text(stored.get(source)),
                field.name,
                text(after)
            ));
        }
    }
    Ok(())
}
