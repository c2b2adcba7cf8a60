//! Which documents the server may change: those of which it is certain that the conversion reads them and stores what
//! the pipeline makes of them. All of it is asked in the filter, so what is matched is upgraded, and nothing else goes through the
//! pipeline: a server may not survive to be told to change a document that has a name twice.
//!
//! A field that is always there is asked for its type or, if it is text, for being UTF-8, in the words that take the server
//! least; those look into lists as well, and so one schema over all fields says which values there may be at all. What may be
//! missing, null or a list is asked in that schema, which takes two or three times as long.
//!
//! A document that has exactly the fields of its version is told by their number: all are there, and there are no more.
//! Only others are looked at more closely.

use bson::{Bson, Document, doc};
use schema_core::Kind as DocumentKind;

use super::{
    Stored,
    lineage::{Lineage, StoredField, WrittenField},
};
use crate::trace::{Kind, Omitted, TEXT};

/// What a field may hold that the stored version does not know: values without names inside, which could be there twice.
const UNKNOWN: [&str; 10] =
    ["double", "string", "objectId", "bool", "date", "null", "int", "long", "decimal", "timestamp"];

/// What it may be called: what the server's own functions take for a name and not for a path or a variable.
const UNKNOWN_NAME: &str = "^[0-9A-Za-z_-]+$";

pub(super) struct Admission<'l> {
    pub(super) lineage: &'l Lineage,
    pub(super) stored: Stored,
    pub(super) version_field: &'static str,
    pub(super) kind: Option<DocumentKind>,
}

