//! Documents that are to be there from the beginning.

mod told_by;

use bson::{Document, RawDocument, RawDocumentBuf};
use mongodb::Collection;
use schema_core::shape::{Line, fingerprint};
use serde::Serialize;

use self::told_by::ToldBy;
use super::{
    super::{Context, Direction, Step, StepError, Work},
    Refused, describe,
    server::{self, Attempts},
};
use crate::{
    error::{During, Error},
    numbers::count,
};

/// How many documents are named in a description.
const NAMED: usize = 3;

/// Made by [`seed`].
#[derive(Debug, Clone)]
pub struct Seed {
    collection: String,
    /// Or why they cannot be written.
    documents: Result<Vec<RawDocumentBuf>, String>,
    told_by: ToldBy,
}

/// Inserts documents, each unless there is one of its `_id` already: nothing is ever overwritten. Those that have no `_id` are told by a field of
/// theirs, which is said with [`by`](Seed::by).
///
/// The way back deletes those that are still as they were inserted, byte for byte, and leaves the others.
///
/// They are given as `doc!`s or as anything that serializes; a versioned type has its stamp. Documents are a part of the migration's
/// fingerprint: give those of a versioned type as the type of that version and not under a name that stands for the current one, which will
/// write something else one day.
///
/// ```
/// use schema_runtime::{
///     migration::{Migration, steps},
///     mongodb::bson::doc,
/// };
///
/// let roles = [doc! { "name": "admin" }, doc! { "name": "guest", "permissions": [] }];
/// let migration = Migration::new("20261122-roles").step(steps::seed("roles", roles).by("name"));
/// # assert_eq!(migration.id(), "20261122-roles");
/// ```
#[must_use]
pub fn seed<T: Serialize>(collection: impl Into<String>, documents: impl IntoIterator<Item = T>) -> Seed {
    let documents = documents.into_iter().enumerate().map(|(place, document)| {
        let written = bson::serialize_to_raw_document_buf(&document);
        let ordered = written.and_then(|written| id_first(&written));
        ordered.map_err(|error| format!("document {} cannot be written: {error}", place + 1))
    });
    Seed { collection: collection.into(), documents: documents.collect(), told_by: ToldBy::default() }
}

/// As the server stores it.
fn id_first(document: &RawDocument) -> bson::error::Result<RawDocumentBuf> {
    let fields: Vec<_> = document.iter().collect::<bson::error::Result<_>>()?;
    let (id, rest): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name.as_str() == "_id");
    let mut ordered = RawDocumentBuf::new();
    for (name, value) in id.into_iter().chain(rest) {
        ordered.append(name, value);
    }
    Ok(ordered)
}

impl Seed {
    /// Which field they are told by, instead of their `_id`. Said more than once, they are told by all of these together.
    #[must_use]
    pub fn by(mut self, field: impl Into<String>) -> Self {
        self.told_by.add(field.into());
        self
    }

    /// The documents, each with the filter that finds it.
    fn told(&self) -> Result<Vec<(&RawDocumentBuf, Document)>, Refused> {
        let refused = |why| Refused::Seed { collection: self.collection.clone(), why };
        let documents = self.documents.as_ref().map_err(|why| refused(why.clone()))?;
        let filters = self.told_by.filters(documents).map_err(refused)?;
        Ok(documents.iter().zip(filters).collect())
    }

    async fn insert(&self, context: &Context) -> Result<(), StepError> {
        let collection = server::collection::<RawDocumentBuf>(context, &self.collection);
        for (document, filter) in self.told()? {
            let inserted = insert(context, &collection, document, &filter).await;
            context.count(inserted.during("insert a document", &self.collection)?.into());
        }
        Ok(())
    }

    async fn remove(&self, context: &Context) -> Result<(), StepError> {
        let collection = server::collection::<RawDocumentBuf>(context, &self.collection);
        let mut left = 0_u64;
        for (document, filter) in self.told()? {
            let Some(there) = find(context, &collection, &filter).await? else { continue };
            let unchanged = if document.get("_id")?.is_some() {
                there.as_bytes() == document.as_bytes()
            } else {
                without_id(&there)?.as_bytes() == document.as_bytes()
            };
            let deleted = match unchanged {
                true => server::delete(context, &self.collection, server::still(&there)?).await?,
                false => 0,
            };
            context.count(deleted);
            left += u64::from(deleted == 0);
        }
        if left > 0 {
            let collection = &self.collection;
            tracing::info!(collection, left, "seeded documents have been changed since, and are left");
        }
        Ok(())
    }
}

