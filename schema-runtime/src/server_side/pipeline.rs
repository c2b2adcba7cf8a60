//! The pipeline that upgrades an admitted document, and leaves any other as it is.

use bson::{Bson, Document, doc};

use super::{
    admission::{Admission, path},
    kind::Kind,
    lineage::{Lineage, Omitted, Source, WrittenField},
    trial::Trial,
};

/// What was there keeps its place, and what is new stands behind it in the order in which the current type writes it, as
/// after the client's write. One stage: each one more takes the server time.
pub(super) fn pipeline(admission: &Admission<'_>, trial: &Trial) -> Vec<Document> {
    let lineage = admission.lineage;
    let mut new = doc! { admission.version_field: literal(trial.constant(admission.version_field)) };
    new.extend(
        lineage
            .written
            .iter()
            .filter_map(|field| value(lineage, trial, field).map(|value| (field.name.to_owned(), value))),
    );
    let merged = doc! { "$mergeObjects": ["$$ROOT", new] };
    let is_written = |name: &str| {
        lineage.written.iter().any(|field| {
            field.name == name && (field.source != Source::Constant || trial.constant(name).is_some())
        })
    };
    let removed = lineage.stored.iter().map(|field| field.name);
    let removed = removed.filter(|name| *name != "_id" && !is_written(name));
    let upgraded =
        removed.fold(merged, |input, field| doc! { "$unsetField": { "field": field, "input": input } });
    let without_null =
        lineage.written.iter().filter(|field| field.is_in_place() && leaves_out_null(lineage, field));
    let upgraded = without_null.fold(upgraded, |input, field| {
        doc! { "$setField": { "field": field.name, "input": input, "value": unless_null(field.name) } }
    });
    vec![doc! { "$replaceWith": { "$cond": {
        "if": admission.guard(),
        "then": upgraded,
        "else": "$$ROOT",
    } } }]
}

/// The new value of a field; `None` where it stays as it is or is left out.
fn value(lineage: &Lineage, trial: &Trial, field: &WrittenField) -> Option<Bson> {
    let source = match field.source {
        Source::Constant => return trial.constant(field.name).map(|value| literal(Some(value))),
        Source::Stored(source) => source,
    };
    if field.is_in_place() && !lineage.is_optional(source) {
        return None;
    }
    match trial.missing(field.name) {
        Some(value) if lineage.is_optional(source) => Some(Bson::from(doc! { "$cond": [
            { "$eq": [{ "$type": path(source) }, "missing"] },
            literal(Some(value)),
            path(source),
        ] })),
        _ if field.is_in_place() => None,
        _ if leaves_out_null(lineage, field) => Some(unless_null(source)),
        // A path to nothing leaves nothing.
        _ => Some(Bson::from(path(source))),
    }
}

/// Whether null is stored in some documents and not written for them.
fn leaves_out_null(lineage: &Lineage, field: &WrittenField) -> bool {
    let Source::Stored(source) = field.source else { return false };
    let stored = lineage.stored.iter().find(|stored| stored.name == source);
    field.omitted == Some(Omitted::Null)
        && stored.is_some_and(|stored| matches!(stored.kind, Kind::Nullable(_)))
}

fn unless_null(name: &str) -> Bson {
    Bson::from(doc! { "$cond": [{ "$eq": [{ "$type": path(name) }, "null"] }, "$$REMOVE", path(name)] })
}

fn literal(value: Option<&Bson>) -> Bson {
    Bson::from(doc! { "$literal": value })
}