impl Admission<'_> {
    pub(super) fn filter(&self) -> Document {
        let mut filter = self.of_the_version();
        let (mut properties, mut required) = (Document::new(), Vec::new());
        if let Some(kind) = &self.kind {
            filter.extend(kind.filter());
            properties.insert(kind.key, of_kind(kind));
        }
        if !self.lineage.knows("_id") {
            let types = UNKNOWN.to_vec();
            properties.insert("_id", doc! { "bsonType": types, "pattern": "" });
        }
        for field in &self.lineage.stored {
            match &field.kind {
                Kind::Scalar(_) if !field.optional => {
                    filter.insert(field.name, self.plainly(field));
                }
                _ => {
                    properties.insert(field.name, self.in_schema(field));
                    required.extend((!field.optional).then_some(field.name));
                }
            }
        }
        let mut all =
            doc! { "properties": properties, "additionalProperties": { "bsonType": UNKNOWN.to_vec() } };
        if !required.is_empty() {
            all.insert("required", required);
        }
        filter.insert("$jsonSchema", all);
        filter.insert("$or", [self.exactly_known(), self.with_others()]);
        filter
    }

    /// The version that they say, and only as a number that a read takes for it.
    fn of_the_version(&self) -> Document {
        match self.stored {
            Stored::Version(version) => doc! {
                self.version_field: { "$eq": i64::from(version), "$type": ["int", "long", "double"] },
            },
            Stored::Unversioned(_) => doc! { self.version_field: { "$exists": false } },
        }
    }

    /// A scalar that is always there.
    fn plainly(&self, field: &StoredField) -> Document {
        let mut right = match field.kind == TEXT {
            true => is_utf8(),
            false => doc! { "$type": field.kind.bson() },
        };
        if self.leaves_out(field, Omitted::EmptyText) {
            right.insert("$ne", "");
        }
        right
    }

    fn in_schema(&self, field: &StoredField) -> Document {
        let mut schema = schema(&field.kind);
        // Nothing is moved to a name by leaving it out, but what is there stays.
        let leaves_another = |written: &WrittenField| {
            written.omitted == Some(Omitted::Null)
                && written.name != field.name
                && self.lineage.knows(written.name)
        };
        if self.lineage.made_of(field.name).any(leaves_another) {
            schema.insert("bsonType", field.kind.bson());
        }
        if self.leaves_out(field, Omitted::EmptyText) {
            schema.insert("minLength", 1);
        }
        if self.leaves_out(field, Omitted::EmptyList) {
            schema.insert("minItems", 1);
        }
        schema
    }

    /// Whether a field that is made of this one is not written for that value.
    fn leaves_out(&self, field: &StoredField, omitted: Omitted) -> bool {
        self.lineage.made_of(field.name).any(|written| written.omitted == Some(omitted))
    }

    /// The names of all that the stored version knows.
    fn names(&self) -> Vec<&'static str> {
        let fields = self.lineage.stored.iter().map(|field| field.name);
        let id = (!self.lineage.knows("_id")).then_some("_id");
        let stamp = matches!(self.stored, Stored::Version(_)).then_some(self.version_field);
        let kind = self.kind.map(|kind| kind.key);
        fields.chain(id).chain(stamp).chain(kind).collect()
    }

    fn exactly_known(&self) -> Document {
        let count = i64::try_from(self.names().len()).unwrap_or(i64::MAX);
        let mut filter = doc! { "$jsonSchema": { "minProperties": count, "maxProperties": count } };
        for field in self.lineage.stored.iter().filter(|field| field.optional) {
            filter.insert(field.name, doc! { "$exists": true });
        }
        if let Some(kind) = self.kind.filter(|kind| kind.or_missing) {
            filter.insert(kind.key, doc! { "$exists": true });
        }
        filter
    }

    /// What must not be, because the server sorts alternatives before it asks them: a `$nor` comes after several conditions that
    /// must all be, whichever index it uses.
    fn with_others(&self) -> Document {
        let known: Document =
            self.names().into_iter().map(|name| (name.to_owned(), doc! {}.into())).collect();
        let mut names = doc! { "properties": known.clone(), "additionalProperties": false };
        if !self.lineage.strict {
            names.insert("patternProperties", doc! { UNKNOWN_NAME: {} });
        }
        let values = doc! { "properties": known, "additionalProperties": { "pattern": "" } };
        let mut wrong = vec![
            doc! { "$jsonSchema": { "not": names } },
            doc! { "$jsonSchema": { "not": values } },
            doc! { "$expr": self.has_a_name_twice() },
        ];
        let new = self.lineage.written.iter().map(|field| field.name);
        let new = new.filter(|name| !self.lineage.knows(name));
        let taken = new.chain(self.lineage.aliases.iter().copied());
        wrong.extend(taken.map(|name| doc! { name: { "$exists": true } }));
        doc! { "$nor": wrong }
    }

    /// The server's own functions keep one of two fields of a name. That is seen in the size of what they make, which costs a
    /// fraction of counting the fields; but they also write lists with other indexes, and so of another size.
    fn has_a_name_twice(&self) -> Document {
        let kept = doc! { "$mergeObjects": ["$$ROOT", { "_id": "$_id" }] };
        let has_lists = self.lineage.stored.iter().any(|field| matches!(field.kind.value(), Kind::List(_)));
        if has_lists {
            let number = |fields: Document| doc! { "$size": { "$objectToArray": fields } };
            let all = doc! { "$size": { "$objectToArray": "$$ROOT" } };
            doc! { "$ne": [all, number(kept)] }
        } else {
            doc! { "$ne": [{ "$bsonSize": "$$ROOT" }, { "$bsonSize": kept }] }
        }
    }
}

pub(super) fn path(name: &str) -> String {
    format!("${name}")
}

/// What decides the kind, and no other: a filter looks into lists, and may take "a" for "A" where the collection has a collation.
fn of_kind(kind: &DocumentKind) -> Document {
    let missing = kind.or_missing.then_some(Bson::Null);
    let values: Vec<Bson> = [kind.value.into()].into_iter().chain(missing).collect();
    doc! { "enum": values }
}

/// Matches any text that is UTF-8, and no other.
fn is_utf8() -> Document {
    doc! { "$regex": "" }
}

fn schema(kind: &Kind) -> Document {
    let mut types = vec![kind.bson()];
    if matches!(kind, Kind::Nullable(_)) {
        types.push("null");
    }
    let mut schema = doc! { "bsonType": types };
    match kind.value() {
        Kind::List(element) => drop(schema.insert("items", self::schema(element))),
        value if *value == TEXT => drop(schema.insert("pattern", "")),
        _ => {}
    }
    schema
}
