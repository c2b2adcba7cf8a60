//! Which declared index is which of those that are there.

use schema_core::{history::Version, index::Index};

use super::{
    existing::Existing,
    report::{IndexState, UndeclaredIndex},
    specification::Specification,
};

pub(super) struct Comparison {
    pub(super) declared: Vec<Declared>,
    /// By their names, with who has declared them last.
    pub(super) retired: Vec<(String, Older)>,
    pub(super) undeclared: Vec<UndeclaredIndex>,
}

/// One that the current version declares.
pub(super) struct Declared {
    pub(super) index: &'static Index,
    pub(super) specification: Specification,
    pub(super) state: IndexState,
}

/// One that an older version declares.
#[derive(Clone)]
pub(super) struct Older {
    pub(super) version: u32,
    pub(super) index: &'static Index,
    specification: Specification,
}

impl Comparison {
    pub(super) fn new(history: &'static Version, existing: &Existing) -> Self {
        let specification = |index| Specification::declared(index, existing.collation.as_ref());
        let mut older = Vec::new();
        for version in history.versions().skip(1) {
            older.extend(version.indexes.iter().map(|index| Older {
                version: version.version,
                index,
                specification: specification(index),
            }));
        }
        let wanted: Vec<Specification> = history.indexes.iter().map(specification).collect();
        let declared = history.indexes.iter().zip(&wanted).map(|(index, specification)| {
            let state = state(specification, &wanted, existing, &older);
            Declared { index, specification: specification.clone(), state }
        });
        let mut comparison =
            Self { declared: declared.collect(), retired: Vec::new(), undeclared: Vec::new() };
        for index in &existing.indexes {
            if comparison.takes(&index.name) {
                continue;
            }
            if let Some(of) = last_declared(index, &older) {
                comparison.retired.push((index.name.clone(), of.clone()));
            } else {
                let mut specification = index.written.clone();
                specification.remove("name");
                comparison.undeclared.push(UndeclaredIndex { name: index.name.clone(), specification });
            }
        }
        comparison
    }

    /// Whether the index of that name is there for one that is declared, or in its place.
    pub(super) fn takes(&self, name: &str) -> bool {
        self.declared.iter().any(|Declared { specification, state, .. }| match state {
            IndexState::There => specification.name == name,
            IndexState::OtherName { existing } | IndexState::Different { existing, .. } => existing == name,
            IndexState::Missing => false,
        })
    }
}

/// What there is for an index.
fn state(
    index: &Specification,
    declared: &[Specification],
    existing: &Existing,
    older: &[Older],
) -> IndexState {
    let same_name = existing.indexes.iter().find(|other| other.name == index.name);
    let same = existing.indexes.iter().find(|other| index.is_for_the_same(other));
    let different = |other: &Specification| IndexState::Different {
        existing: other.name.clone(),
        differences: index.differences(other),
        declared_up_to: last_declared(other, older).map(|of| of.version),
    };
    let is_anothers = |name: &str| declared.iter().any(|other| other.name == name && other != index);
    match (same_name, same) {
        // The two have each other's names.
        (Some(other), Some(same)) if other.name != same.name && is_anothers(&same.name) => different(other),
        (_, Some(same)) if !index.differences(same).is_empty() => different(same),
        (_, Some(same)) if same.name == index.name => IndexState::There,
        (_, Some(same)) => IndexState::OtherName { existing: same.name.clone() },
        (Some(other), None) => different(other),
        (None, None) => {
            // There can be but one.
            let text = existing.indexes.iter().find(|other| index.is_text() && other.is_text());
            text.map_or(IndexState::Missing, different)
        }
    }
}

/// The newest older version that declares this index as it is.
fn last_declared<'a>(existing: &Specification, older: &'a [Older]) -> Option<&'a Older> {
    older.iter().find(|of| of.specification.differences(existing).is_empty())
}
