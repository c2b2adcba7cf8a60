//! Copying a collection.

use bson::{Document, doc};

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused, describe,
    index_spec::name_of,
    server::{self, NAMESPACE_EXISTS},
};
use crate::error::During;

/// Made by [`copy_collection`].
#[derive(Debug, Clone)]
pub struct CopyCollection {
    from: String,
    to: String,
}

/// Copies a collection inside the server: its options, its documents, its indexes. Where there is none there is nothing to do.
///
/// Where the other one has documents that this one has not, or has them otherwise, it fails before anything is written. What is written to
/// the collection while it is copied may be in the copy or not; what comes later is not. The way back drops the copy, with
/// what was written to it.
///
/// A sharded collection is copied into one that is not, unless that was sharded before; then the shard key has to be `_id`.
///
/// ```
/// use schema_runtime::migration::{Migration, steps};
///
/// let migration = Migration::new("20261122-runs").step(steps::copy_collection("llm_runs", "runs"));
/// # assert_eq!(migration.id(), "20261122-runs");
/// ```
#[must_use]
pub fn copy_collection(from: impl Into<String>, to: impl Into<String>) -> CopyCollection {
    CopyCollection { from: from.into(), to: to.into() }
}

impl CopyCollection {
    async fn copy(&self, context: &Context) -> Result<(), StepError> {
        if self.from == self.to {
            let why = format!("collection `{}` cannot be copied into itself", self.from);
            return Err(Refused::Meaningless { why }.into());
        }
        let Some(original) = server::specification(context, &self.from).await? else { return Ok(()) };
        let kind = original.get_str("type").unwrap_or("collection");
        if kind != "collection" {
            let why = format!("`{}` is a {kind} and not a collection", self.from);
            return Err(Refused::Meaningless { why }.into());
        }
        self.create(context, &original).await?;
        self.refuse_others(context).await?;
        self.copy_documents(context).await?;
        self.copy_indexes(context, &original).await
    }

    async fn create(&self, context: &Context, original: &Document) -> Result<(), StepError> {
        let mut command = doc! { "create": &self.to };
        command.extend(original.get_document("options").cloned().unwrap_or_default());
        match server::command(context, command).await {
            Err(error) if server::code(&error) == Some(NAMESPACE_EXISTS) => {
                self.compare_collations(context, original).await
            }
            created => {
                created.during("create it", &self.to)?;
                Ok(())
            }
        }
    }

    /// The server does not merge into a collection of another collation, and its indexes would not be the same.
    async fn compare_collations(&self, context: &Context, original: &Document) -> Result<(), StepError> {
        let there = server::specification(context, &self.to).await?.unwrap_or_default();
        let said =
            |collation: Option<&Document>| collation.map_or_else(|| "simple".to_owned(), describe::document);
        let (asked, there) = (said(collation(original)), said(collation(&there)));
        if asked == there {
            return Ok(());
        }
        let how = format!("its collation is {there}, not {asked}");
        Err(Refused::Exists { name: self.to.clone(), how }.into())
    }

    /// The copy may have been begun. It may not have been something else.
    async fn refuse_others(&self, context: &Context) -> Result<(), StepError> {
        let Self { from, to } = self;
        // Alone, so that a copy that has not been begun costs nothing.
        if server::is_empty(context, to).await? {
            return Ok(());
        }
        let original = doc! { "from": from, "localField": "_id", "foreignField": "_id", "as": "other" };
        let stages = vec![
            doc! { "$project": { "document": "$$ROOT" } },
            doc! { "$lookup": original },
            doc! { "$match": { "$expr": { "$ne": [["$document"], "$other"] } } },
        ];
        match server::aggregate(context, to, stages).await? {
            None => Ok(()),
            Some(server::Found { documents, example }) => {
                let (from, to) = (from.clone(), to.clone());
                Err(Refused::Occupied { from, to, documents, example }.into())
            }
        }
    }

    async fn copy_documents(&self, context: &Context) -> Result<(), StepError> {
        // What is there stays. The server's own word for that, `keepExisting`, inserts fields in the order of their names.
        let keep = doc! { "$replaceWith": "$$ROOT" };
        let merge = doc! { "into": &self.to, "on": "_id", "whenMatched": [keep], "whenNotMatched": "insert" };
        let command = doc! {
            "aggregate": &self.from,
            "pipeline": [{ "$merge": merge }],
            "cursor": {},
            // What was valid there may be older than the rule that has come with it.
            "bypassDocumentValidation": true,
        };
        server::command(context, command).await.during("copy its documents", &self.from)?;
        context.count(server::count(context, &self.to).await?);
        Ok(())
    }

    async fn copy_indexes(&self, context: &Context, original: &Document) -> Result<(), StepError> {
        let all = server::indexes(context, &self.from).await?;
        let mut indexes: Vec<_> = all.into_iter().filter(|index| name_of(index) != "_id_").collect();
        if collation(original).is_some() {
            // Of these it is said that they have none, or they would get that of the collection.
            let simple = indexes.iter_mut().filter(|index| !index.contains_key("collation"));
            simple.for_each(|index| drop(index.insert("collation", doc! { "locale": "simple" })));
        }
        if indexes.is_empty() {
            return Ok(());
        }
        let command = doc! { "createIndexes": &self.to, "indexes": indexes };
        server::command(context, command).await.during("create the indexes of the copy", &self.to)?;
        Ok(())
    }
}

/// What texts are compared by if an index or a query does not say.
fn collation(specification: &Document) -> Option<&Document> {
    specification.get_document("options").ok()?.get_document("collation").ok()
}

impl Step for CopyCollection {
    fn describe(&self) -> String {
        format!("copy collection `{}` to `{}`", self.from, self.to)
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.copy(context))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(async { Ok(server::drop_collection(context, &self.to).await?) })
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }

    fn destroys(&self, direction: Direction) -> Option<String> {
        let what = || format!("collection `{}` with what was written to it", self.to);
        (direction == Direction::Down).then(what)
    }
}
