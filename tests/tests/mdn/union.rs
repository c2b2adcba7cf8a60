//! What may be stored in more than one form.

use serde::{Deserialize, Serialize};

/// One, or a list of several.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<Old, New: From<Old>> From<OneOrMany<Old>> for Vec<New> {
    fn from(old: OneOrMany<Old>) -> Self {
        match old {
            OneOrMany::One(one) => vec![one.into()],
            OneOrMany::Many(many) => many.into_iter().map(New::from).collect(),
        }
    }
}

impl<New, Old: From<New>> From<Vec<New>> for OneOrMany<Old> {
    fn from(new: Vec<New>) -> Self {
        let mut many: Vec<Old> = new.into_iter().map(Old::from).collect();
        match many.pop() {
            Some(one) if many.is_empty() => Self::One(one),
            last => {
                many.extend(last);
                Self::Many(many)
            }
        }
    }
}

/// A list out of what may be missing.
pub fn listed<T>(union: Option<OneOrMany<T>>) -> Vec<T> {
    union.map(Vec::from).unwrap_or_default()
}

/// An empty list was never stored: it was missing.
pub fn unlisted<T>(list: Vec<T>) -> Option<OneOrMany<T>> {
    Some(list).filter(|list| !list.is_empty()).map(OneOrMany::from)
}
