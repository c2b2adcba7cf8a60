//! Up/down migrations: what is to be done once and is not a document's shape. Indexes, seed data, renames of collections, clean-ups.
//!
//! ```
//! use schema_runtime::{
//!     migration::{Context, Migration},
//!     mongodb::bson::{Document, doc},
//! };
//!
//! let close_old_orders = Migration::new("20261122-close-old-orders")
//!     .description("Orders that were shipped are closed")
//!     .author("ada")
//!     .date("2026-11-22")
//!     .up(async |context: Context| {
//!         let orders = context.database().collection::<Document>("orders");
//!         let closed = orders
//!             .update_many(doc! { "state": "shipped" }, doc! { "$set": { "state": "closed" } })
//!             .session(&mut *context.session().await)
//!             .await?;
//!         context.count(closed.modified_count);
//!         Ok(())
//!     });
//! # assert_eq!(close_old_orders.id(), "20261122-close-old-orders");
//! ```
//!
//! They are registered with a [`Schema`](crate::Schema), which runs them in that order, each once, whoever starts how many processes; the
//! [ledger](crate::ledger) has what became of them.
//!
//! # Once
//!
//! A migration is a list of [steps](Step). Where the server has transactions, a step runs in one together with its entry in the ledger:
//! it is done and noted, or neither. Steps that cannot (most of what changes collections and indexes) or would take too long there are noted
//! behind it. The ready-made [`steps`] may be done a second time after a crash and come to the same; code of one's own in a transaction
//! was not done if it was not noted, and outside of one the run asks a person, unless the migration says that it is
//! [repeatable](Migration::repeatable).

mod code;
mod context;
mod fingerprint;
mod step;
pub mod steps;

use std::fmt;

use schema_core::DecodeOwned;

use self::code::{Code, Function};
pub use self::{
    context::{Context, Session},
    step::{Direction, Step, StepError, Transaction, Work},
};
use crate::{environment::Environment, population::name_of};

/// What is done once: a name, what is to be known of it, and its steps.
pub struct Migration {
    id: String,
    description: Option<String>,
    author: Option<String>,
    date: Option<String>,
    environments: Option<Vec<Environment>>,
    after: Vec<String>,
    conditions: Vec<Condition>,
    steps: Vec<Box<dyn Step>>,
    code: Option<Code>,
    validate: Option<Function>,
    source: Option<String>,
}

/// What has to be so before a migration is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// No document of this name is stored below this version.
    Stored { name: String, version: u32 },
    /// No live service reads less than this version.
    Read { name: String, version: u32 },
}

