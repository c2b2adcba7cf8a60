//! Exchanging the values of a field for others.

use bson::{Bson, Document, doc};

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused, describe,
    field_path::FieldPath,
    server,
};

/// Made by [`convert_values`].
#[derive(Debug, Clone)]
pub struct ConvertValues {
    collection: String,
    path: FieldPath,
    pairs: Vec<(Bson, Bson)>,
}

/// Exchanges values of a field, each for its other, in all documents of a collection: the states of an enum under new names. Values that
/// are not in the list stay, and so do the items of lists.
///
/// The way back exchanges them again, also those that were there before; there is none if two values become one, and then it is lost
/// which of them a document had. Values are the same as the server compares them: `1`, `1.0` and `NumberLong(1)` are.
///
/// Where a value that is exchanged is one that another becomes, as when two change places, this cannot be done twice. It then is done in a
/// transaction, which may take a minute at most; where the server has none and it is cut off, the next run asks a person.
///
/// ```
/// use schema_runtime::migration::{Migration, steps};
///
/// let states = [("NEW", "open"), ("SHIPPED", "closed")];
/// let migration = Migration::new("20261122-states").step(steps::convert_values("orders", "state", states));
/// # assert_eq!(migration.id(), "20261122-states");
/// ```
#[must_use]
pub fn convert_values<F: Into<Bson>, T: Into<Bson>>(
    collection: impl Into<String>,
    path: impl Into<String>,
    values: impl IntoIterator<Item = (F, T)>,
) -> ConvertValues {
    let pairs = values.into_iter().map(|(from, to)| (from.into(), to.into())).collect();
    ConvertValues { collection: collection.into(), path: FieldPath::new(path), pairs }
}

impl ConvertValues {
    async fn convert(&self, context: &Context, pairs: Vec<(Bson, Bson)>) -> Result<(), StepError> {
        self.path.check()?;
        if let Some(twice) = first_twice(pairs.iter().map(|(from, _)| from)) {
            let why = format!("{} is to become two values at once", describe::value(twice));
            return Err(Refused::Meaningless { why }.into());
        }
        let there = doc! { self.path.as_str(): { "$exists": true } };
        self.path.refuse_lists(context, &self.collection, there).await?;
        let from: Vec<_> = pairs.iter().map(|(from, _)| from.clone()).collect();
        // The first finds them by an index, the second leaves out lists that have one of them as an item.
        let filter = doc! {
            self.path.as_str(): { "$in": from.clone() },
            "$expr": { "$in": [self.path.value(), { "$literal": from }] },
        };
        let branches = pairs.into_iter().map(|(from, to)| {
            let case = doc! { "$eq": [self.path.value(), { "$literal": from }] };
            doc! { "case": case, "then": { "$literal": to } }
        });
        let branches: Vec<Document> = branches.collect();
        if branches.is_empty() {
            return Ok(());
        }
        let converted = doc! { "$switch": { "branches": branches, "default": self.path.value() } };
        let set = vec![doc! { "$set": { self.path.as_str(): converted } }];
        let changed = if self.is_repeatable(Direction::Up) {
            server::update(context, &self.collection, filter, set).await?
        } else {
            server::update_once(context, &self.collection, filter, set).await?
        };
        context.count(changed);
        Ok(())
    }
}

fn first_twice<'v>(values: impl Iterator<Item = &'v Bson>) -> Option<&'v Bson> {
    let mut seen: Vec<&Bson> = Vec::new();
    for value in values {
        if seen.iter().any(|other| same(other, value)) {
            return Some(value);
        }
        seen.push(value);
    }
    None
}

/// Whether the server takes them for the same.
fn same(one: &Bson, other: &Bson) -> bool {
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

fn number(value: &Bson) -> Option<f64> {
    match value {
        Bson::Int32(number) => Some((*number).into()),
        #[expect(
            clippy::cast_precision_loss,
            reason = "two that are taken for the same are refused, and nothing is lost"
        )]
        Bson::Int64(number) => Some(*number as f64),
        Bson::Double(number) => Some(*number),
        Bson::Decimal128(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

impl Step for ConvertValues {
    fn describe(&self) -> String {
        let pairs = self.pairs.iter();
        let pairs = pairs.map(|(from, to)| format!("{} to {}", describe::value(from), describe::value(to)));
        let pairs: Vec<_> = pairs.collect();
        format!("convert values of `{}` in `{}`: {}", self.path.as_str(), self.collection, pairs.join(", "))
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.convert(context, self.pairs.clone()))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        let back = self.pairs.iter().map(|(from, to)| (to.clone(), from.clone())).collect();
        Box::pin(self.convert(context, back))
    }

    fn is_reversible(&self) -> bool {
        first_twice(self.pairs.iter().map(|(_, to)| to)).is_none()
    }

    fn transaction(&self) -> Transaction {
        if self.is_repeatable(Direction::Up) { Transaction::Never } else { Transaction::WhereAllowed }
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        // One that stays what it is can be done as often as one likes.
        let moved = || self.pairs.iter().filter(|(from, to)| !same(from, to));
        !moved().any(|(_, to)| moved().any(|(from, _)| same(from, to)))
    }

    fn destroys(&self, direction: Direction) -> Option<String> {
        let is_lost = direction == Direction::Up && !self.is_reversible();
        let what =
            || format!("which of several values `{}` of `{}` had", self.path.as_str(), self.collection);
        is_lost.then(what)
    }
}
