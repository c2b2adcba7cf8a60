//! Dropping a collection.

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused, server,
};

/// Made by [`drop_collection`].
#[derive(Debug, Clone)]
pub struct DropCollection {
    collection: String,
}

/// Drops a collection with its documents and indexes, if it is there. There is no way back.
///
/// ```
/// use schema_runtime::migration::{Migration, steps};
///
/// let migration = Migration::new("20261122-no-carts").step(steps::drop_collection("carts"));
/// # assert_eq!(migration.id(), "20261122-no-carts");
/// ```
#[must_use]
pub fn drop_collection(collection: impl Into<String>) -> DropCollection {
    DropCollection { collection: collection.into() }
}

impl DropCollection {
    async fn drop(&self, context: &Context) -> Result<(), StepError> {
        let there = server::specification(context, &self.collection).await?;
        if there.is_some_and(|there| there.get_str("type").is_ok_and(|kind| kind == "view")) {
            let how = "it is a view, which `drop_view` drops".to_owned();
            return Err(Refused::Exists { name: self.collection.clone(), how }.into());
        }
        Ok(server::drop_collection(context, &self.collection).await?)
    }
}

impl Step for DropCollection {
    fn describe(&self) -> String {
        format!("drop collection `{}`", self.collection)
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.drop(context))
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
        (direction == Direction::Up)
            .then(|| format!("collection `{}` with all that is in it", self.collection))
    }
}
