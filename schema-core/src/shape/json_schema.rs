//! The shape of a version as a `$jsonSchema`, by which a server refuses documents of other shapes.
//!
//! It must accept whatever the type writes. So what is not certain is left open: what was found by trying samples, what a function
//! of the user's writes, and a type inside itself.

mod parts;

use bson::{Document, doc};

use self::parts::{any_of, can_be_named, distinct, is_special, nullable, simple, with, with_tag};
use super::{
    explore,
    node::{Fields, Graph, Id, Kind, ONLY_NAME, Variants},
};
use crate::{
    document::Decode,
    history::{Field, Version},
};

/// How many documents and lists inside each other are looked into. The server takes nesting up to a hundred, of which each takes two.
const DEPTH: usize = 20;

/// What MongoDB's `$jsonSchema` can say of the documents of a version, without the version field; `None` for a version outside of the
/// chain.
///
/// Every document that the type writes is accepted, as long as the types of its fields write what they read. Fields that the type does not know
/// are accepted too, and numbers in whatever type, because other programs write others than Rust's. Nested types that serde keeps in
/// memory before it looks at them (untagged and internally tagged enums), and a type inside itself, may be anything.
///
/// ```
/// use schema_core::{VersionedDocument, bson::doc, shape};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1)]
/// struct User {
///     mail: String,
///     tags: Option<Vec<String>>,
/// }
///
/// let schema = shape::json_schema::<User>(1).unwrap();
/// let tags = doc! { "anyOf": [
///     { "bsonType": "null" },
///     { "bsonType": "array", "items": { "bsonType": "string" } },
/// ] };
/// let expected = doc! {
///     "bsonType": "object",
///     "required": ["mail"],
///     "properties": { "mail": { "bsonType": "string" }, "tags": tags },
/// };
/// assert_eq!(schema, expected);
/// ```
#[must_use]
pub fn json_schema<T: Decode<'static>>(version: u32) -> Option<Document> {
    let version = T::HISTORY.at(version)?;
    let graph = explore::<T>(version);
    Some(Writer { graph: &graph, around: Vec::new() }.document(version))
}

struct Writer<'g> {
    graph: &'g Graph,
    /// The nodes that the writer is inside of.
    around: Vec<Id>,
}

