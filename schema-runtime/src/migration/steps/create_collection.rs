//! Creating a collection.

use bson::{Bson, Document, doc};

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused, describe,
    same::{covers, same},
    server::{self, NAMESPACE_EXISTS},
};
use crate::{error::During, numbers::integer};

/// Made by [`create_collection`].
#[derive(Debug, Clone)]
pub struct CreateCollection {
    collection: String,
    options: Document,
}

/// Creates a collection. That is needed for one with options only; others come into being with their first document. One that is there
/// already with these options will do; one with others is an error that says what is different.
///
/// The way back drops it if it has no documents, and fails otherwise.
///
/// ```
/// use schema_runtime::migration::{Migration, steps};
///
/// let migration = Migration::new("20261122-log")
///     .step(steps::create_collection("log").option("capped", true).option("size", 1_048_576));
/// # assert_eq!(migration.id(), "20261122-log");
/// ```
#[must_use]
pub fn create_collection(collection: impl Into<String>) -> CreateCollection {
    CreateCollection { collection: collection.into(), options: Document::new() }
}

impl CreateCollection {
    /// An option of the server's [`create`](https://www.mongodb.com/docs/manual/reference/command/create/), by its name there.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<Bson>) -> Self {
        self.options.insert(name.into(), value.into());
        self
    }

    async fn create(&self, context: &Context) -> Result<(), StepError> {
        let mut command = doc! { "create": &self.collection };
        command.extend(self.options.clone());
        match server::command(context, command).await {
            Err(error) if server::code(&error) == Some(NAMESPACE_EXISTS) => self.compare(context).await,
            created => {
                created.during("create it", &self.collection)?;
                Ok(())
            }
        }
    }

    /// Whether the one that is there is the one that was asked for.
    async fn compare(&self, context: &Context) -> Result<(), StepError> {
        let there = server::specification(context, &self.collection).await?.unwrap_or_default();
        let kind = there.get_str("type").unwrap_or("collection");
        let mut differences = Vec::new();
        let asked_kind = if self.options.contains_key("timeseries") { "timeseries" } else { "collection" };
        if kind != asked_kind {
            differences.push(format!("it is a {kind}"));
        }
        let options = there.get_document("options").cloned().unwrap_or_default();
        for (name, asked) in &self.options {
            match options.get(name) {
                Some(there) if is_as_asked(name, there, asked) => {}
                Some(there) => {
                    differences.push(format!(
                        "its {name} is {}, not {}",
                        describe::value(there),
                        describe::value(asked)
                    ));
                }
                None if *asked == Bson::Boolean(false) => {}
                None => differences.push(format!("it has no {name}")),
            }
        }
        if differences.is_empty() {
            return Ok(());
        }
        Err(Refused::Exists { name: self.collection.clone(), how: differences.join("; ") }.into())
    }

    async fn drop_empty(&self, context: &Context) -> Result<(), StepError> {
        let documents = server::count(context, &self.collection).await?;
        if documents > 0 {
            return Err(Refused::NotEmpty { collection: self.collection.clone(), documents }.into());
        }
        Ok(server::drop_collection(context, &self.collection).await?)
    }
}

/// What the server fills in.
const FILLED_IN: [&str; 3] = ["collation", "timeseries", "storageEngine"];

/// Whether an option is as it was asked for.
fn is_as_asked(name: &str, there: &Bson, asked: &Bson) -> bool {
    match (integer(there), integer(asked)) {
        // It is rounded up, to 256 bytes and at least 4096 in older releases.
        (Some(there), Some(asked)) if name == "size" => {
            there == asked || there == (asked.max(4096) + 255) / 256 * 256
        }
        _ => same(there, asked) || FILLED_IN.contains(&name) && covers(there, asked),
    }
}

impl Step for CreateCollection {
    fn describe(&self) -> String {
        if self.options.is_empty() {
            return format!("create collection `{}`", self.collection);
        }
        format!("create collection `{}`: {}", self.collection, describe::document(&self.options))
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.create(context))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.drop_empty(context))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
