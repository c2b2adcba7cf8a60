//! Converting the values of a field to another BSON type.

use std::fmt;

use bson::{Document, doc};

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused,
    field_path::FieldPath,
    server,
};

/// What the server can convert values to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueType {
    /// `int`, of 32 bits.
    Int32,
    /// `long`, of 64 bits.
    Int64,
    /// `double`.
    Double,
    /// `decimal`.
    Decimal,
    /// `string`.
    Text,
    /// `bool`.
    Boolean,
    /// `date`.
    Date,
    /// `objectId`.
    ObjectId,
}

/// Made by [`convert_type`].
#[derive(Debug, Clone)]
pub struct ConvertType {
    collection: String,
    path: FieldPath,
    to: ValueType,
    back: Option<ValueType>,
}

/// Converts the values of a field to a type, in all documents of a collection, as the server's
/// [`$convert`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/convert/) does. Null stays null, and documents without the
/// field are left alone.
///
/// If one value cannot be converted the step fails before anything is written, and says how many cannot. Numbers that would come out as others
/// (1.5 as an int) count as such, and so do texts as booleans, of which the server makes `true` whatever they say.
///
/// The way back has to be said with [`back_to`](ConvertType::back_to). It converts all values of the field, also those that were of the
/// new type before, and `"012"` that has become 12 comes back as `"12"`.
///
/// ```
/// use schema_runtime::migration::{
///     Migration,
///     steps::{self, ValueType},
/// };
///
/// let numbers = steps::convert_type("orders", "total", ValueType::Decimal).back_to(ValueType::Text);
/// let migration = Migration::new("20261122-totals").step(numbers);
/// # assert_eq!(migration.id(), "20261122-totals");
/// ```
#[must_use]
pub fn convert_type(collection: impl Into<String>, path: impl Into<String>, to: ValueType) -> ConvertType {
    ConvertType { collection: collection.into(), path: FieldPath::new(path), to, back: None }
}

impl ConvertType {
    /// What they were before, for the way back.
    #[must_use]
    pub fn back_to(mut self, before: ValueType) -> Self {
        self.back = Some(before);
        self
    }

    async fn convert(&self, context: &Context, to: ValueType) -> Result<(), StepError> {
        self.path.check()?;
        let collection = &self.collection;
        let there = doc! { self.path.as_str(): { "$exists": true } };
        self.path.refuse_lists(context, collection, there).await?;
        let converted = to.converted(&self.path);
        let left = || {
            let fits = doc! { "$in": [{ "$type": self.path.value() }, ["missing", "null", to.name()]] };
            doc! { "$not": [fits] }
        };
        let cannot = doc! { "$expr": { "$and": [left(), { "$eq": [converted.clone(), null] }] } };
        if let Some(server::Found { documents, example }) = server::find(context, collection, cannot).await? {
            let (collection, path) = (collection.clone(), self.path.as_str().to_owned());
            let to = format!("a value of type `{to}` without a loss");
            return Err(Refused::Inconvertible { collection, path, to, documents, example }.into());
        }
        // One that comes in between and cannot be converted is left as it is.
        let can = doc! { "$and": [left(), { "$ne": [converted.clone(), null] }] };
        let filter = doc! { self.path.as_str(): { "$exists": true }, "$expr": can };
        let set = vec![doc! { "$set": { self.path.as_str(): converted } }];
        context.count(server::update(context, collection, filter, set).await?);
        Ok(())
    }
}

impl ValueType {
    fn name(self) -> &'static str {
        match self {
            Self::Int32 => "int",
            Self::Int64 => "long",
            Self::Double => "double",
            Self::Decimal => "decimal",
            Self::Text => "string",
            Self::Boolean => "bool",
            Self::Date => "date",
            Self::ObjectId => "objectId",
        }
    }

    /// The value of this type, or null where it cannot be converted without a loss.
    fn converted(self, path: &FieldPath) -> Document {
        let value = path.value();
        let convert = doc! { "$convert": { "input": &value, "to": self.name(), "onError": null } };
        let lost = match self {
            Self::Int32 | Self::Int64 | Self::Double | Self::Decimal => {
                // Compared as the type that it was: no double is the decimal 0.1.
                let to = doc! { "$type": &value };
                let back = doc! { "$convert": { "input": "$$converted", "to": to, "onError": null } };
                doc! { "$and": [{ "$isNumber": &value }, { "$ne": [back, &value] }] }
            }
            Self::Boolean => doc! { "$eq": [{ "$type": &value }, "string"] },
            Self::Text | Self::Date | Self::ObjectId => return convert,
        };
        let kept = doc! { "$cond": [lost, null, "$$converted"] };
        doc! { "$let": { "vars": { "converted": convert }, "in": kept } }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Step for ConvertType {
    fn describe(&self) -> String {
        let Self { collection, path, to, back } = self;
        let back = back.map(|back| format!(", and back to `{back}`")).unwrap_or_default();
        format!("convert `{}` in `{collection}` to type `{to}`{back}", path.as_str())
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.convert(context, self.to))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        match self.back {
            Some(back) => Box::pin(self.convert(context, back)),
            None => super::no_way_back(),
        }
    }

    fn is_reversible(&self) -> bool {
        self.back.is_some()
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
