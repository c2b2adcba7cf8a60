//! What is said of an index.

mod compare;

use std::time::Duration;

use bson::{Bson, Document, doc};

pub(super) use self::compare::name_of;
use super::describe;

/// An index as it is to be: its keys, and its options. A document of keys is one without options.
///
/// ```
/// use schema_runtime::{migration::steps::IndexSpec, mongodb::bson::doc};
///
/// let by_email = IndexSpec::on(doc! { "email": 1 }).unique(true).partial(doc! { "email": { "$exists": true } });
/// # let _ = by_email;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IndexSpec {
    keys: Document,
    options: Document,
}

/// The setters, for an index and for steps that have one.
macro_rules! index_options {
    ($($path:ident).*) => {
        /// Its name. Default: as the server's tools name it, `customer_1_date_-1`.
        #[must_use]
        pub fn name(self, name: impl Into<String>) -> Self {
            self.option("name", name.into())
        }

        /// Whether it refuses a second document with the same key.
        #[must_use]
        pub fn unique(self, unique: bool) -> Self {
            self.option("unique", unique)
        }

        /// Whether it leaves out documents that have none of its fields.
        #[must_use]
        pub fn sparse(self, sparse: bool) -> Self {
            self.option("sparse", sparse)
        }

        /// Whether it is kept up to date and not used, to see what happens without it.
        #[must_use]
        pub fn hidden(self, hidden: bool) -> Self {
            self.option("hidden", hidden)
        }

        /// Has only the documents that this filter finds.
        #[must_use]
        pub fn partial(self, filter: ::bson::Document) -> Self {
            self.option("partialFilterExpression", filter)
        }

        /// How long after the date in its field a document is deleted, in whole seconds.
        #[must_use]
        pub fn expire_after(self, age: ::std::time::Duration) -> Self {
            self.option("expireAfterSeconds", $crate::migration::steps::index_spec::seconds(age))
        }

        /// How it compares texts, as `doc! { "locale": "en", "strength": 2 }`.
        #[must_use]
        pub fn collation(self, collation: ::bson::Document) -> Self {
            self.option("collation", collation)
        }

        /// Any other option of the server's
        /// [`createIndexes`](https://www.mongodb.com/docs/manual/reference/command/createIndexes/), by its name there.
        #[must_use]
        pub fn option(mut self, name: impl Into<String>, value: impl Into<::bson::Bson>) -> Self {
            self.$($path.)*set(name.into(), value.into());
            self
        }
    };
}
pub(super) use index_options;

impl IndexSpec {
    /// An index with these keys, in this order: `1` and `-1`, `"text"`, `"hashed"`, `"2dsphere"`.
    #[must_use]
    pub fn on(keys: Document) -> Self {
        Self { keys, options: Document::new() }
    }

    index_options!();

    pub(super) fn set(&mut self, name: String, value: Bson) {
        // What is not so is not said: the server says it of no index either.
        if value == Bson::Boolean(false) {
            self.options.remove(name);
        } else {
            self.options.insert(name, value);
        }
    }

    pub(super) fn keys(&self) -> &Document {
        &self.keys
    }

    /// The name that was given or that it gets.
    pub(super) fn index_name(&self) -> String {
        if let Ok(name) = self.options.get_str("name") {
            return name.to_owned();
        }
        let keys = self.keys.iter().map(|(field, kind)| match kind {
            Bson::String(kind) => format!("{field}_{kind}"),
            Bson::Double(kind) => format!("{field}_{kind}"),
            kind => format!("{field}_{kind}"),
        });
        keys.collect::<Vec<_>>().join("_")
    }

    pub(super) fn has_name(&self) -> bool {
        self.options.contains_key("name")
    }

    pub(super) fn get(&self, option: &str) -> Option<&Bson> {
        self.options.get(option)
    }

    /// Whether it is one of texts, of which a collection has one at most.
    pub(super) fn is_text(&self) -> bool {
        self.keys.values().any(|kind| *kind == Bson::String("text".to_owned()))
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.options.contains_key("hidden")
    }

    /// How long documents live by it, in seconds.
    pub(super) fn seconds(&self) -> Option<i64> {
        self.options.get("expireAfterSeconds").and_then(crate::numbers::integer)
    }

    /// As the server wants to be told.
    pub(super) fn model(&self) -> Document {
        let mut model = doc! { "key": self.keys.clone(), "name": self.index_name() };
        model.extend(self.options.clone());
        model
    }

    /// The options, in an order that does not depend on who wrote them.
    pub(super) fn sorted_options(&self) -> impl Iterator<Item = (&str, &Bson)> {
        let mut options: Vec<_> = self.options.iter().map(|(name, value)| (name.as_str(), value)).collect();
        options.sort_by_key(|(name, _)| *name);
        options.into_iter()
    }

    pub(super) fn describe(&self) -> String {
        let mut said = describe::document(&self.keys);
        for (name, value) in self.sorted_options() {
            match value {
                Bson::Boolean(true) => said.push_str(&format!(", {name}")),
                value => said.push_str(&format!(", {name} {}", describe::value(value))),
            }
        }
        said
    }

    /// What it deletes by and by, of this collection.
    pub(super) fn destroys(&self, collection: &str) -> Option<String> {
        let (seconds, field) = (self.seconds()?, self.keys.keys().next()?);
        Some(format!("documents of `{collection}` from {seconds} seconds after their `{field}` on"))
    }
}

impl From<Document> for IndexSpec {
    fn from(keys: Document) -> Self {
        Self::on(keys)
    }
}

/// The server takes what an Int32 has place for.
pub(super) fn seconds(age: Duration) -> i32 {
    i32::try_from(age.as_secs()).unwrap_or(i32::MAX)
}
