//! Indexes: what their keys are called in a stored document, and what the server would refuse.

mod rules;

use darling::{Error, Result, error::Accumulator};
use proc_macro2::Span;
use syn::{DeriveInput, Ident, ext::IdentExt};

use super::{field::Field, step::Contents};
use crate::{
    keys::most_like,
    model::{Index, IndexKey},
    serde_attr::ContainerSerde,
    value::{self, KeyKind, KeyPath, check_path},
};

/// Of an index with a mistake, nothing is left but the error.
pub(super) fn indexes(
    input: &DeriveInput,
    written: &[value::Index],
    contents: &Contents<'_>,
    serde: &ContainerSerde,
    errors: &mut Accumulator,
) -> Vec<Index> {
    let names = Names { ident: &input.ident, contents, serde };
    let mut indexes: Vec<Index> = Vec::new();
    for index in written {
        let Some(keys) = errors.handle(names.keys(index)) else { continue };
        rules::check(index, &keys, errors);
        let made = model(index, keys);
        errors.handle(rules::is_another(&made, index.span, &indexes));
        indexes.push(made);
    }
    indexes
}

fn model(index: &value::Index, keys: Vec<IndexKey>) -> Index {
    Index {
        keys,
        name: index.name.as_ref().map(|name| name.value.clone()),
        unique: index.unique.is_some(),
        sparse: index.sparse.is_some(),
        hidden: index.hidden.is_some(),
        expire_after: index.expire_after.as_ref().map(|seconds| seconds.value),
        partial: index.partial.as_ref().map(|partial| partial.value.clone()),
        collation: index.collation.as_ref().map(|collation| collation.value.clone()),
        default_language: index.default_language.as_ref().map(|language| language.value.clone()),
    }
}

/// What the fields of a type are called.
struct Names<'a> {
    ident: &'a Ident,
    contents: &'a Contents<'a>,
    serde: &'a ContainerSerde,
}

impl Names<'_> {
    fn keys(&self, index: &value::Index) -> Result<Vec<IndexKey>> {
        let mut errors = Error::accumulator();
        let mut keys: Vec<IndexKey> = Vec::new();
        for key in &index.keys {
            let Some(path) = errors.handle(self.stored(&key.path)) else { continue };
            if keys.iter().any(|earlier| earlier.path == path) {
                let message = format!("`{path}` is in this index twice; keep one of them");
                errors.push(Error::custom(message).with_span(&key.span));
            }
            keys.push(IndexKey { path, kind: key.kind });
        }
        errors.finish_with(keys)
    }

    /// Where a key is stored.
    fn stored(&self, path: &KeyPath) -> Result<String> {
        let (field, below) = match path {
            KeyPath::Stored(path) => return Ok(path.clone()),
            KeyPath::Field { field, below } => (field, below),
        };
        let name = self.of_field(field)?;
        if name.contains('.') || check_path(&name, field.span()).is_err() {
            let message = format!(
                "`{field}` is stored as `{name}`, which an index takes for a path; rename it, or remove it here"
            );
            return Err(at(field.span(), message));
        }
        Ok(format!("{name}{below}"))
    }

    fn of_field(&self, written: &Ident) -> Result<String> {
        let name = written.unraw().to_string();
        let fields = match self.contents {
            Contents::Fields(fields) => fields,
            Contents::Variants(_) => {
                let message = format!(
                    "the fields of an enum are those of its variants; write where this is stored, in quotes: `\"{name}\"`"
                );
                return Err(at(written.span(), message));
            }
        };
        let Some(field) = fields.iter().find(|field| *written == field.name()) else {
            return Err(at(written.span(), self.no_field(&name, fields)));
        };
        if field.serde.flatten || field.unknown().is_some() {
            let message = format!(
                "what is in `{name}` is stored among the other fields; write the stored path of what is meant, in quotes"
            );
            return Err(at(written.span(), message));
        }
        field.in_body(self.serde).written_as.ok_or_else(|| {
            at(written.span(), format!("`{name}` is not written, so no document has it; remove it"))
        })
    }

    fn no_field(&self, name: &str, fields: &[Field<'_>]) -> String {
        let ident = self.ident;
        let names: Vec<String> = fields.iter().map(Field::name).collect();
        // Somebody who knows the documents writes what is in them.
        let stored = fields.iter().find(|field| field.stored_name(self.serde) == name);
        match stored.map(Field::name).or_else(|| most_like(name, &names).cloned()) {
            Some(meant) => format!("`{ident}` has no field `{name}`; did you mean `{meant}`?"),
            None => format!(
                "`{ident}` has no field `{name}`; its fields are `{}`, and other stored paths stand in quotes",
                names.join("`, `")
            ),
        }
    }
}

fn at(span: Span, message: impl AsRef<str>) -> Error {
    Error::custom(message.as_ref()).with_span(&span)
}

impl Index {
    /// The name that it will have.
    pub(crate) fn stored_name(&self) -> String {
        let of_key = |key: &IndexKey| {
            let kind = match key.kind {
                KeyKind::Ascending => "1",
                KeyKind::Descending => "-1",
                KeyKind::Hashed => "hashed",
                KeyKind::Sphere => "2dsphere",
                KeyKind::Text { .. } => "text",
            };
            format!("{}_{kind}", key.path)
        };
        self.name.clone().unwrap_or_else(|| self.keys.iter().map(of_key).collect::<Vec<_>>().join("_"))
    }

    /// Whether it is for the search of words.
    fn is_text(&self) -> bool {
        self.keys.iter().any(IndexKey::is_text)
    }
}

impl IndexKey {
    fn is_text(&self) -> bool {
        matches!(self.kind, KeyKind::Text { .. })
    }
}
