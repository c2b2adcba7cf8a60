//! A list of fields became a JSON schema. A name that is there twice is kept twice in `required`, as the readers of
//! these schemas know it.

use bson::{Document, doc};
use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

use crate::case::check;

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "schemas")]
struct SchemaV1 {
    fields: Vec<Field>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Serialize, Deserialize)]
struct Field {
    name: String,
    r#type: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = SchemaV1)]
struct SchemaV2 {
    #[versioned(from = fields, with = json_schema)]
    json_schema: Document,
    #[versioned(added = "json_schema".to_owned())]
    schema_format: String,
    #[serde(flatten)]
    rest: Document,
}

fn json_schema(fields: Vec<Field>) -> Document {
    let properties: Document = fields.iter().map(property).collect();
    let required: Vec<String> = fields.into_iter().map(|field| field.name).collect();
    doc! {
        "type": "json_schema",
        "json_schema": {
            "name": "document_extraction",
            "schema": {
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": false,
            },
            "strict": true,
        },
    }
}

fn property(field: &Field) -> (String, bson::Bson) {
    let r#type = match field.r#type.as_str() {
        "int" => "integer",
        "float" => "number",
        "bool" => "boolean",
        _ => "string",
    };
    let property = doc! { "type": r#type, "description": field.name.replace('_', " ") };
    (field.name.clone(), property.into())
}

#[test]
fn documents() {
    check::<SchemaV2>(include_str!("../../data/cases/fields-to-json-schema.json"), &[]);
}
