//! Deleting documents.

use bson::Document;

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    describe, server,
};

/// Made by [`delete_documents`].
#[derive(Debug, Clone)]
pub struct DeleteDocuments {
    collection: String,
    filter: Document,
}

/// Deletes all documents that a filter finds. There is no way back.
///
/// ```
/// use schema_runtime::{
///     migration::{Migration, steps},
///     mongodb::bson::doc,
/// };
///
/// let obsolete = doc! { "_id": { "$in": ["layout", "theme"] } };
/// let migration = Migration::new("20261122-no-layout").step(steps::delete_documents("settings", obsolete));
/// # assert_eq!(migration.id(), "20261122-no-layout");
/// ```
#[must_use]
pub fn delete_documents(collection: impl Into<String>, filter: Document) -> DeleteDocuments {
    DeleteDocuments { collection: collection.into(), filter }
}

impl DeleteDocuments {
    async fn delete(&self, context: &Context) -> Result<(), StepError> {
        context.count(server::delete(context, &self.collection, self.filter.clone()).await?);
        Ok(())
    }

    fn which(&self) -> String {
        if self.filter.is_empty() {
            return format!("all documents of `{}`", self.collection);
        }
        format!("documents of `{}` that are {}", self.collection, describe::document(&self.filter))
    }
}

impl Step for DeleteDocuments {
    fn describe(&self) -> String {
        format!("delete {}", self.which())
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.delete(context))
    }

    fn down<'a>(&'a self, _: &'a Context) -> Work<'a> {
        super::no_way_back()
    }

    fn is_reversible(&self) -> bool {
        false
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }

    fn destroys(&self, direction: Direction) -> Option<String> {
        (direction == Direction::Up).then(|| self.which())
    }
}
