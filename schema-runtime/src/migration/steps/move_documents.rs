//! Moving documents to another collection.

mod carrier;

use bson::{Document, doc};

use self::carrier::Carrier;
use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused, describe, server,
};

/// Made by [`move_documents`].
#[derive(Debug, Clone)]
pub struct MoveDocuments {
    from: String,
    filter: Document,
    to: String,
}

/// Moves the documents that a filter finds to another collection, with their `_id`. Those that come in meanwhile are moved as well.
///
/// Each is in one of the two at any time, because they are moved in transactions of a few hundred. On a server without these
/// they are copied and then deleted, unless somebody has changed them in between; if it is cut off there, some are in both.
///
/// Where the other collection has another document under one of the ids, the step fails before anything is written. Indexes do not come along. The way back
/// moves back what the filter finds in the other collection, also what was there before.
///
/// ```
/// use schema_runtime::{
///     migration::{Migration, steps},
///     mongodb::bson::doc,
/// };
///
/// let redirects = steps::move_documents("pages", doc! { "redirectTo": { "$exists": true } }, "redirects");
/// let migration = Migration::new("20261122-redirects").step(redirects);
/// # assert_eq!(migration.id(), "20261122-redirects");
/// ```
#[must_use]
pub fn move_documents(from: impl Into<String>, filter: Document, to: impl Into<String>) -> MoveDocuments {
    MoveDocuments { from: from.into(), filter, to: to.into() }
}

impl MoveDocuments {
    async fn carry(&self, context: &Context, from: &str, to: &str) -> Result<(), StepError> {
        if from == to {
            let why = format!("documents of `{from}` are to be moved to where they are");
            return Err(Refused::Meaningless { why }.into());
        }
        if server::find(context, from, self.filter.clone()).await?.is_none() {
            return Ok(());
        }
        self.refuse_others(context, from, to).await?;
        if !context.in_transaction() {
            server::ensure_collection(context, to).await?;
        }
        Carrier::new(context, from, &self.filter, to).await?.carry().await
    }

    async fn refuse_others(&self, context: &Context, from: &str, to: &str) -> Result<(), StepError> {
        let other = doc! { "from": to, "localField": "_id", "foreignField": "_id", "as": "other" };
        let stages = vec![
            doc! { "$match": self.filter.clone() },
            doc! { "$project": { "document": "$$ROOT" } },
            doc! { "$lookup": other },
            doc! { "$match": { "other": { "$ne": [] } } },
            doc! { "$match": { "$expr": { "$ne": [["$document"], "$other"] } } },
        ];
        match server::aggregate(context, from, stages).await? {
            None => Ok(()),
            Some(server::Found { documents, example }) => {
                let (from, to) = (from.to_owned(), to.to_owned());
                Err(Refused::Occupied { from, to, documents, example }.into())
            }
        }
    }
}

impl Step for MoveDocuments {
    fn describe(&self) -> String {
        let Self { from, filter, to } = self;
        if filter.is_empty() {
            return format!("move all documents of `{from}` to `{to}`");
        }
        format!("move documents of `{from}` that are {} to `{to}`", describe::document(filter))
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.carry(context, &self.from, &self.to))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.carry(context, &self.to, &self.from))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
