//! Setting fields of the documents that a filter finds.

use bson::{Document, doc};

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    describe,
    field_path::FieldPath,
    server,
};

/// Made by [`set_where`].
#[derive(Debug, Clone)]
pub struct SetWhere {
    collection: String,
    filter: Document,
    values: Document,
}

/// Sets fields to fixed values in all documents that a filter finds: a setting that is forced, a state that is cleaned up. What they were is
/// lost, and there is no way back.
///
/// ```
/// use schema_runtime::{
///     migration::{Migration, steps},
///     mongodb::bson::doc,
/// };
///
/// let migration = Migration::new("20261122-close-shipped").step(steps::set_where(
///     "orders",
///     doc! { "shippedAt": { "$lt": "2026" } },
///     doc! { "state": "closed", "open": false },
/// ));
/// # assert_eq!(migration.id(), "20261122-close-shipped");
/// ```
#[must_use]
pub fn set_where(collection: impl Into<String>, filter: Document, values: Document) -> SetWhere {
    SetWhere { collection: collection.into(), filter, values }
}

impl SetWhere {
    async fn set(&self, context: &Context) -> Result<(), StepError> {
        for path in self.values.keys() {
            let path = FieldPath::new(path);
            path.check()?;
            path.refuse_other_than_documents(context, &self.collection, self.filter.clone()).await?;
        }
        if self.values.is_empty() {
            return Ok(());
        }
        let set = doc! { "$set": self.values.clone() };
        // The server writes nothing where it would change nothing, so this can be done again.
        context.count(server::update(context, &self.collection, self.filter.clone(), set).await?);
        Ok(())
    }
}

impl Step for SetWhere {
    fn describe(&self) -> String {
        let Self { collection, filter, values } = self;
        let (filter, values) = (describe::document(filter), describe::document(values));
        format!("set {values} in documents of `{collection}` that are {filter}")
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.set(context))
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
        let fields: Vec<_> = self.values.keys().map(|field| format!("`{field}`")).collect();
        let (fields, collection) = (fields.join(", "), &self.collection);
        let what = || format!("the values of {fields} in documents of `{collection}`");
        (direction == Direction::Up).then(what)
    }
}