impl Writer<'_> {
    /// The whole document, of which the history knows how it is written.
    fn document(&mut self, version: &Version) -> Document {
        let Some(Kind::Document(fields)) = self.graph.nodes.first().map(|node| &node.kind) else {
            return doc! { "bsonType": "object" };
        };
        let mut fields = fields.clone();
        open_what_is_written_otherwise(&mut fields, version.fields);
        let (Some((tag, found)), Some(variants)) = (fields.tagged.take(), version.variants) else {
            return self.fields(&fields);
        };
        if found.other {
            return self.fields(&fields);
        }
        let mut any_of = Vec::new();
        for variant in variants.list {
            let names = distinct(variant.read_as.iter().copied().chain(variant.stored_as));
            let content = variant.read_as.first().and_then(|name| found.variants.get(name));
            let content = content.and_then(|id| self.graph.nodes.get(*id)).map(|node| &node.kind);
            let mut inside = match content {
                Some(Kind::Document(inside)) => inside.clone(),
                _ => Fields::default(),
            };
            match variants.content {
                None => open_what_is_written_otherwise(&mut inside, variant.fields),
                Some(_) if !variant.serde.is_empty() => inside = Fields::default(),
                Some(_) => {}
            }
            any_of.push(with_tag(self.fields(&inside), tag, &names));
        }
        doc! { "bsonType": "object", "anyOf": any_of }
    }

    /// Empty for what may be anything.
    fn value(&mut self, id: Id) -> Document {
        let Some(node) = self.graph.nodes.get(id) else { return Document::new() };
        if self.around.contains(&id)
            || self.around.len() >= DEPTH
            || self.graph.tried.contains(&id) && !self.is_certain(&node.kind)
        {
            return Document::new();
        }
        self.around.push(id);
        let schema = match &node.kind {
            Kind::Simple(words) => simple(words),
            Kind::Same(other) => self.value(*other),
            Kind::Nullable(other) => nullable(self.value(*other)),
            Kind::OneOf(others) => any_of(others.iter().map(|other| self.value(*other)).collect()),
            Kind::List(item) => with(doc! { "bsonType": "array" }, "items", self.value(*item)),
            Kind::Tuple(_) => doc! { "bsonType": "array" },
            Kind::Map { value, .. } => {
                with(doc! { "bsonType": "object" }, "additionalProperties", self.value(*value))
            }
            Kind::Document(fields) => self.fields(fields),
            Kind::Variants(variants) => self.variants(variants),
        };
        self.around.pop();
        schema
    }

    /// Whether no other sample could have shown more: BSON has no other form for a date than a date.
    fn is_certain(&self, kind: &Kind) -> bool {
        let certain = |id: &Id| self.graph.nodes.get(*id).is_some_and(|node| self.is_certain(&node.kind));
        match kind {
            Kind::Simple(words) => is_special(words),
            Kind::Nullable(other) | Kind::Same(other) => certain(other),
            Kind::OneOf(others) => others.iter().all(certain),
            _ => false,
        }
    }

    fn fields(&mut self, Fields { fields, unsettled, tagged, .. }: &Fields) -> Document {
        let has_other_names = |name| fields.values().any(|field| field.alias_of == Some(name));
        let (mut required, mut properties) = (Vec::new(), Document::new());
        for (name, field) in fields.iter().filter(|(name, _)| can_be_named(name)) {
            if field.alias_of.is_some() {
                continue;
            }
            if !field.optional && !unsettled.contains(name) && !has_other_names(*name) {
                required.push(*name);
            }
            let value = self.value(field.value);
            if !value.is_empty() {
                properties.insert(*name, value);
            }
        }
        let mut schema = doc! { "bsonType": "object" };
        if !required.is_empty() {
            schema.insert("required", required);
        }
        let mut schema = with(schema, "properties", properties);
        if let Some((tag, variants)) = tagged
            && !variants.other
        {
            let mut any_of = Vec::new();
            for (name, content) in &variants.variants {
                let inside = match self.graph.nodes.get(*content).map(|node| &node.kind) {
                    Some(Kind::Document(inside)) => self.fields(inside),
                    _ => Document::new(),
                };
                any_of.push(with_tag(inside, tag, &[name]));
            }
            // A list of none is not taken.
            if !any_of.is_empty() {
                schema.insert("anyOf", any_of);
            }
        }
        schema
    }

    /// An enum as the name of the variant, or as a document with that name.
    fn variants(&mut self, Variants { variants, other }: &Variants) -> Document {
        if *other || variants.is_empty() || !variants.keys().all(|name| can_be_named(name)) {
            return Document::new();
        }
        let (mut any_of, mut only_names) = (Vec::new(), Vec::new());
        for (name, content) in variants {
            let kind = self.graph.nodes.get(*content).map(|node| &node.kind);
            if kind == Some(&Kind::Simple(ONLY_NAME)) {
                only_names.push(*name);
                continue;
            }
            let inside = with(Document::new(), name, self.value(*content));
            any_of.push(with(doc! { "bsonType": "object", "required": [*name] }, "properties", inside));
        }
        if !only_names.is_empty() {
            any_of.push(doc! { "enum": only_names });
        }
        doc! { "anyOf": any_of }
    }
}

/// Takes out what the type writes under another name or by a function, and does not require what it does not always write.
fn open_what_is_written_otherwise(found: &mut Fields, fields: &[Field]) {
    for Field { stored_as, read_as, serde, .. } in fields {
        let has = |names: &[&str]| {
            let key =
                |attribute: &&str| attribute.split([' ', '=', '(']).next().unwrap_or_default().to_owned();
            serde.iter().any(|attribute| names.contains(&key(attribute).as_str()))
        };
        let by_function = has(&["serialize_with", "with"]);
        for name in *read_as {
            if *stored_as != Some(*name) || by_function {
                found.fields.remove(name);
            }
        }
        // One that is found under other names too may be stored under one of them.
        if let Some(stored_as) = stored_as
            && (read_as.len() > 1 || has(&["skip_serializing_if"]))
        {
            found.unsettled.insert(stored_as);
        }
    }
}
