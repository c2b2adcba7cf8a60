//! Writing a document under another `_id`.

use bson::{Bson, RawBson, RawDocumentBuf, doc};

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused, describe, server,
};
use crate::error::During;

/// Made by [`change_id`].
#[derive(Debug, Clone)]
pub struct ChangeId {
    collection: String,
    from: Bson,
    to: Bson,
}

/// Writes a document under another `_id`: a setting that gets another name. Where there is none there is nothing to do; where there is one of the
/// new `_id` as well, it fails. References to it in other documents do not follow. The way back is the same with the ids exchanged.
///
/// That takes a delete and an insert, so it asks for a transaction.
///
/// ```
/// use schema_runtime::migration::{Migration, steps};
///
/// let migration = Migration::new("20261122-theme").step(steps::change_id("settings", "theme_color", "theme.color"));
/// # assert_eq!(migration.id(), "20261122-theme");
/// ```
#[must_use]
pub fn change_id(collection: impl Into<String>, from: impl Into<Bson>, to: impl Into<Bson>) -> ChangeId {
    ChangeId { collection: collection.into(), from: from.into(), to: to.into() }
}

impl ChangeId {
    async fn change(&self, context: &Context, from: &Bson, to: &Bson) -> Result<(), StepError> {
        let name = self.collection.as_str();
        if from == to {
            let why = format!("{} is to become what it is", describe::value(from));
            return Err(Refused::Meaningless { why }.into());
        }
        let collection = server::collection::<RawDocumentBuf>(context, name);
        let mut session = context.session().await;
        let old = collection.find_one(doc! { "_id": { "$eq": from } }).session(&mut *session).await;
        let Some(old) = old.during("read a document", name)? else { return Ok(()) };
        let other = collection.find_one(doc! { "_id": { "$eq": to } }).session(&mut *session).await;
        if other.during("look for a document", name)?.is_some() {
            let (from, to, example) = (name.to_owned(), name.to_owned(), Box::new(to.clone()));
            return Err(Refused::Occupied { from, to, documents: 1, example }.into());
        }
        let mut new = RawDocumentBuf::new();
        for field in old.iter() {
            let (field, value) = field?;
            let is_id = field.as_str() == "_id";
            new.append(field, if is_id { RawBson::try_from(to.clone())? } else { RawBson::from(value) });
        }
        // The old one first: they have the same keys in unique indexes.
        let delete = collection.delete_one(doc! { "_id": { "$eq": from } }).session(&mut *session).await;
        delete.during("delete a document", name)?;
        collection.insert_one(new).session(&mut *session).await.during("insert a document", name)?;
        context.count(1);
        Ok(())
    }
}

impl Step for ChangeId {
    fn describe(&self) -> String {
        let (from, to) = (describe::value(&self.from), describe::value(&self.to));
        format!("change the `_id` {from} in `{}` to {to}", self.collection)
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.change(context, &self.from, &self.to))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.change(context, &self.to, &self.from))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Required
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
