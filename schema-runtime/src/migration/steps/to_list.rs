//! Making lists of single values.

use bson::{Document, doc};

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused,
    field_path::FieldPath,
    server,
};

/// Made by [`to_list`].
#[derive(Debug, Clone)]
pub struct ToList {
    collection: String,
    path: FieldPath,
}

/// Makes of a field's value a list that has it as its only item, in all documents of a collection. A null becomes a list without items.
/// Lists, and documents without the field, are left alone.
///
/// The way back makes of each list its only item, also of those that were lists before; where a list has several, it fails
/// before anything is written.
///
/// ```
/// use schema_runtime::migration::{Migration, steps};
///
/// let migration = Migration::new("20261122-emails").step(steps::to_list("contacts", "email"));
/// # assert_eq!(migration.id(), "20261122-emails");
/// ```
#[must_use]
pub fn to_list(collection: impl Into<String>, path: impl Into<String>) -> ToList {
    ToList { collection: collection.into(), path: FieldPath::new(path) }
}

impl ToList {
    async fn wrap(&self, context: &Context) -> Result<(), StepError> {
        self.check(context).await?;
        let value = self.path.value();
        let single = doc! { "$not": [{ "$in": [{ "$type": &value }, ["missing", "array"]] }] };
        let list = doc! { "$cond": [{ "$eq": [&value, null] }, [], [&value]] };
        self.update(context, single, list).await
    }

    async fn unwrap(&self, context: &Context) -> Result<(), StepError> {
        self.check(context).await?;
        let value = self.path.value();
        let is_list = doc! { "$isArray": [&value] };
        let items = doc! { "$cond": [is_list.clone(), &value, []] };
        let several = doc! { "$gt": [{ "$size": items.clone() }, 1] };
        let first = doc! { "$arrayElemAt": [items, 0] };
        // A list in a list would be taken apart once more if this were done twice.
        let nested = doc! { "$isArray": [first.clone()] };
        let longer = doc! { "$expr": { "$or": [several.clone(), nested] } };
        if let Some(server::Found { documents, example }) =
            server::find(context, &self.collection, longer).await?
        {
            let (collection, path) = (self.collection.clone(), self.path.as_str().to_owned());
            let to = "a single value, being a list of several or of a list,".to_owned();
            return Err(Refused::Inconvertible { collection, path, to, documents, example }.into());
        }
        let single = doc! { "$and": [is_list, { "$not": [several] }] };
        self.update(context, single, doc! { "$ifNull": [first, null] }).await
    }

    async fn check(&self, context: &Context) -> Result<(), StepError> {
        self.path.check()?;
        let there = doc! { self.path.as_str(): { "$exists": true } };
        self.path.refuse_lists(context, &self.collection, there).await
    }

    async fn update(&self, context: &Context, which: Document, value: Document) -> Result<(), StepError> {
        let filter = doc! { self.path.as_str(): { "$exists": true }, "$expr": which };
        let set = vec![doc! { "$set": { self.path.as_str(): value } }];
        context.count(server::update(context, &self.collection, filter, set).await?);
        Ok(())
    }
}

impl Step for ToList {
    fn describe(&self) -> String {
        format!("make lists of the single values of `{}` in `{}`", self.path.as_str(), self.collection)
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.wrap(context))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.unwrap(context))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
