//! Two documents that should be the same, and where they are not, for a person.

use bson::Bson;

use crate::extended_json::Canonical;

/// A person corrects one mistake at a time; the rest of a long list is noise.
const SHOWN: usize = 5;
/// As much of a value as fits on a line beside another.
const VALUE: usize = 60;

/// The changes as one sentence part, empty if there are none.
pub(super) fn changes(before: &Bson, after: &Bson) -> String {
    let mut found = Vec::new();
    compare(String::new(), before, after, &mut found);
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    found.join(", ")
}

fn compare(path: String, before: &Bson, after: &Bson, found: &mut Vec<String>) {
    match (before, after) {
        (Bson::Document(before), Bson::Document(after)) => {
            let inside =
                |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            let differences = found.len();
            for (name, value) in before {
                match after.get(name) {
                    Some(now) => compare(inside(name), value, now, found),
                    None => found.push(format!("`{}` is gone, it was {}", inside(name), text(value))),
                }
            }
            for (name, value) in after.iter().filter(|(name, _)| !before.contains_key(name)) {
                found.push(format!("`{}` is new, it is {}", inside(name), text(value)));
            }
            if differences == found.len() && !before.keys().eq(after.keys()) {
                found.push(format!("the fields of `{path}` have another order"));
            }
        }
        (Bson::Array(before), Bson::Array(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(format!("{path}[{index}]"), before, after, found);
            }
        }
        (before, after) => {
            // As text, where a NaN is equal to itself and an Int64 is no Double.
            let (was, is) = (text(before), text(after));
            if was != is {
                found.push(format!("`{path}` was {was} and is {is}"));
            }
        }
    }
}

fn text(value: &Bson) -> String {
    let text = serde_json::to_string(&Canonical(value)).unwrap_or_else(|_| format!("{value:?}"));
    match text.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or(&text)),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn between(before: bson::Document, after: bson::Document) -> String {
        changes(&before.into(), &after.into())
    }

    #[test]
    fn every_kind_of_change_is_named_with_its_place() {
        let before = doc! { "a": 1, "b": { "c": [1, 2], "d": "x" }, "e": null };
        let after = doc! { "a": 1_i64, "b": { "c": [1, 3], "d": "x" }, "f": true };
        assert_eq!(
            between(before, after),
            "`a` was {\"$numberInt\":\"1\"} and is {\"$numberLong\":\"1\"}, `b.c[1]` was {\"$numberInt\":\"2\"} and is \
             {\"$numberInt\":\"3\"}, `e` is gone, it was null, `f` is new, it is true"
        );
    }

    #[test]
    fn what_is_the_same_is_not_named() {
        let document = doc! { "nan": f64::NAN, "list": [{ "a": 1 }] };
        assert_eq!(between(document.clone(), document), "");
        assert_eq!(
            between(doc! { "d": { "a": 1, "b": 2 } }, doc! { "d": { "b": 2, "a": 1 } }),
            "the fields of `d` have another order"
        );
    }

    #[test]
    fn a_long_list_ends() {
        let before = (0..8).map(|n| (n.to_string(), Bson::Int32(n))).collect();
        assert!(between(before, doc! {}).ends_with("and 3 more"));
    }
}
