//! Which documents the server may change: those of which it is certain that the conversion reads them and stores what
//! the pipeline makes of them. It is asked in two places:
//!
//! - the filter looks at the document as it is stored: the version, names that are there twice or not known, text that is
//!   no UTF-8, the elements of lists;
//! - the guard inside the pipeline looks at the types of values, which the pipeline reads anyway. In a filter the same
//!   question takes the server a tenth of the update.
//!
//! A document that has exactly the fields of its version is told by their number: all are there, and there are no more.
//! Only others are looked at more closely, at two tenths of the update. A name that is there twice is seen in the size,
//! because the server's own functions keep one of the two.

use bson::{Bson, Document, doc};

use super::{
    Stored,
    kind::{Kind, TEXT},
    lineage::{Lineage, Omitted, StoredField, WrittenField},
};

/// What a field may hold that the stored version does not know: values without names inside, which could be there twice.
const UNKNOWN: [&str; 10] =
    ["double", "string", "objectId", "bool", "date", "null", "int", "long", "decimal", "timestamp"];

/// What it may be called: what the server's own functions take for a name and not for a path or a variable.
const UNKNOWN_NAME: &str = "^[0-9A-Za-z_-]+$";

pub(super) struct Admission<'l> {
    pub(super) lineage: &'l Lineage,
    pub(super) stored: Stored,
    pub(super) version_field: &'static str,
}

impl Admission<'_> {
    pub(super) fn filter(&self) -> Document {
        let mut filter = Document::new();
        let mut properties = Document::new();
        if !self.lineage.knows("_id") {
            properties.insert("_id", doc! { "pattern": "" });
        }
        for field in &self.lineage.stored {
            match (field.kind.value(), schema_inside(&field.kind)) {
                // What a schema says as well, in the words that take the server least.
                (text, _) if *text == TEXT && field.is_never_null() => {
                    filter.insert(field.name, is_utf8());
                }
                (Kind::List(element), _) if matches!(**element, Kind::Scalar(_)) => {
                    let mut right = doc! { "$type": element.bson() };
                    if **element == TEXT {
                        right.extend(is_utf8());
                    }
                    filter.insert(field.name, doc! { "$not": { "$elemMatch": { "$not": right } } });
                }
                (_, inside) if !inside.is_empty() => {
                    properties.insert(field.name, inside);
                }
                _ => {}
            }
        }
        if !properties.is_empty() {
            filter.insert("$jsonSchema", doc! { "properties": properties });
        }
        filter.insert("$or", [self.exactly_known(), self.with_others()]);
        filter
    }

    /// The version that they say, and only as a number that a read takes for it: see the guard.
    fn of_the_version(&self) -> Document {
        match self.stored {
            Stored::Version(version) => doc! { self.version_field: i64::from(version) },
            Stored::Unversioned(_) => doc! { self.version_field: { "$exists": false } },
        }
    }

    fn is_stamped(&self) -> bool {
        matches!(self.stored, Stored::Version(_))
    }

    /// The names of all that the stored version knows.
    fn names(&self) -> Vec<&'static str> {
        let fields = self.lineage.stored.iter().map(|field| field.name);
        let id = (!self.lineage.knows("_id")).then_some("_id");
        fields.chain(id).chain(self.is_stamped().then_some(self.version_field)).collect()
    }

    fn exactly_known(&self) -> Document {
        let count = i64::try_from(self.names().len()).unwrap_or(i64::MAX);
        let mut filter = self.of_the_version();
        // The server sorts alternatives before it asks them, and by this one the cheaper comes first.
        filter.insert("_id", doc! { "$exists": true });
        filter.insert("$jsonSchema", doc! { "maxProperties": count });
        for field in self.lineage.stored.iter().filter(|field| field.optional) {
            filter.insert(field.name, doc! { "$exists": true });
        }
        filter
    }

    fn with_others(&self) -> Document {
        let known: Document =
            self.names().into_iter().map(|name| (name.to_owned(), doc! {}.into())).collect();
        let names = doc! {
            "properties": known.clone(),
            "patternProperties": { UNKNOWN_NAME: {} },
            "additionalProperties": false,
        };
        let values = match self.lineage.strict {
            true => Bson::from(false),
            false => Bson::from(doc! { "bsonType": UNKNOWN.to_vec(), "pattern": "" }),
        };
        let mut filter = self.of_the_version();
        filter.extend(doc! {
            "$and": [
                { "$jsonSchema": names },
                { "$jsonSchema": { "properties": known, "additionalProperties": values } },
            ],
            "$expr": { "$eq": [
                { "$bsonSize": "$$ROOT" },
                { "$bsonSize": { "$mergeObjects": ["$$ROOT", { "_id": "$_id" }] } },
            ] },
        });
        let new = self.lineage.written.iter().map(|field| field.name);
        let new = new.filter(|name| !self.lineage.knows(name));
        for name in new.chain(self.lineage.aliases.iter().copied()) {
            filter.insert(name, doc! { "$exists": false });
        }
        filter
    }

    /// The guard, as an expression.
    pub(super) fn guard(&self) -> Document {
        let mut conditions = Vec::new();
        if self.is_stamped() {
            conditions.push(is_one_of(self.version_field, &["int", "long", "double"]));
        }
        if !self.lineage.knows("_id") {
            conditions.push(is_one_of("_id", &UNKNOWN));
        }
        for field in &self.lineage.stored {
            conditions.push(self.has_its_type(field));
            let omitted = self.lineage.made_of(field.name).filter_map(|written| written.omitted);
            conditions.extend(omitted.filter_map(|omitted| match omitted {
                Omitted::Null => None,
                Omitted::EmptyText => Some(doc! { "$ne": [path(field.name), ""] }),
                Omitted::EmptyList => Some(doc! { "$ne": [path(field.name), []] }),
            }));
        }
        doc! { "$and": conditions }
    }

    fn has_its_type(&self, field: &StoredField) -> Document {
        let mut types = vec![field.kind.bson()];
        // Nothing is moved to a name by leaving it out, but what is there stays.
        let leaves_another = |written: &WrittenField| {
            written.omitted == Some(Omitted::Null)
                && written.name != field.name
                && self.lineage.knows(written.name)
        };
        if matches!(field.kind, Kind::Nullable(_)) && !self.lineage.made_of(field.name).any(leaves_another) {
            types.push("null");
        }
        if field.optional {
            types.push("missing");
        }
        is_one_of(field.name, &types)
    }
}

fn is_one_of(name: &str, types: &[&str]) -> Document {
    let own = doc! { "$type": path(name) };
    match types {
        [only] => doc! { "$eq": [own, *only] },
        several => doc! { "$in": [own, several.to_vec()] },
    }
}

pub(super) fn path(name: &str) -> String {
    format!("${name}")
}

/// Matches any text that is UTF-8, and no other.
fn is_utf8() -> Document {
    doc! { "$regex": "" }
}

/// What has to be looked at in a value whose type is right.
fn schema_inside(kind: &Kind) -> Document {
    match kind.value() {
        Kind::List(element) => doc! { "items": schema(element) },
        value if *value == TEXT => doc! { "pattern": "" },
        _ => Document::new(),
    }
}

fn schema(kind: &Kind) -> Document {
    let mut types = vec![kind.bson()];
    if matches!(kind, Kind::Nullable(_)) {
        types.push("null");
    }
    let mut schema = doc! { "bsonType": types };
    schema.extend(schema_inside(kind));
    schema
}
