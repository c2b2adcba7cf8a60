//! Filters over the fields of a chain and what is in them, with values that are stored in some document.

use std::collections::BTreeSet;

use mongodb::bson::{Bson, Document, Regex, doc, raw::cstr};
use proptest::{collection::vec, option, prelude::*, sample::select};
use schema_runtime::DecodeOwned;

use crate::server_side::documents::Sample;

/// What can be asked for.
#[derive(Debug, Clone)]
pub struct Words {
    /// The paths of all fields of all versions, and of two that are in none.
    pub paths: Vec<String>,
    /// Paths below a field.
    below: Vec<String>,
    values: Vec<Bson>,
}

impl Words {
    pub fn of<T: DecodeOwned>(samples: &[Sample]) -> Self {
        let mut values: Vec<Bson> = vec![
            Bson::Null,
            Bson::from(0),
            Bson::from(-1.0),
            Bson::from(true),
            Bson::from(false),
            Bson::from(""),
            Bson::from("EUR"),
            Bson::from("Open"),
            Bson::Array(Vec::new()),
        ];
        let mut below = BTreeSet::from(["0".to_owned(), "weight".to_owned()]);
        for sample in samples {
            let stored = sample.stored.iter_elements();
            for value in stored.filter_map(|field| Bson::try_from(field.ok()?.value().ok()?).ok()) {
                collect(&value, None, &mut values, &mut below);
            }
        }
        let fields = T::HISTORY.versions().flat_map(|version| version.fields);
        let names: BTreeSet<&str> = fields.flat_map(|field| field.read_as).copied().collect();
        let mut names: Vec<&str> = names.into_iter().collect();
        // Those that there are now more often than others.
        names.extend(T::HISTORY.names());
        names.extend(["extra", "nothing"]);
        let below: Vec<String> = below.into_iter().collect();
        let deeper = names.iter().flat_map(|name| below.iter().map(move |path| format!("{name}.{path}")));
        let mut paths: Vec<String> = deeper.collect();
        // Half of them are not below anything.
        let often = paths.len() / names.len();
        paths.extend(names.iter().flat_map(|name| std::iter::repeat_n((*name).to_owned(), often)));
        Self { paths, below, values }
    }

    pub fn filter(self) -> BoxedStrategy<Document> {
        let one = (select(self.paths.clone()), self.condition())
            .prop_map(|(name, condition)| doc! { name: condition });
        let joined = one.prop_recursive(2, 6, 3, |inner| {
            (select(vec!["$and", "$or", "$nor"]), vec(inner, 1..3))
                .prop_map(|(operator, all)| doc! { operator: all })
        });
        let both = (joined.clone(), joined.clone()).prop_map(|(mut a, b)| {
            a.extend(b);
            a
        });
        prop_oneof![4 => joined, 1 => both].boxed()
    }

    fn condition(&self) -> impl Strategy<Value = Bson> + use<> {
        let value = select(self.values.clone());
        let types =
            select(vec!["null", "string", "int", "long", "double", "number", "array", "bool", "object"]);
        let patterns = vec![cstr!("^[a-m]"), cstr!("^$"), cstr!("[x-z]")];
        let regex = select(patterns)
            .prop_map(|pattern| Regex { pattern: pattern.into(), options: cstr!("i").into() });
        let order = (select(vec!["$gt", "$gte", "$lt", "$lte"]), value.clone());
        let listed = prop_oneof![6 => value.clone(), 1 => regex.clone().prop_map(Bson::from)];
        let element = prop_oneof![
            value.clone().prop_map(|value| doc! { "$elemMatch": { "$eq": value } }),
            (select(self.below.clone()), value.clone())
                .prop_map(|(path, value)| doc! { "$elemMatch": { path: value } }),
            (select(self.below.clone()), any::<bool>())
                .prop_map(|(path, there)| doc! { "$elemMatch": { path: { "$exists": there } } }),
        ];
        let operator = prop_oneof![
            3 => (select(vec!["$eq", "$ne"]), value.clone()).prop_map(|(name, value)| doc! { name: value }),
            3 => order.prop_map(|(name, value)| doc! { name: value }),
            2 => (select(vec!["$in", "$nin", "$all"]), vec(listed, 0..4)).prop_map(|(name, list)| doc! { name: list }),
            3 => any::<bool>().prop_map(|there| doc! { "$exists": there }),
            2 => types.prop_map(|name| doc! { "$type": name }),
            1 => (0..3).prop_map(|size| doc! { "$size": size }),
            1 => (2..5, 0..2).prop_map(|(divisor, rest)| doc! { "$mod": [divisor, rest] }),
            1 => Just(doc! { "$bitsAnyClear": [0, 2] }),
            1 => element.clone(),
            1 => vec(element, 1..3).prop_map(|all| doc! { "$all": all }),
            1 => regex.clone().prop_map(|regex| doc! { "$regex": regex }),
        ];
        let two = (operator.clone(), operator.clone()).prop_map(|(mut a, b)| {
            a.extend(b);
            a
        });
        let not = (operator.clone(), option::weighted(0.2, regex.clone()));
        prop_oneof![
            4 => value,
            5 => operator.prop_map(Bson::from),
            1 => two.prop_map(Bson::from),
            2 => not.prop_map(|(condition, regex)| match regex {
                Some(regex) => Bson::from(doc! { "$not": regex }),
                None => Bson::from(doc! { "$not": condition }),
            }),
            1 => regex.prop_map(Bson::from),
        ]
    }
}

/// All values in a value, and the paths to them.
fn collect(value: &Bson, at: Option<&str>, values: &mut Vec<Bson>, paths: &mut BTreeSet<String>) {
    if let Some(path) = at {
        paths.insert(path.to_owned());
    }
    let joined = |name: &str| at.map_or_else(|| name.to_owned(), |path| format!("{path}.{name}"));
    match value {
        Bson::Document(document) => {
            for (name, value) in document.iter().filter(|(name, _)| !name.starts_with('$')) {
                collect(value, Some(&joined(name)), values, paths);
            }
            // Not what a filter would take for an operator.
            if document.keys().next().is_some_and(|name| !name.starts_with('$')) {
                values.push(value.clone());
            }
        }
        Bson::Array(list) => {
            for (number, value) in list.iter().enumerate().take(2) {
                collect(value, Some(&joined(&number.to_string())), values, paths);
                // Through the list, without a number.
                collect(value, at, values, paths);
            }
            values.push(value.clone());
        }
        Bson::Undefined => {}
        value => values.push(value.clone()),
    }
}
