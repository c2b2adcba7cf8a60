//! Whether values are the same to the server, which says numbers back in types of its own.

use bson::{Bson, Document};

use crate::numbers::integer;

pub(super) fn same(one: &Bson, other: &Bson) -> bool {
    match (one, other) {
        (Bson::Document(one), Bson::Document(other)) => same_documents(one, other),
        (Bson::Array(one), Bson::Array(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len() && pairs.all(|(one, other)| same(one, other))
        }
        _ => match (integer(one), integer(other)) {
            (Some(one), Some(other)) => one == other,
            _ => one == other,
        },
    }
}

pub(super) fn same_documents(one: &Document, other: &Document) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.all(|(one, other)| one.0 == other.0 && same(one.1, other.1))
}

/// Whether what is there has all that was asked for: the server fills in what a collation and the like leave out.
pub(super) fn covers(there: &Bson, asked: &Bson) -> bool {
    match (there, asked) {
        (Bson::Document(there), Bson::Document(asked)) => {
            asked.iter().all(|(name, asked)| there.get(name).is_some_and(|there| covers(there, asked)))
        }
        _ => same(there, asked),
    }
}

#[cfg(test)]
mod tests {
    use bson::bson;

    use super::*;

    #[test]
    fn whole_numbers_of_all_types_are_the_same() {
        assert!(same(&bson!({ "a": [1, 2.0] }), &bson!({ "a": [1_i64, 2] })));
        assert!(!same(&bson!(1), &bson!(1.5)) && !same(&bson!(1), &bson!("1")));
    }

    #[test]
    fn the_order_of_fields_counts_unless_there_may_be_more() {
        let (one, other) = (bson!({ "a": 1, "b": 1 }), bson!({ "b": 1, "a": 1 }));
        assert!(!same(&one, &other) && covers(&one, &other));
        assert!(covers(&one, &bson!({ "b": 1 })) && !covers(&bson!({ "b": 1 }), &one));
    }
}