impl Migration {
    /// A migration of this id, which it keeps for good: the ledger knows it by that. A date in front keeps those of several people apart.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            description: None,
            author: None,
            date: None,
            environments: None,
            after: Vec::new(),
            conditions: Vec::new(),
            steps: Vec::new(),
            code: None,
            validate: None,
            source: None,
        }
    }

    /// What it is for, in a line.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Who wrote it.
    #[must_use]
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.author = Some(author.into());
        self
    }

    /// When it was written.
    #[must_use]
    pub fn date(mut self, date: impl Into<String>) -> Self {
        self.date = Some(date.into());
        self
    }

    /// Runs it only in these environments, and not where none was said. Default: everywhere.
    #[must_use]
    pub fn environments(mut self, environments: impl IntoIterator<Item = Environment>) -> Self {
        self.environments = Some(environments.into_iter().collect());
        self
    }

    /// Runs it only behind the migration of this id, whatever their order in the schema. One that is not for this
    /// [environment](Self::environments) is not waited for.
    #[must_use]
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.after.push(id.into());
        self
    }

    /// Runs it only when no document of `T`'s collection is stored below this version. Migrations behind this one do not wait for that,
    /// unless they ask for it with [`after`](Self::after).
    #[must_use]
    pub fn after_version<T: DecodeOwned>(self, version: u32) -> Self {
        self.condition::<T>(|name| Condition::Stored { name, version })
    }

    /// Runs it only when no live service that has [joined](crate::VersionedCollection::join) is of a release whose current version of `T` is below
    /// this one: for what such a release still needs, an index for one. Migrations behind this one do not wait for that, unless they ask for it
    /// with [`after`](Self::after).
    #[must_use]
    pub fn after_readers<T: DecodeOwned>(self, version: u32) -> Self {
        self.condition::<T>(|name| Condition::Read { name, version })
    }

    fn condition<T: DecodeOwned>(mut self, condition: impl FnOnce(String) -> Condition) -> Self {
        let name = T::CHAIN.collection.unwrap_or(T::CHAIN.type_name);
        self.conditions.push(condition(name_of(name, T::CHAIN.kind).to_string()));
        self
    }

    /// One more step, behind those that it has.
    #[must_use]
    pub fn step(mut self, step: impl Step + 'static) -> Self {
        self.steps.extend(self.code.take().map(|code| Box::new(code) as Box<dyn Step>));
        self.steps.push(Box::new(step));
        self
    }

    /// A step of the service's own, behind those that it has.
    #[must_use]
    pub fn up<F>(mut self, up: impl Fn(Context) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), StepError>> + Send + 'static,
    {
        if self.code.as_ref().is_some_and(|code| code.up.is_some()) {
            self.steps.extend(self.code.take().map(|code| Box::new(code) as Box<dyn Step>));
        }
        self.code_mut().up = Some(Box::new(move |context| Box::pin(up(context))));
        self
    }

    /// The way back of the step that [`up`](Self::up) has added last.
    #[must_use]
    pub fn down<F>(mut self, down: impl Fn(Context) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), StepError>> + Send + 'static,
    {
        self.code_mut().down = Some(Box::new(move |context| Box::pin(down(context))));
        self
    }

    /// Whether that step runs in a transaction. Default: where the server has transactions.
    #[must_use]
    pub fn transaction(mut self, transaction: Transaction) -> Self {
        self.code_mut().transaction = transaction;
        self
    }

    /// That step may be done a second time when it was cut off in the middle, and comes to the same. Default: where it ran outside of a
    /// transaction and was cut off, the next run asks a person.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.code_mut().repeatable = true;
        self
    }

    /// What that step loses on its way up, as in "all carts": to be confirmed in staging, and allowed in so many words in production.
    #[must_use]
    pub fn destroys(mut self, what: impl Into<String>) -> Self {
        self.code_mut().destroys = Some(what.into());
        self
    }

    fn code_mut(&mut self) -> &mut Code {
        self.code.get_or_insert_default()
    }

    /// Looks whether it has done what it was to do: behind the last step, and whenever somebody asks. An error says what is wrong.
    #[must_use]
    pub fn validate<F>(mut self, validate: impl Fn(Context) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), StepError>> + Send + 'static,
    {
        self.validate = Some(Box::new(move |context| Box::pin(validate(context))));
        self
    }

    /// Its source, usually `include_str!` of its own file: a change in it is told from then on, apart from comments and formatting.
    /// Without that, code has no part in the [fingerprint](Self::fingerprint).
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What its steps and, if it was given, its [source](Self::source) are, in a short text that is another one when they change. Descriptions, authors, dates and conditions
    /// may change.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint::of(self.steps(), self.source.as_deref())
    }

    /// The same of each step alone, without the source.
    pub(crate) fn fingerprints(&self) -> Vec<String> {
        fingerprint::of_each(self.steps())
    }

    pub(crate) fn steps(&self) -> impl DoubleEndedIterator<Item = &dyn Step> {
        let code = self.code.as_ref().map(|code| code as &dyn Step);
        self.steps.iter().map(AsRef::as_ref).chain(code)
    }

    pub(crate) fn facts(&self) -> Facts {
        let Self { description, author, date, .. } = self;
        Facts { description: description.clone(), author: author.clone(), date: date.clone() }
    }

    pub(crate) fn runs_in(&self, environment: Option<Environment>) -> bool {
        self.environments
            .as_ref()
            .is_none_or(|allowed| environment.is_some_and(|environment| allowed.contains(&environment)))
    }

    pub(crate) fn dependencies(&self) -> &[String] {
        &self.after
    }

    pub(crate) fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    pub(crate) fn validation(&self, context: Context) -> Option<Work<'_>> {
        self.validate.as_ref().map(|validate| validate(context) as Work<'_>)
    }
}

/// What is to be known of a migration.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Facts {
    /// What it is for.
    pub description: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was written.
    pub date: Option<String>,
}

impl fmt::Debug for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Migration")
            .field("id", &self.id)
            .field("steps", &self.steps().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl Condition {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Stored { name, .. } | Self::Read { name, .. } => name,
        }
    }

    pub(crate) fn version(&self) -> u32 {
        match self {
            Self::Stored { version, .. } | Self::Read { version, .. } => *version,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stored { name, version } => {
                write!(f, "no document of `{name}` is stored below schema version {version}")
            }
            Self::Read { name, version } => {
                write!(f, "no live service has a version of `{name}` below {version}")
            }
        }
    }
}
