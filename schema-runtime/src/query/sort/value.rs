//! What a document of an older version will have in a field, as an expression of the server's, as far as sorting can tell: there,
//! null and nothing are the same, and an empty list is neither.

use bson::{Bson, doc};
use schema_core::{Chain, Unversioned};

use super::super::{
    branches::numbers,
    place::{Carried, Missing, Place},
};

const NOTHING: &str = "$$REMOVE";

pub(super) fn value(place: &Place, head: &str) -> Bson {
    match place {
        Place::Same => Bson::from(format!("${head}")),
        Place::Gone => Bson::from(NOTHING),
        Place::Constant(value) => literal(value),
        Place::Carried(carried) => carried_value(carried),
    }
}

fn carried_value(carried: &Carried) -> Bson {
    let missing = match &carried.missing {
        Missing::Value(value) if *value != Bson::Null => Some(literal(value)),
        Missing::Value(_) | Missing::Refused | Missing::Nothing => None,
    };
    let stored = match (carried.names, missing) {
        ([name], None) => Bson::from(format!("${name}")),
        (names, missing) => {
            let branches = names.iter().map(|name| {
                let name = format!("${name}");
                Bson::from(doc! { "case": { "$ne": [{ "$type": &name }, "missing"] }, "then": &name })
            });
            let branches: Vec<Bson> = branches.collect();
            let default = missing.unwrap_or_else(|| NOTHING.into());
            Bson::from(doc! { "$switch": { "branches": branches, "default": default } })
        }
    };
    match &carried.omitted {
        Some(omitted) if *omitted != Bson::Null => {
            Bson::from(doc! { "$cond": [{ "$eq": [stored.clone(), literal(omitted)] }, NOTHING, stored] })
        }
        _ => stored,
    }
}

/// Whether a document is of one of these versions.
pub(super) fn case(chain: Chain, versions: &[u32]) -> Bson {
    let stamp = format!("${}", chain.version_field);
    let stamped = doc! { "$in": [&stamp, numbers(versions).collect::<Vec<_>>()] };
    match chain.unversioned {
        Unversioned::Version(version) if versions.contains(&version) => {
            Bson::from(doc! { "$or": [stamped, { "$eq": [{ "$type": &stamp }, "missing"] }] })
        }
        _ => Bson::from(stamped),
    }
}

fn literal(value: &Bson) -> Bson {
    Bson::from(doc! { "$literal": value.clone() })
}
