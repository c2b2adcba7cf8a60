//! Making another index of one.

use bson::{Document, doc};

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    IndexSpec,
    index_spec::name_of,
    indexes, server,
};
use crate::error::During;

/// What the server changes of an index that is there.
const IN_PLACE: [&str; 2] = ["expireAfterSeconds", "hidden"];
/// What two indexes with the same keys have to differ in, from server 5.0 on.
const SIDE_BY_SIDE: [&str; 4] = ["unique", "sparse", "partialFilterExpression", "collation"];

/// Made by [`change_index`].
#[derive(Debug, Clone)]
pub struct ChangeIndex {
    collection: String,
    from: IndexSpec,
    to: IndexSpec,
}

/// Makes another index of one. The way back makes the one of the other.
///
/// - If it is only hidden or shown, or its documents get another time to live, it is changed where it is.
/// - If the two have different names and can be there both, the new one is created before the old one is dropped. A name is a different
///   one if the keys are, or if one is given.
/// - Otherwise it is dropped and created, and the collection is without it meanwhile. If it cannot be created, the old one is
///   created again.
///
/// ```
/// use schema_runtime::{
///     migration::{
///         Migration,
///         steps::{self, IndexSpec},
///     },
///     mongodb::bson::doc,
/// };
///
/// let unique = IndexSpec::on(doc! { "email": 1 }).unique(true).name("email_unique");
/// let migration = Migration::new("20261122-email").step(steps::change_index("users", doc! { "email": 1 }, unique));
/// # assert_eq!(migration.id(), "20261122-email");
/// ```
#[must_use]
pub fn change_index(
    collection: impl Into<String>,
    from: impl Into<IndexSpec>,
    to: impl Into<IndexSpec>,
) -> ChangeIndex {
    ChangeIndex { collection: collection.into(), from: from.into(), to: to.into() }
}

impl ChangeIndex {
    async fn change(&self, context: &Context, from: &IndexSpec, to: &IndexSpec) -> Result<(), StepError> {
        let existing = server::indexes(context, &self.collection).await?;
        let new = existing.iter().find(|there| to.is_exactly(there));
        // Those that differ in their names alone are one index, which is not to be taken for both.
        let others: Vec<_> = existing.iter().filter(|there| !to.is_exactly(there)).cloned().collect();
        let old = from.find(&others).filter(|old| !from.has_name() || from.is_exactly(old));
        match (new, old) {
            (Some(_), Some(old)) => indexes::drop_named(context, &self.collection, name_of(old)).await,
            (Some(_), None) => Ok(()),
            (None, Some(old)) if is_in_place(from, to) => self.modify(context, name_of(old), to).await,
            (None, Some(old)) if name_of(old) != to.index_name() && can_be_there_both(from, to) => {
                indexes::create(context, &self.collection, to).await?;
                indexes::drop_named(context, &self.collection, name_of(old)).await
            }
            (None, Some(old)) => self.replace(context, old, to).await,
            (None, None) => match from.rival(&others) {
                Some(other) => Err(indexes::differs(&self.collection, from, other).into()),
                None => indexes::create(context, &self.collection, to).await,
            },
        }
    }

    async fn replace(&self, context: &Context, old: &Document, to: &IndexSpec) -> Result<(), StepError> {
        indexes::drop_named(context, &self.collection, name_of(old)).await?;
        let created = indexes::create(context, &self.collection, to).await;
        if created.is_err() {
            let again = doc! { "createIndexes": &self.collection, "indexes": [old] };
            server::command(context, again).await.during("create the old index again", &self.collection)?;
        }
        created
    }

    async fn modify(&self, context: &Context, name: &str, to: &IndexSpec) -> Result<(), StepError> {
        let mut index = doc! { "name": name, "hidden": to.is_hidden() };
        if let Some(seconds) = to.seconds() {
            index.insert("expireAfterSeconds", seconds);
        }
        let command = doc! { "collMod": &self.collection, "index": index };
        server::command(context, command).await.during("change an index", &self.collection)?;
        Ok(())
    }
}

/// Whether the one becomes the other where it is. An index that documents live by cannot become one that they do not.
fn is_in_place(from: &IndexSpec, to: &IndexSpec) -> bool {
    let expires = from.seconds().is_none() || to.seconds().is_some();
    expires && from.differs_only_in(to, &IN_PLACE)
}

fn can_be_there_both(from: &IndexSpec, to: &IndexSpec) -> bool {
    if from.is_text() && to.is_text() {
        return false;
    }
    !from.has_same_keys(to) || SIDE_BY_SIDE.iter().any(|option| from.get(option) != to.get(option))
}

impl Step for ChangeIndex {
    fn describe(&self) -> String {
        let Self { collection, from, to } = self;
        format!("change an index of `{collection}`: {} becomes {}", from.describe(), to.describe())
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.change(context, &self.from, &self.to))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.change(context, &self.to, &self.from))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }

    fn destroys(&self, direction: Direction) -> Option<String> {
        let (before, after) = match direction {
            Direction::Up => (&self.from, &self.to),
            Direction::Down => (&self.to, &self.from),
        };
        let lives_shorter = match (before.seconds(), after.seconds()) {
            (Some(before), Some(after)) => after < before || !self.from.has_same_keys(&self.to),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        after.destroys(&self.collection).filter(|_| lives_shorter)
    }
}
