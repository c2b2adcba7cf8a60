//! A list of fields as a JSON Schema, and back. What would not come back as it was is refused on the way there.

use std::collections::BTreeSet;

use mongodb::bson::{Array, Bson, Document, doc};

/// What a type was called, and what JSON Schema calls it.
const TYPES: [(&str, &str); 4] =
    [("text", "string"), ("whole", "integer"), ("number", "number"), ("flag", "boolean")];

/// `[{ name, type, required }, ..]` as an object with properties.
pub(super) fn json_schema(fields: &Bson) -> Result<Bson, String> {
    let (mut properties, mut required) = (Document::new(), Array::new());
    for field in fields.as_array().ok_or("the schema is no list")? {
        let unclear = || format!("{field} is not a field with a name, a type and whether it is required");
        let field = field.as_document().ok_or_else(unclear)?;
        let (Ok(name), Ok(kind), Ok(is_required), 3) =
            (field.get_str("name"), field.get_str("type"), field.get_bool("required"), field.len())
        else {
            return Err(unclear());
        };
        let (_, kind) = TYPES
            .into_iter()
            .find(|(old, _)| *old == kind)
            .ok_or_else(|| format!("`{name}` is of the type \"{kind}\", which there is not"))?;
        if properties.insert(name, doc! { "type": kind }).is_some() {
            return Err(format!("there are two fields of the name `{name}`"));
        }
        if is_required {
            required.push(name.into());
        }
    }
    Ok(Bson::Document(doc! { "type": "object", "properties": properties, "required": required }))
}

/// The way back. A schema that somebody has written by hand may say more than a list of fields can.
pub(super) fn fields(schema: &Bson) -> Result<Bson, String> {
    let unclear = || format!("{schema} says more than a list of fields can");
    let schema = schema.as_document().ok_or_else(unclear)?;
    let (Ok("object"), Ok(properties), Ok(required), 3) = (
        schema.get_str("type"),
        schema.get_document("properties"),
        schema.get_array("required"),
        schema.len(),
    ) else {
        return Err(unclear());
    };
    let mut required: BTreeSet<&str> =
        required.iter().map(Bson::as_str).collect::<Option<_>>().ok_or_else(unclear)?;
    let mut fields = Array::new();
    for (name, property) in properties {
        let property = property.as_document().filter(|property| property.len() == 1).ok_or_else(unclear)?;
        let kind = property.get_str("type").map_err(|_| unclear())?;
        let (kind, _) = TYPES.into_iter().find(|(_, new)| *new == kind).ok_or_else(unclear)?;
        fields.push(doc! { "name": name, "type": kind, "required": required.remove(name.as_str()) }.into());
    }
    if required.is_empty() { Ok(Bson::Array(fields)) } else { Err(unclear()) }
}
