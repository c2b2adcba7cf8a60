//! The parts that a `$jsonSchema` is made of. An empty one is for what may be anything.

use bson::{Bson, Document, doc};

const NUMBERS: [&str; 3] = ["int", "long", "double"];

pub(super) fn with_tag(mut schema: Document, tag: &str, names: &[&str]) -> Document {
    if !can_be_named(tag) {
        return schema;
    }
    let mut required = schema.get_array("required").cloned().unwrap_or_default();
    required.push(tag.into());
    let mut properties = schema.get_document("properties").cloned().unwrap_or_default();
    properties.insert(tag, doc! { "enum": names.to_vec() });
    schema.insert("required", required);
    schema.insert("properties", properties);
    schema
}

pub(super) fn simple(words: &str) -> Document {
    let one = |bson_type: &str| doc! { "bsonType": bson_type };
    match words {
        "boolean" => one("bool"),
        "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64" | "float"
        | "double" => {
            doc! { "bsonType": NUMBERS.to_vec() }
        }
        "text" | "character" => one("string"),
        "null" => one("null"),
        "binary" => doc! { "bsonType": ["binData", "array"] },
        "UUID" | "binary of a subtype" => one("binData"),
        "ObjectId" => one("objectId"),
        "date" => one("date"),
        "timestamp" => one("timestamp"),
        "decimal128" => one("decimal"),
        "regular expression" => one("regex"),
        "JavaScript" => doc! { "bsonType": ["javascript", "javascriptWithScope"] },
        "symbol" => one("symbol"),
        "pointer" => one("dbPointer"),
        "any document" | "document with a version of its own" => one("object"),
        "any list" => one("array"),
        _ => Document::new(),
    }
}

/// What no text, number or document of the user's own is read as.
pub(super) fn is_special(words: &str) -> bool {
    let special = ["ObjectId", "date", "timestamp", "decimal128", "binary of a subtype", "binary"];
    special.contains(&words) || ["regular expression", "JavaScript", "symbol", "pointer"].contains(&words)
}

pub(super) fn nullable(schema: Document) -> Document {
    if schema.is_empty() {
        return schema;
    }
    any_of(vec![doc! { "bsonType": "null" }, schema])
}

pub(super) fn any_of(schemas: Vec<Document>) -> Document {
    if schemas.iter().any(Document::is_empty) {
        return Document::new();
    }
    // Of types that have nothing else to say, a list is enough.
    let types: Option<Vec<Bson>> = schemas
        .iter()
        .map(|schema| match (schema.len(), schema.get("bsonType")?) {
            (1, Bson::Array(types)) => Some(types.clone()),
            (1, only) => Some(vec![only.clone()]),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()
        .map(|types| types.concat());
    types.map_or_else(|| doc! { "anyOf": schemas }, |types| doc! { "bsonType": distinct(types) })
}

/// The server takes no value twice.
pub(super) fn distinct<V: PartialEq>(values: impl IntoIterator<Item = V>) -> Vec<V> {
    values.into_iter().fold(Vec::new(), |mut distinct, value| {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
        distinct
    })
}

/// The schema with more to say, if there is more.
pub(super) fn with(mut schema: Document, key: &str, more: Document) -> Document {
    if !more.is_empty() {
        schema.insert(key, more);
    }
    schema
}

/// A name with a point in it is a path to the server, and one with a `$` an operator.
pub(super) fn can_be_named(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('$') && !name.contains(['.', '\0'])
}
