//! Values and filters in one form, so that two are equal which mean the same to the server.

use bson::{Bson, Document, doc};

use crate::numbers::integer;

/// A whole number is the same in each of its types.
pub(super) fn value(said: &Bson) -> Bson {
    match said {
        Bson::Document(said) => document(said).into(),
        Bson::Array(said) => said.iter().map(value).collect::<Vec<_>>().into(),
        said => integer(said).map_or_else(|| said.clone(), Bson::Int64),
    }
}

pub(super) fn document(said: &Document) -> Document {
    said.iter().map(|(name, said)| (name.clone(), value(said))).collect()
}

/// Whether the server takes it for yes.
pub(super) fn is_true(said: &Bson) -> bool {
    match said {
        Bson::Boolean(said) => *said,
        Bson::Null | Bson::Undefined => false,
        Bson::Double(said) => *said != 0.0,
        said => integer(said) != Some(0),
    }
}

/// The conditions of a filter, all of them to hold, each written out, in an order that does not depend on how it was written.
pub(super) fn filter(said: &Document) -> Document {
    let mut all = Vec::new();
    conditions(said, &mut all);
    let all = sorted(all);
    match all.as_slice() {
        [] => Document::new(),
        [Bson::Document(only)] => only.clone(),
        _ => doc! { "$and": all },
    }
}

fn conditions(said: &Document, all: &mut Vec<Bson>) {
    for (name, said) in said {
        match (name.as_str(), said) {
            ("$and", Bson::Array(parts)) => {
                for part in parts.iter().filter_map(Bson::as_document) {
                    conditions(part, all);
                }
            }
            ("$or", Bson::Array(parts)) => {
                let parts = parts.iter().map(|part| match part {
                    Bson::Document(part) => filter(part).into(),
                    part => value(part),
                });
                all.push(doc! { "$or": sorted(parts.collect()) }.into());
            }
            (_, Bson::Document(operators)) if is_operator(operators) => {
                let each = operators.iter().map(|(operator, operand)| condition(name, operator, operand));
                all.extend(each);
            }
            (path, said) if !path.starts_with('$') => all.push(condition(path, "$eq", said)),
            (operator, said) => all.push(doc! { operator: value(said) }.into()),
        }
    }
}

fn is_operator(said: &Document) -> bool {
    said.keys().next().is_some_and(|name| name.starts_with('$'))
}

fn condition(path: &str, operator: &str, operand: &Bson) -> Bson {
    let (operator, operand) = match (operator, operand) {
        ("$exists", said) => (operator, Bson::Boolean(is_true(said))),
        ("$in", Bson::Array(of)) => {
            let of = sorted(of.iter().map(value).collect());
            match of.as_slice() {
                [only] => ("$eq", only.clone()),
                _ => (operator, of.into()),
            }
        }
        (operator, said) => (operator, value(said)),
    };
    doc! { path: { operator: operand } }.into()
}

/// Each once.
fn sorted(mut all: Vec<Bson>) -> Vec<Bson> {
    all.sort_by_cached_key(ToString::to_string);
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_that_mean_the_same_are_equal() {
        let same = [
            doc! { "a": 1, "b": { "$gt": 0.0, "$exists": 1 } },
            doc! { "b": { "$exists": true, "$gt": 0 }, "a": { "$eq": 1_i64 } },
            doc! { "$and": [{ "b": { "$gt": 0_i64 } }, { "$and": [{ "a": { "$in": [1, 1.0] } }] }], "b": { "$exists": true } },
        ];
        for said in &same {
            assert_eq!(filter(said), filter(&same[0]), "{said}");
        }
        let one = doc! { "$or": [{ "a": 1 }, { "b": { "$in": [2, 1] } }] };
        assert_eq!(
            filter(&one),
            filter(&doc! { "$or": [{ "b": { "$in": [1, 2.0, 1] } }, { "a": { "$eq": 1 } }] })
        );
    }

    #[test]
    fn others_are_not() {
        let all = [
            doc! {},
            doc! { "a": 1 },
            doc! { "a": 1.5 },
            doc! { "a": "1" },
            doc! { "a": true },
            doc! { "a": { "$gt": 1 } },
            doc! { "a": { "$exists": true } },
            doc! { "a": { "$exists": false } },
            doc! { "a": { "b": 1, "c": 2 } },
            doc! { "a": 1, "b": 1 },
            doc! { "$or": [{ "a": 1 }, { "b": 1 }] },
        ];
        for (at, one) in all.iter().enumerate() {
            for other in all.iter().skip(at + 1) {
                assert_ne!(filter(one), filter(other), "{one} and {other}");
            }
        }
    }
}
