//! The pipeline that upgrades an admitted document.

use bson::{Bson, Document, doc};

use super::{
    admission::{Admission, path},
    lineage::{Lineage, WrittenField},
    trial::Trial,
};
use crate::trace::{Kind, Omitted, Source};

/// What was there keeps its place, and what is new stands behind it in the order in which the current type writes it, as
/// after the client's write. One stage: each one more takes the server time, and so does each function over the whole document.
pub(super) fn pipeline(admission: &Admission<'_>, trial: &Trial) -> Vec<Document> {
    let lineage = admission.lineage;
    let mut set = doc! { admission.version_field: literal(trial.constant(admission.version_field)) };
    // Where it may be missing, it is written behind the version, as by the client.
    if let Some(kind) = admission.kind.filter(|kind| kind.or_missing) {
        set.insert(kind.key, literal(Some(&kind.value.into())));
    }
    for field in &lineage.written {
        if let Some(value) = value(lineage, trial, field) {
            set.insert(field.name, value);
        }
    }
    let is_written = |name: &str| {
        lineage.written.iter().any(|field| {
            field.name == name && (field.source != Source::Constant || trial.constant(name).is_some())
        })
    };
    for field in &lineage.stored {
        if field.name != "_id" && !is_written(field.name) {
            set.insert(field.name, "$$REMOVE");
        }
    }
    vec![doc! { "$set": set }]
}

/// The new value of a field; `None` where it stays as it is or is left out.
fn value(lineage: &Lineage, trial: &Trial, field: &WrittenField) -> Option<Bson> {
    let source = match field.source {
        Source::Constant => return trial.constant(field.name).map(|value| literal(Some(value))),
        Source::Stored(source) => source,
    };
    match trial.missing(field.name) {
        Some(value) if lineage.is_optional(source) => Some(Bson::from(doc! { "$cond": [
            { "$eq": [{ "$type": path(source) }, "missing"] },
            literal(Some(value)),
            path(source),
        ] })),
        _ if leaves_out_null(lineage, field) => Some(unless_null(source)),
        _ if field.is_in_place() => None,
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
