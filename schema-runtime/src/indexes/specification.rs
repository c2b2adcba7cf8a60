//! An index in one form, whether it is declared or listed by the server: what the server fills in or writes in its own way is the same
//! in both.

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};
use schema_core::index::Index;

use super::{canonical, collation, report::Difference};

/// What can be said of an index. Of what is not here, nothing is compared: its name, the versions of its form, and what other
/// releases of the server list.
const OPTIONS: [&str; 14] = [
    "unique",
    "sparse",
    "hidden",
    "expireAfterSeconds",
    "partialFilterExpression",
    "collation",
    "weights",
    "default_language",
    "language_override",
    "wildcardProjection",
    "bits",
    "min",
    "max",
    "bucketSize",
];

/// What the server tells two indexes apart by, beside their keys.
const IDENTIFYING: [&str; 4] = ["unique", "sparse", "partialFilterExpression", "collation"];

/// What the server changes in an index that is there.
const CHANGEABLE: [&str; 2] = ["expireAfterSeconds", "hidden"];

/// An index, comparable.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Specification {
    pub(super) name: String,
    /// In the words of whom it is from, for `createIndexes`.
    pub(super) written: Document,
    key: Document,
    options: BTreeMap<&'static str, Bson>,
}

impl Specification {
    /// One that is listed.
    pub(super) fn existing(listed: Document) -> Self {
        let mut written = listed;
        written.remove("v");
        written.remove("ns");
        Self::new(written)
    }

    /// One that is declared, for a collection whose indexes have this collation if they do not say.
    pub(super) fn declared(index: &Index, default: Option<&Document>) -> Self {
        let mut written = index.specification();
        if index.is_text() {
            // The only one that it can have, and the collection may have another.
            written.insert("collation", doc! { "locale": collation::SIMPLE });
        }
        let mut said = written.clone();
        if let (false, Some(default)) = (said.contains_key("collation"), default) {
            said.insert("collation", default.clone());
        }
        Self { written, ..Self::new(spell_out_text(said)) }
    }

    fn new(written: Document) -> Self {
        let key = canonical::document(written.get_document("key").unwrap_or(&Document::new()));
        let option =
            |option: &&'static str| Some((*option, canonical_option(option, written.get(*option)?)?));
        let options = OPTIONS.iter().filter_map(option).collect();
        let name = written.get_str("name").unwrap_or_default().to_owned();
        Self { name, written, key, options }
    }

    pub(super) fn is_text(&self) -> bool {
        self.key.contains_key("_fts")
    }

    /// Whether it is the server's own, on `_id`, or the order in which the collection is kept.
    pub(super) fn is_on_id(&self) -> bool {
        self.name == "_id_" || self.written.get_bool("clustered").unwrap_or(false)
    }

    /// Whether the server would not have both.
    pub(super) fn is_for_the_same(&self, other: &Self) -> bool {
        let same = |option| self.options.get(option) == other.options.get(option);
        same_keys(&self.key, &other.key) && IDENTIFYING.into_iter().all(same)
    }

    /// In what an index that is there differs from this one.
    pub(super) fn differences(&self, existing: &Self) -> Vec<Difference> {
        let of_key = (!same_keys(&self.key, &existing.key)).then(|| Difference {
            option: "key",
            declared: Some(self.key.clone().into()),
            existing: Some(existing.key.clone().into()),
        });
        let of_options = OPTIONS.into_iter().filter_map(|option| {
            let (declared, existing) = (self.options.get(option), existing.options.get(option));
            (declared != existing).then(|| Difference {
                option,
                declared: declared.cloned(),
                existing: existing.cloned(),
            })
        });
        of_key.into_iter().chain(of_options).collect()
    }
}

/// Whether the server can make these changes in an index that is there. It cannot take an expiry away.
pub(super) fn can_change_in_place(differences: &[Difference]) -> bool {
    differences.iter().all(|difference| {
        CHANGEABLE.contains(&difference.option)
            && (difference.option == "hidden" || difference.declared.is_some())
    })
}

/// Documents are equal in whatever order, and the order of keys is what an index is about.
fn same_keys(one: &Document, other: &Document) -> bool {
    one.iter().eq(other.iter())
}

fn canonical_option(option: &str, value: &Bson) -> Option<Bson> {
    match (option, value) {
        ("partialFilterExpression", Bson::Document(filter)) => Some(canonical::filter(filter).into()),
        ("collation", Bson::Document(said)) => collation::canonical(said).map(Bson::Document),
        ("unique" | "sparse" | "hidden", value) => canonical::is_true(value).then_some(Bson::Boolean(true)),
        ("default_language", value) if *value == Bson::from("english") => None,
        ("language_override", value) if *value == Bson::from("language") => None,
        (_, value) => Some(canonical::value(value)),
    }
}

/// The keys of a text index as the server lists them: the texts as two keys in one place, and their names with the weights.
fn spell_out_text(mut said: Document) -> Document {
    let Ok(key) = said.get_document("key").cloned() else { return said };
    let is_text = |value: &Bson| *value == Bson::from("text");
    if !key.values().any(is_text) {
        return said;
    }
    let given = said.get_document("weights").cloned().unwrap_or_default();
    let (mut listed, mut weights) = (Document::new(), Document::new());
    for (path, value) in key {
        if is_text(&value) {
            listed.insert("_fts", "text");
            listed.insert("_ftsx", 1);
            let weight = given.get(&path).cloned().unwrap_or(Bson::Int32(1));
            weights.insert(path, weight);
        } else {
            listed.insert(path, value);
        }
    }
    said.insert("key", listed);
    said.insert("weights", weights);
    said
}
