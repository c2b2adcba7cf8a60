//! Dropping a view.

use bson::Document;

use super::{
    super::{Context, Direction, Step, Transaction, Work},
    view::View,
};

/// Made by [`drop_view`].
#[derive(Debug, Clone)]
pub struct DropView(View);

/// Drops a view, if it is there. It is said in full, so that there is a way back: one that shows something else is an error.
///
/// ```
/// use schema_runtime::{
///     migration::{Migration, steps},
///     mongodb::bson::doc,
/// };
///
/// let open = steps::drop_view("openOrders", "orders", [doc! { "$match": { "state": "open" } }]);
/// let migration = Migration::new("20261122-no-open-orders").step(open);
/// # assert_eq!(migration.id(), "20261122-no-open-orders");
/// ```
#[must_use]
pub fn drop_view(
    name: impl Into<String>,
    on: impl Into<String>,
    pipeline: impl IntoIterator<Item = Document>,
) -> DropView {
    DropView(View { name: name.into(), on: on.into(), pipeline: pipeline.into_iter().collect() })
}

impl Step for DropView {
    fn describe(&self) -> String {
        format!("drop view {}", self.0.describe())
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.0.drop(context))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.0.create(context))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
