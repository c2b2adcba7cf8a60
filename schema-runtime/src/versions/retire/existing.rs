//! The validator that a collection has, and how ours goes with it.

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use mongodb::{
    options::{ValidationAction, ValidationLevel},
    results::CollectionSpecification,
};
use schema_core::Kind;

use super::{CannotRetire, validator::is_ours};
use crate::{
    error::{During, Error},
    population::Population,
    retry::with_retries,
};

#[derive(Debug)]
pub(super) struct Existing {
    rule: Document,
    level: &'static str,
    action: &'static str,
}

impl Existing {
    /// `None` if there is no collection of that name.
    pub(super) async fn ask(population: &Population) -> Result<Option<Self>, Error> {
        let (database, collection) = (population.database(), population.whole().name());
        let listed: Vec<CollectionSpecification> = with_retries(async || {
            database.list_collections().filter(doc! { "name": collection }).await?.try_collect().await
        })
        .await
        .during("look up its validator", collection)?;
        Ok(listed.into_iter().next().map(|specification| {
            let options = specification.options;
            let level = match options.validation_level {
                Some(ValidationLevel::Off) => "off",
                Some(ValidationLevel::Moderate) => "moderate",
                _ => "strict",
            };
            let action = match options.validation_action {
                Some(ValidationAction::Warn) => "warn",
                _ => "error",
            };
            Self { rule: options.validator.unwrap_or_default(), level, action }
        }))
    }

    /// The rules in it that are not ours, of this kind.
    fn others(&self, kind: Option<Kind>) -> Vec<Bson> {
        let parts = match self.rule.get_array("$and") {
            Ok(parts) if self.rule.len() == 1 => parts.clone(),
            _ if self.rule.is_empty() => Vec::new(),
            _ => vec![Bson::Document(self.rule.clone())],
        };
        parts.into_iter().filter(|part| !part.as_document().is_some_and(|part| is_ours(part, kind))).collect()
    }

    /// What was asked before, and this.
    pub(super) fn with(&self, ours: Document, kind: Option<Kind>) -> Document {
        let mut all = self.others(kind);
        if all.is_empty() {
            return ours;
        }
        all.push(ours.into());
        doc! { "$and": all }
    }

    /// Level and action are one for all of it: ours would make the others stricter than they are.
    pub(super) fn is_loose(&self, kind: Option<Kind>) -> Option<CannotRetire> {
        let Self { level, action, .. } = *self;
        let loose = (level, action) != ("strict", "error") && !self.others(kind).is_empty();
        loose.then_some(CannotRetire::LooseValidator { level, action })
    }

    /// Puts it back.
    pub(super) async fn restore(&self, population: &Population) -> Result<(), Error> {
        modify(population, &self.rule, self.level, self.action).await
    }
}

pub(super) async fn set(population: &Population, rule: &Document) -> Result<(), Error> {
    modify(population, rule, "strict", "error").await
}

async fn modify(population: &Population, rule: &Document, level: &str, action: &str) -> Result<(), Error> {
    let (database, collection) = (population.database(), population.whole().name());
    let command = doc! {
        "collMod": collection,
        "validator": rule,
        "validationLevel": level,
        "validationAction": action,
        "writeConcern": { "w": "majority" },
    };
    with_retries(|| database.run_command(command.clone())).await.during("set its validator", collection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::versions::retire::Validator;
    use schema_core::VersionedDocument;

    #[derive(VersionedDocument)]
    #[versioned(version = 1)]
    struct Order {
        total: i64,
    }

    fn with(rule: Document) -> Document {
        let existing = Existing { rule, level: "strict", action: "error" };
        existing.with(Validator::Stamp.rule::<Order>(1), None)
    }

    #[test]
    fn rules_of_others_stay_and_ours_is_there_once() {
        let ours = with(doc! {});
        assert_eq!(with(ours.clone()), ours);
        for others in [doc! { "total": { "$gt": 0 } }, doc! { "$and": [{ "a": 1 }, { "b": 1 }], "c": 1 }] {
            let both = with(others.clone());
            assert_eq!(both, doc! { "$and": [others, ours.clone()] });
            assert_eq!(with(both.clone()), both);
        }
        let both = with(doc! { "$and": [{ "a": 1 }, { "b": 1 }] });
        assert_eq!(both, doc! { "$and": [{ "a": 1 }, { "b": 1 }, ours] });
    }
}
