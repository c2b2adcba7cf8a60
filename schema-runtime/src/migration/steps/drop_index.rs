//! Dropping an index.

use super::{
    super::{Context, Direction, Step, Transaction, Work},
    IndexSpec,
    index_spec::index_options,
    indexes,
};

/// Made by [`drop_index`].
#[derive(Debug, Clone)]
pub struct DropIndex {
    collection: String,
    index: IndexSpec,
}

/// Drops an index, if it is there. It is said in full, so that there is a way back: one of that name with other keys or options is an error that says what is
/// different.
///
/// ```
/// use schema_runtime::{
///     migration::{Migration, steps},
///     mongodb::bson::doc,
/// };
///
/// let migration = Migration::new("20261122-no-by-card")
///     .step(steps::drop_index("attachments", doc! { "cardId": 1 }).sparse(true));
/// # assert_eq!(migration.id(), "20261122-no-by-card");
/// ```
#[must_use]
pub fn drop_index(collection: impl Into<String>, index: impl Into<IndexSpec>) -> DropIndex {
    DropIndex { collection: collection.into(), index: index.into() }
}

impl DropIndex {
    index_options!(index);
}

impl Step for DropIndex {
    fn describe(&self) -> String {
        format!("drop an index of `{}`: {}", self.collection, self.index.describe())
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(indexes::drop(context, &self.collection, &self.index))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(indexes::create(context, &self.collection, &self.index))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }

    fn destroys(&self, direction: Direction) -> Option<String> {
        self.index.destroys(&self.collection).filter(|_| direction == Direction::Down)
    }
}
