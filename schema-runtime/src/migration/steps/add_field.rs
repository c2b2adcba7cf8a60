//! Adding a field to documents that have none of that name.

use bson::{Bson, Document, doc};

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    describe,
    field_path::FieldPath,
    server,
};

/// Made by [`add_field`].
#[derive(Debug, Clone)]
pub struct AddField {
    collection: String,
    path: FieldPath,
    value: Bson,
}

/// Gives all documents of a collection a field, unless they have it. Documents on the way to a nested one are made where there are none.
///
/// The way back removes it where it still has that value, also where it had it before; documents on the way to it stay.
///
/// ```
/// use schema_runtime::migration::{Migration, steps};
///
/// let migration = Migration::new("20261122-currency").step(steps::add_field("orders", "total.currency", "EUR"));
/// # assert_eq!(migration.id(), "20261122-currency");
/// ```
#[must_use]
pub fn add_field(collection: impl Into<String>, path: impl Into<String>, value: impl Into<Bson>) -> AddField {
    AddField { collection: collection.into(), path: FieldPath::new(path), value: value.into() }
}

impl AddField {
    async fn add(&self, context: &Context) -> Result<(), StepError> {
        self.path.check()?;
        let missing = doc! { self.path.as_str(): { "$exists": false } };
        self.path.refuse_other_than_documents(context, &self.collection, missing.clone()).await?;
        let set = doc! { "$set": { self.path.as_str(): self.value.clone() } };
        context.count(server::update(context, &self.collection, missing, set).await?);
        Ok(())
    }

    async fn remove(&self, context: &Context) -> Result<(), StepError> {
        self.path.check()?;
        let unset = doc! { "$unset": { self.path.as_str(): "" } };
        context.count(server::update(context, &self.collection, self.as_added(), unset).await?);
        Ok(())
    }

    /// Documents that have what was added: not a list that has it as an item, and not the same number of another type.
    fn as_added(&self) -> Document {
        let (stored, added) = (self.path.value(), doc! { "$literal": self.value.clone() });
        let same_type = doc! { "$eq": [{ "$type": &stored }, { "$type": added.clone() }] };
        doc! {
            self.path.as_str(): { "$exists": true },
            "$expr": { "$and": [same_type, { "$eq": [stored, added] }] },
        }
    }
}

impl Step for AddField {
    fn describe(&self) -> String {
        let Self { collection, path, value } = self;
        format!(
            "add field `{}` to `{collection}` where it is missing: {}",
            path.as_str(),
            describe::value(value)
        )
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.add(context))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.remove(context))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
