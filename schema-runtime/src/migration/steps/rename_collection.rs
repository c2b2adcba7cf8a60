//! Renaming a collection.

use bson::doc;

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused,
    server::{self, NAMESPACE_EXISTS, NAMESPACE_NOT_FOUND},
};
use crate::error::During;

/// Made by [`rename_collection`].
#[derive(Debug, Clone)]
pub struct RenameCollection {
    from: String,
    to: String,
}

/// Gives a collection another name, with its documents and indexes and in a moment. Where there is none of the old name there is nothing to do.
///
/// Where there is one of the new name beside it, the step fails, even if that is empty: it may have indexes that a
/// release has just created, and documents the next moment. Who still writes to the old name makes a new collection of that name. The
/// way back is the same with the names exchanged.
///
/// ```
/// use schema_runtime::migration::{Migration, steps};
///
/// let migration = Migration::new("20261122-files").step(steps::rename_collection("uploads", "files"));
/// # assert_eq!(migration.id(), "20261122-files");
/// ```
#[must_use]
pub fn rename_collection(from: impl Into<String>, to: impl Into<String>) -> RenameCollection {
    RenameCollection { from: from.into(), to: to.into() }
}

impl RenameCollection {
    async fn rename(&self, context: &Context, from: &str, to: &str) -> Result<(), StepError> {
        if from == to {
            let why = format!("collection `{from}` has that name already");
            return Err(Refused::Meaningless { why }.into());
        }
        let database = context.database().name();
        let command =
            doc! { "renameCollection": format!("{database}.{from}"), "to": format!("{database}.{to}") };
        match server::admin_command(context, command).await {
            Err(error) => match server::code(&error) {
                // Not there any more, if this is the second time.
                Some(NAMESPACE_NOT_FOUND) => Ok(()),
                Some(NAMESPACE_EXISTS) => {
                    let documents = server::count(context, to).await?;
                    let (from, to) = (from.to_owned(), to.to_owned());
                    Err(Refused::TargetExists { from, to, documents }.into())
                }
                _ => Err(error).during("rename it", from)?,
            },
            Ok(_) => Ok(()),
        }
    }
}

impl Step for RenameCollection {
    fn describe(&self) -> String {
        format!("rename collection `{}` to `{}`", self.from, self.to)
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.rename(context, &self.from, &self.to))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.rename(context, &self.to, &self.from))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
