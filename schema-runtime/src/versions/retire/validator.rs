//! The rule by which the server refuses documents of retired versions.

use bson::{Document, doc};
use schema_core::{DecodeOwned, Kind, shape};
use serde::Serialize;

/// What a validator asks of each document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum Validator {
    /// That it says a version that is not retired.
    Stamp,
    /// That, and that it has the shape of the type of that version: [`json_schema`](schema_core::shape::json_schema). What a newer
    /// release writes is not looked into.
    Shape,
}

/// How a rule of ours is told from others, with the kind behind it.
const TITLE: &str = "schema-runtime: versions that are not retired";

impl Validator {
    pub(super) fn rule<T: DecodeOwned>(self, oldest: u32) -> Document {
        let (field, type_name, current) = (T::CHAIN.version_field, T::CHAIN.type_name, T::CHAIN.version);
        let mut schema = doc! {
            "title": title(T::CHAIN.kind),
            "description": format!("documents of `{type_name}` have version {oldest} or a newer one in `{field}`"),
            "bsonType": "object",
            "required": [field],
            "properties": { field: stamp(oldest, None) },
        };
        if self == Self::Shape {
            let of_version = |version| {
                let shape = shape::json_schema::<T>(version)?;
                let stamped = doc! { "properties": { field: stamp(version, Some(version)) } };
                Some(doc! { "allOf": [stamped, shape] })
            };
            let mut shapes: Vec<_> = (oldest..=current).filter_map(of_version).collect();
            shapes.push(doc! { "properties": { field: stamp(current.saturating_add(1), None) } });
            schema.insert("anyOf", shapes);
        }
        let rule = doc! { "$jsonSchema": schema };
        match T::CHAIN.kind {
            None => rule,
            // As they are found, so that nothing is between the two.
            Some(kind) => doc! { "$or": [{ "$nor": [kind.filter()] }, rule] },
        }
    }
}

fn title(kind: Option<Kind>) -> String {
    kind.map_or(TITLE.to_owned(), |Kind { key, value, .. }| format!("{TITLE}, where `{key}` is `{value}`"))
}

/// What documents of these versions say, and no others: as they are read.
pub(super) fn stamp_in_query(field: &str, oldest: u32) -> Document {
    let schema = doc! { "required": [field], "properties": { field: stamp(oldest, None) } };
    doc! { "$jsonSchema": schema }
}

/// Numbers as reading takes them: of three types, whole, and none that an Int32 has no place for.
fn stamp(from: u32, to: Option<u32>) -> Document {
    doc! {
        "bsonType": ["int", "long", "double"],
        "minimum": i64::from(from),
        "maximum": to.map_or(i64::from(i32::MAX), i64::from),
        "multipleOf": 1,
    }
}

/// Whether a rule has been made by [`Validator::rule`] for documents of this kind, maybe for others as well.
pub(super) fn is_ours(rule: &Document, kind: Option<Kind>) -> bool {
    let of_kind = rule.get_array("$or").ok().and_then(|either| either.last()?.as_document());
    let schema = of_kind.unwrap_or(rule).get_document("$jsonSchema");
    let title = schema.and_then(|schema| schema.get_str("title")).unwrap_or_default();
    let was_for_all = kind.is_some_and(|kind| kind.or_missing) && title == TITLE;
    title == self::title(kind) || was_for_all
}
