//! Search: a query string as a filter in the names of the release, and a limit.
//!
//! `?title=Kettle&stock.min=1&limit=10`. Only the fields that a type lists are taken: a filter that clients may write as they
//! like could hold any operator of the server.

use mongodb::bson::{Bson, Document, doc};

use crate::{
    problem::Problem,
    resource::{Kind, Resource},
};

const DEFAULT_LIMIT: i64 = 100;
const MAX_LIMIT: i64 = 1000;

/// What a list is to hold.
#[derive(Debug, PartialEq)]
pub(crate) struct Search {
    pub(crate) filter: Document,
    pub(crate) limit: i64,
}

impl Search {
    pub(crate) fn of<T: Resource>(parameters: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut search = Self { filter: doc! {}, limit: DEFAULT_LIMIT };
        for (parameter, text) in parameters {
            if parameter == "limit" {
                let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                search.limit = limit.ok_or_else(|| {
                    Problem::unprocessable(format!("`limit` is a number from 1 to {MAX_LIMIT}, not `{text}`"))
                })?;
                continue;
            }
            let (name, operator) = parts(&parameter);
            let Some((_, kind)) = T::ASKED.iter().find(|(asked, _)| *asked == name) else {
                return Err(unknown::<T>(&parameter));
            };
            let value = value(*kind, operator, &text)
                .ok_or_else(|| Problem::unprocessable(format!("`{parameter}` cannot be `{text}`")))?;
            let condition = search.filter.entry(name.to_owned()).or_insert_with(|| Bson::Document(doc! {}));
            if let Bson::Document(condition) = condition {
                condition.insert(operator, value);
            }
        }
        Ok(search)
    }
}

/// The field, and the operator for it.
fn parts(parameter: &str) -> (&str, &'static str) {
    match parameter.rsplit_once('.') {
        Some((name, "min")) => (name, "$gte"),
        Some((name, "max")) => (name, "$lte"),
        _ => (parameter, "$eq"),
    }
}

fn value(kind: Kind, operator: &str, text: &str) -> Option<Bson> {
    match kind {
        Kind::Number => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Bson::Double),
        Kind::Text => (operator == "$eq").then(|| text.into()),
    }
}

fn unknown<T: Resource>(parameter: &str) -> Problem {
    let asked: Vec<_> = T::ASKED.iter().map(|(name, _)| *name).collect();
    Problem::unprocessable(format!(
        "`{parameter}` cannot be asked for; what can: {}, and `limit`",
        asked.join(", ")
    ))
}
