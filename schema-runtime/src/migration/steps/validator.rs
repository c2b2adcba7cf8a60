//! What a collection asks of its documents.

use bson::{Document, doc};
use mongodb::options::{ValidationAction, ValidationLevel};

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused, describe,
    same::same_documents,
    server,
};
use crate::error::During;

/// A rule for the documents of a collection. A document is one that is enforced on all of them, as the server's default is; an empty one is no rule.
///
/// ```
/// use schema_runtime::{
///     migration::steps::ValidationRule,
///     mongodb::{bson::doc, options::ValidationAction},
/// };
///
/// let rule = ValidationRule::new(doc! { "total": { "$gte": 0 } }).action(ValidationAction::Warn);
/// # let _ = rule;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ValidationRule {
    rule: Document,
    level: &'static str,
    action: &'static str,
}

impl ValidationRule {
    /// A rule in the words of a query, `$jsonSchema` included.
    #[must_use]
    pub fn new(rule: Document) -> Self {
        Self { rule, level: "strict", action: "error" }
    }

    /// Of which documents it is asked. Default: of all that are written.
    #[must_use]
    pub fn level(mut self, level: ValidationLevel) -> Self {
        self.level = match level {
            ValidationLevel::Off => "off",
            ValidationLevel::Moderate => "moderate",
            _ => "strict",
        };
        self
    }

    /// What the server does with a document that does not fit. Default: it refuses it.
    #[must_use]
    pub fn action(mut self, action: ValidationAction) -> Self {
        self.action = match action {
            ValidationAction::Warn => "warn",
            _ => "error",
        };
        self
    }

    fn of(specification: &Document) -> Self {
        let options = specification.get_document("options").cloned().unwrap_or_default();
        let level = match options.get_str("validationLevel") {
            Ok("off") => "off",
            Ok("moderate") => "moderate",
            _ => "strict",
        };
        let action = match options.get_str("validationAction") {
            Ok("warn") => "warn",
            _ => "error",
        };
        Self { rule: options.get_document("validator").cloned().unwrap_or_default(), level, action }
    }

    fn is(&self, other: &Self) -> bool {
        // Where nothing is asked, level and action are nothing either.
        let none = self.rule.is_empty() && other.rule.is_empty();
        let same = same_documents(&self.rule, &other.rule);
        none || same && (self.level, self.action) == (other.level, other.action)
    }

    fn describe(&self) -> String {
        if self.rule.is_empty() {
            return "none".to_owned();
        }
        format!("{} (level {}, action {})", describe::document(&self.rule), self.level, self.action)
    }
}

impl From<Document> for ValidationRule {
    fn from(rule: Document) -> Self {
        Self::new(rule)
    }
}

/// Made by [`validator`].
#[derive(Debug, Clone)]
pub struct Validator {
    collection: String,
    rule: ValidationRule,
    before: ValidationRule,
}

/// Sets the validator of a collection, and creates the collection if there is none. Documents that are stored are not looked at.
///
/// If the collection has one already, [`replacing`](Validator::replacing) has to say what it is, and the way back sets that again; one that
/// is something else is an error that has it. The way back otherwise leaves the collection without one.
///
/// ```
/// use schema_runtime::{
///     migration::{Migration, steps},
///     mongodb::bson::doc,
/// };
///
/// let positive = doc! { "total": { "$gt": 0 } };
/// let migration = Migration::new("20261122-totals")
///     .step(steps::validator("orders", positive).replacing(doc! { "total": { "$gte": 0 } }));
/// # assert_eq!(migration.id(), "20261122-totals");
/// ```
#[must_use]
pub fn validator(collection: impl Into<String>, rule: impl Into<ValidationRule>) -> Validator {
    let before = ValidationRule::new(Document::new());
    Validator { collection: collection.into(), rule: rule.into(), before }
}

impl Validator {
    /// What is there now. Default: nothing.
    #[must_use]
    pub fn replacing(mut self, before: impl Into<ValidationRule>) -> Self {
        self.before = before.into();
        self
    }

    async fn set(
        &self,
        context: &Context,
        before: &ValidationRule,
        rule: &ValidationRule,
    ) -> Result<(), StepError> {
        let there = server::specification(context, &self.collection).await?;
        let found = there.as_ref().map(ValidationRule::of);
        if found.as_ref().is_some_and(|found| found.is(rule)) {
            return Ok(());
        }
        if let Some(found) = found.filter(|found| !found.is(before)) {
            let (collection, found, expected) =
                (self.collection.clone(), found.describe(), before.describe());
            return Err(Refused::ValidatorDiffers { collection, found, expected }.into());
        }
        if there.is_none() && rule.rule.is_empty() {
            return Ok(());
        }
        let verb = if there.is_some() { "collMod" } else { "create" };
        let command = doc! {
            verb: &self.collection,
            "validator": rule.rule.clone(),
            "validationLevel": rule.level,
            "validationAction": rule.action,
        };
        server::command(context, command).await.during("set its validator", &self.collection)?;
        Ok(())
    }
}

impl Step for Validator {
    fn describe(&self) -> String {
        let Self { collection, rule, before } = self;
        format!("set the validator of `{collection}`: {}, before that {}", rule.describe(), before.describe())
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.set(context, &self.before, &self.rule))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.set(context, &self.rule, &self.before))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