/// Whether it was inserted, and not there already.
async fn insert(
    context: &Context,
    collection: &Collection<RawDocumentBuf>,
    document: &RawDocumentBuf,
    filter: &Document,
) -> mongodb::error::Result<bool> {
    let mut attempts = Attempts::of(context);
    // Once more behind a second one with the same key: somebody else may have inserted it in this moment.
    let mut look_again = !context.in_transaction();
    loop {
        let attempt = async {
            let mut session = context.session().await;
            if collection.find_one(filter.clone()).session(&mut *session).await?.is_some() {
                return Ok(false);
            }
            collection.insert_one(document).session(&mut *session).await.map(|_| true)
        };
        match attempt.await {
            Err(error) if attempts.again(&error).await => {}
            Err(error) if look_again && server::is_duplicate_key(&error) => look_again = false,
            inserted => return inserted,
        }
    }
}

async fn find(
    context: &Context,
    collection: &Collection<RawDocumentBuf>,
    filter: &Document,
) -> Result<Option<RawDocumentBuf>, Error> {
    let mut attempts = Attempts::of(context);
    loop {
        let mut session = context.session().await;
        let found = collection.find_one(filter.clone()).session(&mut *session).await;
        drop(session);
        match found {
            Err(error) if attempts.again(&error).await => {}
            found => return found.during("look for a document", collection.name()),
        }
    }
}

fn without_id(document: &RawDocument) -> bson::error::Result<RawDocumentBuf> {
    let mut rest = RawDocumentBuf::new();
    for field in document.iter() {
        let (name, value) = field?;
        if name.as_str() != "_id" {
            rest.append(name, value);
        }
    }
    Ok(rest)
}

/// Its fields in an order that does not depend on who wrote it: a hash map has another one each time.
fn sorted(document: &Document) -> Document {
    let mut fields: Vec<_> = document.iter().collect();
    fields.sort_by_key(|(name, _)| name.as_str());
    let fields = fields.into_iter().map(|(name, value)| match value {
        bson::Bson::Document(nested) => (name.clone(), sorted(nested).into()),
        value => (name.clone(), value.clone()),
    });
    fields.collect()
}

impl Step for Seed {
    fn describe(&self) -> String {
        let Self { collection, documents, told_by } = self;
        let documents: Vec<Document> = match documents {
            Ok(documents) => {
                documents.iter().filter_map(|raw| Document::try_from(raw.as_ref()).ok()).collect()
            }
            Err(why) => return format!("seed `{collection}`: {why}"),
        };
        let lines: Vec<_> =
            documents.iter().map(|one| Line::new("seed", describe::document(&sorted(one)))).collect();
        let (fields, fingerprint) = (told_by.describe(), fingerprint(&lines));
        let mut named: Vec<_> = documents.iter().take(NAMED).map(|one| told_by.key(one)).collect();
        if documents.len() > NAMED {
            named.push(format!("{} more", documents.len() - NAMED));
        }
        let (counted, named) = (describe::counted(count(&documents)), named.join(", "));
        format!("seed `{collection}` with {counted} by {fields}: {named} ({fingerprint})")
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.insert(context))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.remove(context))
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use bson::doc;

    use super::*;

    #[test]
    fn a_description_names_some_and_depends_on_all() {
        let described = |last: i32| {
            seed("c", (0..5).map(|id| doc! { "_id": id, "n": if id == 4 { last } else { 0 } })).describe()
        };
        assert!(
            described(1).starts_with("seed `c` with 5 documents by `_id`: 0, 1, 2, 2 more ("),
            "{}",
            described(1)
        );
        assert_ne!(described(1), described(2));
    }

    #[test]
    fn a_description_does_not_depend_on_the_order_of_a_map() {
        let described = || {
            let map: HashMap<_, _> = (0..20).map(|number| (number.to_string(), number)).collect();
            seed("c", [map]).by("1").describe()
        };
        assert_eq!(described(), described());
    }

    #[test]
    fn the_id_comes_first() {
        let seed = seed("c", [doc! { "a": 1, "_id": 2 }]);
        assert_eq!(
            seed.documents.ok().and_then(|all| all.first().cloned()),
            Some(bson::rawdoc! { "_id": 2, "a": 1 })
        );
    }
}
