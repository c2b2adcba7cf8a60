//! Conditions that have been rewritten, and how they go together.

use bson::{Document, doc};

/// What became of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rewritten {
    /// It is true of every document of the version.
    Always,
    Never,
    /// Of those that this filter finds.
    When(Document),
}

impl Rewritten {
    pub(super) fn decided(is_true: bool) -> Self {
        if is_true { Self::Always } else { Self::Never }
    }

    /// All of them are true. In one document as long as no name is said twice.
    pub(super) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let Some(filters) = Self::necessary(conditions) else { return Self::Never };
        let (mut whole, mut others) = (Document::new(), Vec::new());
        for filter in filters {
            if filter.keys().any(|name| whole.contains_key(name)) {
                others.push(filter);
            } else {
                whole.extend(filter);
            }
        }
        if !others.is_empty() {
            match whole.get_array_mut("$and") {
                Ok(list) => list.extend(others.into_iter().map(Into::into)),
                Err(_) => drop(whole.insert("$and", others)),
            }
        }
        if whole.is_empty() { Self::Always } else { Self::When(whole) }
    }

    /// The same as an `$and` that was written out.
    pub(super) fn all_listed(conditions: impl IntoIterator<Item = Self>) -> Self {
        match Self::necessary(conditions) {
            None => Self::Never,
            Some(filters) if filters.is_empty() => Self::Always,
            Some(filters) => Self::When(doc! { "$and": filters }),
        }
    }

    /// At least one of them is true.
    pub(super) fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        match Self::possible(conditions) {
            None => Self::Always,
            Some(filters) if filters.is_empty() => Self::Never,
            Some(filters) => Self::When(doc! { "$or": filters }),
        }
    }

    /// None of them is true.
    pub(super) fn none(conditions: impl IntoIterator<Item = Self>) -> Self {
        match Self::possible(conditions) {
            None => Self::Never,
            Some(filters) if filters.is_empty() => Self::Always,
            Some(filters) => Self::When(doc! { "$nor": filters }),
        }
    }

    /// Those that are still to be asked; `None` if one is never true.
    fn necessary(conditions: impl IntoIterator<Item = Self>) -> Option<Vec<Document>> {
        let filters = conditions.into_iter().filter_map(|condition| match condition {
            Self::Always => None,
            Self::Never => Some(None),
            Self::When(filter) => Some(Some(filter)),
        });
        filters.collect()
    }

    /// Those that are still to be asked; `None` if one is always true.
    fn possible(conditions: impl IntoIterator<Item = Self>) -> Option<Vec<Document>> {
        let filters = conditions.into_iter().filter_map(|condition| match condition {
            Self::Always => Some(None),
            Self::Never => None,
            Self::When(filter) => Some(Some(filter)),
        });
        filters.collect()
    }
}
