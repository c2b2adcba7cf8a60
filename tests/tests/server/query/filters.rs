//! Filters over the fields of a chain, with values that are stored in some document.

use mongodb::bson::{Bson, Document, Regex, doc, raw::cstr};
use proptest::{collection::vec, prelude::*, sample::select};
use schema_runtime::DecodeOwned;

use crate::server_side::documents::Sample;

pub fn filters<T: DecodeOwned>(samples: &[Sample]) -> impl Strategy<Value = Vec<Document>> + use<T> {
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
    for sample in samples {
        let stored =
            sample.stored.iter_elements().filter_map(|field| Bson::try_from(field.ok()?.value().ok()?).ok());
        // Not what a filter would take for an operator.
        values
            .extend(stored.filter(|value: &Bson| value.as_document().is_none() && *value != Bson::Undefined));
    }
    let fields = T::HISTORY.versions().flat_map(|version| version.fields);
    let mut names: Vec<String> =
        fields.flat_map(|field| field.read_as).map(|name| (*name).to_owned()).collect();
    names.extend(T::HISTORY.names().map(str::to_owned));
    names.extend(["extra", "nothing"].map(str::to_owned));
    let below: Vec<String> = names.iter().map(|name| format!("{name}.weight")).collect();
    names.extend(names.clone());
    names.extend(below);
    vec(filter(names, values), 40)
}

fn filter(names: Vec<String>, values: Vec<Bson>) -> BoxedStrategy<Document> {
    let one = (select(names), condition(values)).prop_map(|(name, condition)| doc! { name: condition });
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

fn condition(values: Vec<Bson>) -> impl Strategy<Value = Bson> {
    let value = select(values.clone());
    let types = select(vec!["null", "string", "int", "long", "double", "number", "array", "bool", "object"]);
    let patterns = vec![cstr!("^[a-m]"), cstr!("^$"), cstr!("[x-z]")];
    let regex =
        select(patterns).prop_map(|pattern| Regex { pattern: pattern.into(), options: cstr!("i").into() });
    let not_null = value.clone().prop_filter("null has no order", |value| !matches!(value, Bson::Null));
    let order = (select(vec!["$gt", "$gte", "$lt", "$lte"]), not_null);
    let operator = prop_oneof![
        3 => (select(vec!["$eq", "$ne"]), value.clone()).prop_map(|(name, value)| doc! { name: value }),
        3 => order.prop_map(|(name, value)| doc! { name: value }),
        2 => (select(vec!["$in", "$nin", "$all"]), vec(value.clone(), 0..4)).prop_map(|(name, list)| doc! { name: list }),
        3 => any::<bool>().prop_map(|there| doc! { "$exists": there }),
        2 => types.prop_map(|name| doc! { "$type": name }),
        1 => (0..3).prop_map(|size| doc! { "$size": size }),
        1 => (2..5, 0..2).prop_map(|(divisor, rest)| doc! { "$mod": [divisor, rest] }),
        1 => value.clone().prop_map(|value| doc! { "$elemMatch": { "$eq": value } }),
        1 => regex.clone().prop_map(|regex| doc! { "$regex": regex }),
    ];
    let two = (operator.clone(), operator.clone()).prop_map(|(mut a, b)| {
        a.extend(b);
        a
    });
    prop_oneof![
        4 => value,
        5 => operator.clone().prop_map(Bson::from),
        1 => two.prop_map(Bson::from),
        2 => operator.prop_map(|condition| Bson::from(doc! { "$not": condition })),
        1 => regex.prop_map(Bson::from),
    ]
}
