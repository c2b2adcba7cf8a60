//! What a chain does to a field by which a collection is sharded. The server moves a document whose shard key changes only
//! for a single write in a transaction or with a retry of the driver's, which a backfill's writes are not
//! (<https://www.mongodb.com/docs/manual/core/sharding-change-shard-key-value/>).

use schema_core::history::{Rule, Step, Version};

/// What happens to a stored field on its way up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// No version knows it, or each carries it.
    Keeps,
    /// A function makes its value: it may stay what it was. The server refuses each document where it does not.
    May,
    /// One step removes it, renames it or sets it.
    Changes { from: u32, to: u32 },
}

/// What the chain up to `current` does to a field of a shard key, which may be inside another field.
pub(super) fn effect(current: &'static Version, key: &str) -> Effect {
    let name = key.split('.').next().unwrap_or(key);
    // A step may not change it.
    if name == "_id" {
        return Effect::Keeps;
    }
    let steps = current.versions().filter_map(|version| Some((version.previous?, version)));
    steps.map(|(previous, version)| step(previous, version, name)).fold(Effect::Keeps, |all, one| {
        match (all, one) {
            (Effect::Changes { .. }, _) | (_, Effect::Keeps) => all,
            _ => one,
        }
    })
}

fn step(previous: &'static Version, version: &'static Version, name: &str) -> Effect {
    let changes = Effect::Changes { from: previous.version, to: version.version };
    // What is written by hand, in variants or in a flattened field has no rule to go by.
    let unstated = |version: &Version| {
        version.variants.is_some() || version.fields.iter().any(|field| field.stored_as.is_none())
    };
    if unstated(previous) || unstated(version) || matches!(version.step, Step::Manual { .. }) {
        return Effect::May;
    }
    let Some(field) = version.fields.iter().find(|field| field.stored_as == Some(name)) else {
        return if previous.knows(name) { changes } else { Effect::Keeps };
    };
    match field.rule {
        Rule::Carried { from } if previous.field(from).is_some_and(|old| old.stored_as == Some(name)) => {
            Effect::Keeps
        }
        Rule::Carried { .. } => changes,
        Rule::Added { .. } if previous.knows(name) => changes,
        // Where the old type does not know the field, what is stored stays.
        Rule::Added { .. } | Rule::With { .. } | Rule::Computed { .. } | Rule::Unstated => Effect::May,
    }
}

#[cfg(test)]
mod tests {
    use schema_core::VersionedDocument;

    use super::*;

    #[derive(VersionedDocument)]
    #[versioned(version = 1)]
    #[allow(dead_code, reason = "only its history is looked at")]
    struct V1 {
        region: String,
        #[serde(rename = "country")]
        land: String,
        city: String,
        street: String,
    }

    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = V1, removed(street))]
    #[allow(dead_code, reason = "only its history is looked at")]
    struct V2 {
        region: String,
        #[serde(rename = "country")]
        land: String,
        #[versioned(with = |city| city.to_lowercase())]
        city: String,
        #[versioned(added)]
        planet: String,
    }

    #[derive(VersionedDocument)]
    #[versioned(version = 3, previous = V2)]
    #[allow(dead_code, reason = "only its history is looked at")]
    struct V3 {
        region: String,
        land: String,
        city: String,
        planet: String,
    }

    #[test]
    fn a_step_that_gives_the_name_to_another_value_changes_it() {
        let effect = |key| effect(V3::HISTORY, key);
        assert_eq!(effect("_id"), Effect::Keeps);
        assert_eq!(effect("region"), Effect::Keeps);
        assert_eq!(effect("unheard.of"), Effect::Keeps);
        assert_eq!(effect("city"), Effect::May);
        assert_eq!(effect("planet"), Effect::May);
        assert_eq!(effect("street.number"), Effect::Changes { from: 1, to: 2 });
        // The Rust name is the same, the stored one is not.
        assert_eq!(effect("country"), Effect::Changes { from: 2, to: 3 });
        assert_eq!(effect("land"), Effect::Changes { from: 2, to: 3 });
    }
}
