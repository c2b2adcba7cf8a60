//! Creating an index.

use super::{
    super::{Context, Direction, Step, Transaction, Work},
    IndexSpec,
    index_spec::index_options,
    indexes,
};

/// Made by [`create_index`].
#[derive(Debug, Clone)]
pub struct CreateIndex {
    collection: String,
    index: IndexSpec,
}

/// Creates an index, and the collection if there is none. One that is there already with the same options will do, whatever its name, unless a
/// name was given; one of that name with other options is an error that says what is different.
///
/// The way back drops it, also if it was there before.
///
/// An index of a large collection takes its time, and the collection can be used meanwhile. A unique one fails if documents have the same
/// key; on a sharded collection the shard key has to be its beginning.
///
/// ```
/// use schema_runtime::{
///     migration::{Migration, steps},
///     mongodb::bson::doc,
/// };
///
/// let migration = Migration::new("20261122-by-customer")
///     .step(steps::create_index("orders", doc! { "customer": 1, "number": -1 }).unique(true));
/// # assert_eq!(migration.id(), "20261122-by-customer");
/// ```
#[must_use]
pub fn create_index(collection: impl Into<String>, index: impl Into<IndexSpec>) -> CreateIndex {
    CreateIndex { collection: collection.into(), index: index.into() }
}

impl CreateIndex {
    index_options!(index);
}

impl Step for CreateIndex {
    fn describe(&self) -> String {
        format!("create an index on `{}`: {}", self.collection, self.index.describe())
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(indexes::create(context, &self.collection, &self.index))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(indexes::drop(context, &self.collection, &self.index))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }

    fn destroys(&self, direction: Direction) -> Option<String> {
        self.index.destroys(&self.collection).filter(|_| direction == Direction::Up)
    }
}
