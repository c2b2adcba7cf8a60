//! A list of fields became a JSON schema. A name that is there twice is kept twice in `required`, as the readers of
//! these schemas know it.

use std::error::Error;

use bson::{Bson, Document, doc};
use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

use crate::case::{check, check_back};

const CASE: &str = include_str!("../../data/cases/fields-to-json-schema.json");

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
#[versioned(version = 2, previous = SchemaV1, reversible)]
struct SchemaV2 {
    #[versioned(from = fields, with = json_schema, try_back_with = fields)]
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

fn property(field: &Field) -> (String, Bson) {
    let r#type = match field.r#type.as_str() {
        "int" => "integer",
        "float" => "number",
        "bool" => "boolean",
        _ => "string",
    };
    let property = doc! { "type": r#type, "description": field.name.replace('_', " ") };
    (field.name.clone(), property.into())
}

/// The descriptions have no place in the old form. What somebody wrote by hand may not be a list of fields.
fn fields(json_schema: Document) -> Result<Vec<Field>, Box<dyn Error + Send + Sync>> {
    let schema = json_schema.get_document("json_schema")?.get_document("schema")?;
    let properties = schema.get_document("properties")?;
    let field = |name: &Bson| {
        let name = name.as_str().ok_or("a required name is no text")?;
        let r#type = match properties.get_document(name)?.get_str("type")? {
            "string" => "str",
            "integer" => "int",
            "number" => "float",
            "boolean" => "bool",
            other => other,
        };
        Ok(Field { name: name.to_owned(), r#type: r#type.to_owned() })
    };
    schema.get_array("required")?.iter().map(field).collect()
}

#[test]
fn documents() {
    check::<SchemaV2>(CASE, &[]);
}

#[test]
fn the_way_back() {
    assert_eq!(check_back::<SchemaV2>(CASE), 1);
}
