//! Which declared index is which of those that are there.

use schema_core::history::Version;

use super::{
    existing::Existing,
    report::{IndexState, RetiredIndex, UndeclaredIndex},
    specification::Specification,
};

pub(super) struct Comparison {
    /// With what each is to be.
    pub(super) declared: Vec<(Specification, IndexState)>,
    pub(super) retired: Vec<RetiredIndex>,
    pub(super) undeclared: Vec<UndeclaredIndex>,
}

impl Comparison {
    pub(super) fn new(history: &'static Version, existing: &Existing) -> Self {
        let mut older = Vec::new();
        for version in history.versions().skip(1) {
            older.extend(specifications(version, existing).map(|index| (version.version, index)));
        }
        let declared: Vec<_> = specifications(history, existing).collect();
        let mut states: Vec<IndexState> = Vec::new();
        let mut taken: Vec<&str> = Vec::new();
        for index in &declared {
            let (state, takes) = state(index, &declared, existing, &older);
            states.push(state);
            taken.extend(takes);
        }
        let (mut retired, mut undeclared) = (Vec::new(), Vec::new());
        for index in existing.indexes.iter().filter(|index| !taken.contains(&index.name.as_str())) {
            match declared_up_to(index, &older) {
                Some(version) => {
                    retired.push(RetiredIndex { name: index.name.clone(), declared_up_to: version });
                }
                None => {
                    let mut specification = index.written.clone();
                    specification.remove("name");
                    undeclared.push(UndeclaredIndex { name: index.name.clone(), specification });
                }
            }
        }
        Self { declared: declared.into_iter().zip(states).collect(), retired, undeclared }
    }
}

fn specifications<'a>(
    version: &'static Version,
    existing: &'a Existing,
) -> impl Iterator<Item = Specification> + 'a {
    version.indexes.iter().map(|index| Specification::declared(index, existing.collation.as_ref()))
}

/// What of an index is there, and the name of the one that is for it.
fn state<'a>(
    index: &Specification,
    declared: &[Specification],
    existing: &'a Existing,
    older: &[(u32, Specification)],
) -> (IndexState, Option<&'a str>) {
    let same_name = existing.indexes.iter().find(|other| other.name == index.name);
    let same = existing.indexes.iter().find(|other| index.is_for_the_same(other));
    let different = |other: &'a Specification| {
        let (existing, differences) = (other.name.clone(), index.differences(other));
        let declared_up_to = declared_up_to(other, older);
        (IndexState::Different { existing, differences, declared_up_to }, Some(other.name.as_str()))
    };
    match (same_name, same) {
        // Its name is another's, and it has one of its own.
        (Some(other), Some(same)) if other.name != same.name && is_anothers(same, declared) => {
            different(other)
        }
        (_, Some(same)) if !index.differences(same).is_empty() => different(same),
        (_, Some(same)) if same.name == index.name => (IndexState::There, Some(&same.name)),
        (_, Some(same)) => (IndexState::OtherName { existing: same.name.clone() }, Some(&same.name)),
        (Some(other), None) => different(other),
        (None, None) => {
            let mut text = existing.indexes.iter().filter(|other| index.is_text() && other.is_text());
            text.next().map_or((IndexState::Missing, None), different)
        }
    }
}

/// Whether it has the name of a declared index.
fn is_anothers(existing: &Specification, declared: &[Specification]) -> bool {
    declared.iter().any(|index| index.name == existing.name)
}

/// The newest older version that declares this index as it is.
fn declared_up_to(existing: &Specification, older: &[(u32, Specification)]) -> Option<u32> {
    let as_it_is = |index: &Specification| index.differences(existing).is_empty();
    older.iter().find(|(_, index)| as_it_is(index)).map(|(version, _)| *version)
}
