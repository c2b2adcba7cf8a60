//! Creating and dropping an index, both as often as one likes.

use bson::doc;
use mongodb::error::Error as DriverError;

use super::{
    super::{Context, StepError},
    IndexSpec, Refused, describe,
    index_spec::name_of,
    server::{self, DUPLICATE_KEY, INDEX_NOT_FOUND, NAMESPACE_NOT_FOUND},
};
use crate::error::During;

const INDEX_OPTIONS_CONFLICT: i32 = 85;
const INDEX_KEY_SPECS_CONFLICT: i32 = 86;

pub(super) async fn create(context: &Context, collection: &str, spec: &IndexSpec) -> Result<(), StepError> {
    let command = doc! { "createIndexes": collection, "indexes": [spec.model()] };
    match server::command(context, command).await {
        Err(error) => match server::code(&error) {
            Some(INDEX_OPTIONS_CONFLICT | INDEX_KEY_SPECS_CONFLICT) => {
                other_there(context, collection, spec, error).await
            }
            Some(DUPLICATE_KEY) => {
                let (collection, keys) = (collection.to_owned(), describe::document(spec.keys()));
                Err(Refused::Duplicates { collection, keys, source: Box::new(error) }.into())
            }
            _ => Err(error).during("create an index", collection)?,
        },
        Ok(_) => Ok(()),
    }
}

/// Whether it is there under another name, or what is in its place.
async fn other_there(
    context: &Context,
    collection: &str,
    spec: &IndexSpec,
    error: DriverError,
) -> Result<(), StepError> {
    let existing = server::indexes(context, collection).await?;
    let same = spec.find(&existing);
    if same.is_some() && !spec.has_name() {
        return Ok(());
    }
    let Some(other) = same.or_else(|| spec.rival(&existing)).or_else(|| spec.namesake(&existing)) else {
        return Err(error).during("create an index", collection)?;
    };
    Err(differs(collection, spec, other).into())
}

pub(super) fn differs(collection: &str, spec: &IndexSpec, other: &bson::Document) -> Refused {
    let mut how = spec.differences(other);
    if name_of(other) != spec.index_name() {
        how.push(format!("it is not called `{}`", spec.index_name()));
    }
    let (collection, name) = (collection.to_owned(), name_of(other).to_owned());
    Refused::IndexDiffers { collection, name, how: how.join("; ") }
}

pub(super) async fn drop(context: &Context, collection: &str, spec: &IndexSpec) -> Result<(), StepError> {
    let existing = server::indexes(context, collection).await?;
    match (spec.find(&existing), spec.rival(&existing)) {
        (Some(there), _) => drop_named(context, collection, name_of(there)).await,
        (None, Some(other)) => Err(differs(collection, spec, other).into()),
        (None, None) => Ok(()),
    }
}

pub(super) async fn drop_named(context: &Context, collection: &str, name: &str) -> Result<(), StepError> {
    let command = doc! { "dropIndexes": collection, "index": name };
    match server::command(context, command).await {
        Err(error) if matches!(server::code(&error), Some(INDEX_NOT_FOUND | NAMESPACE_NOT_FOUND)) => Ok(()),
        dropped => {
            dropped.during("drop an index", collection)?;
            Ok(())
        }
    }
}
