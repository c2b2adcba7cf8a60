//! A sort of documents of several kinds, each with a chain of its own.

use bson::{Bson, Document, doc};
use schema_core::Kind;

use super::{COMPUTED, Sorting, is_by_field};
use crate::query::split;

/// The sort that goes by what each kind sorts by. A kind for which nothing has to be computed has it where it is.
pub(crate) fn of_kinds(kinds: &[(Kind, Sorting)], sort: Document) -> Sorting {
    let (mut set, mut keys) = (Document::new(), Document::new());
    for (path, order) in &sort {
        let (head, rest) = split(path);
        let computed = format!("{COMPUTED}{head}");
        let branches: Vec<Document> = kinds
            .iter()
            .filter_map(|(kind, sorting)| match sorting {
                Sorting::AsItIs(_) => None,
                Sorting::Computed { set, .. } => {
                    let value = set.get(&computed)?;
                    Some(doc! { "case": is_of(kind), "then": value.clone() })
                }
            })
            .collect();
        if branches.is_empty() || !is_by_field(order) {
            keys.insert(path, order.clone());
            continue;
        }
        let below = rest.map(|rest| format!("{computed}.{rest}"));
        keys.insert(below.as_ref().unwrap_or(&computed), order.clone());
        set.insert(computed, doc! { "$switch": { "branches": branches, "default": format!("${head}") } });
    }
    if set.is_empty() { Sorting::AsItIs(sort) } else { Sorting::Computed { set, sort: keys } }
}

fn is_of(kind: &Kind) -> Document {
    let stored = format!("${}", kind.key);
    let is = doc! { "$eq": [&stored, { "$literal": kind.value }] };
    if kind.or_missing {
        // What is missing and null are both less than anything that is stored under the key.
        return doc! { "$or": [is, { "$lte": [stored, Bson::Null] }] };
    }
    is
}
