//! Removing a field.

use bson::doc;

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    field_path::FieldPath,
    server,
};

/// Made by [`remove_field`].
#[derive(Debug, Clone)]
pub struct RemoveField {
    collection: String,
    path: FieldPath,
}

/// Removes a field from all documents of a collection. Its values are lost, and there is no way back.
///
/// ```
/// use schema_runtime::migration::{Migration, steps};
///
/// let migration = Migration::new("20261122-no-fax").step(steps::remove_field("contacts", "office.fax"));
/// # assert_eq!(migration.id(), "20261122-no-fax");
/// ```
#[must_use]
pub fn remove_field(collection: impl Into<String>, path: impl Into<String>) -> RemoveField {
    RemoveField { collection: collection.into(), path: FieldPath::new(path) }
}

impl RemoveField {
    async fn remove(&self, context: &Context) -> Result<(), StepError> {
        self.path.check()?;
        let there = doc! { self.path.as_str(): { "$exists": true } };
        self.path.refuse_lists(context, &self.collection, there.clone()).await?;
        let unset = doc! { "$unset": { self.path.as_str(): "" } };
        context.count(server::update(context, &self.collection, there, unset).await?);
        Ok(())
    }
}

impl Step for RemoveField {
    fn describe(&self) -> String {
        format!("remove field `{}` from `{}`", self.path.as_str(), self.collection)
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.remove(context))
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
        let what = || format!("field `{}` of `{}` with all its values", self.path.as_str(), self.collection);
        (direction == Direction::Up).then(what)
    }
}
