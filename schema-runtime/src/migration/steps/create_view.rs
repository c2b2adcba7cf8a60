//! Creating a view.

use bson::Document;

use super::{
    super::{Context, Direction, Step, Transaction, Work},
    view::View,
};

/// Made by [`create_view`].
#[derive(Debug, Clone)]
pub struct CreateView(View);

/// Creates a view of a collection, or of a view. One that is there already and shows the same will do; anything else of that name is an error.
///
/// The way back drops it, unless it shows something else by then.
///
/// ```
/// use schema_runtime::{
///     migration::{Migration, steps},
///     mongodb::bson::doc,
/// };
///
/// let open = steps::create_view("openOrders", "orders", [doc! { "$match": { "state": "open" } }]);
/// let migration = Migration::new("20261122-open-orders").step(open);
/// # assert_eq!(migration.id(), "20261122-open-orders");
/// ```
#[must_use]
pub fn create_view(
    name: impl Into<String>,
    on: impl Into<String>,
    pipeline: impl IntoIterator<Item = Document>,
) -> CreateView {
    CreateView(View { name: name.into(), on: on.into(), pipeline: pipeline.into_iter().collect() })
}

impl Step for CreateView {
    fn describe(&self) -> String {
        format!("create view {}", self.0.describe())
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.0.create(context))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.0.drop(context))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
