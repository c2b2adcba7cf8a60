//! What has changed between two shapes, for a person.

use std::{collections::BTreeMap, fmt};

use super::line::Line;

/// One place that is not what it was.
///
/// ```
/// use schema_core::shape::{Line, difference};
///
/// let was = [Line::new("address.zip", "text"), Line::new("address.town", "text")];
/// let is = [Line::new("address.zip", "int32")];
/// let found: Vec<String> = difference(&was, &is).iter().map(ToString::to_string).collect();
/// assert_eq!(found, ["`address.town` is gone, it was text", "`address.zip` was text, is int32"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The place, as in [`Line::path`].
    pub path: String,
    /// What was there, unless it is new.
    pub was: Option<String>,
    /// What is there now, unless it is gone.
    pub is: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "." => f.write_str("the document")?,
            path => write!(f, "`{path}`")?,
        }
        match (&self.was, &self.is) {
            (Some(was), Some(is)) => write!(f, " was {was}, is {is}"),
            (Some(was), None) => write!(f, " is gone, it was {was}"),
            (None, Some(is)) => write!(f, " is new, it is {is}"),
            (None, None) => Ok(()),
        }
    }
}

/// The places at which two lists of lines differ, sorted. Of what is gone or new as a whole, the inside is not listed.
#[must_use]
pub fn difference(was: &[Line], is: &[Line]) -> Vec<Finding> {
    let mut places: BTreeMap<&str, [Vec<&str>; 2]> = BTreeMap::new();
    for line in was {
        places.entry(&line.path).or_default()[0].push(&line.text);
    }
    for line in is {
        places.entry(&line.path).or_default()[1].push(&line.text);
    }
    let mut found: Vec<Finding> = Vec::new();
    for (path, [was, is]) in places.into_iter().filter(|(_, [was, is])| was != is) {
        let text = |texts: Vec<&str>| (!texts.is_empty()).then(|| texts.join(" and "));
        let finding = Finding { path: path.to_owned(), was: text(was), is: text(is) };
        if !found.iter().any(|whole| whole.covers(&finding)) {
            found.push(finding);
        }
    }
    found
}

impl Finding {
    /// Whether the other is inside this one, and nothing but a part of the same change.
    fn covers(&self, other: &Self) -> bool {
        let both_gone = self.is.is_none() && other.is.is_none();
        let both_new = self.was.is_none() && other.was.is_none();
        let rest = other.path.strip_prefix(self.path.as_str());
        (both_gone || both_new) && rest.is_some_and(|rest| rest.starts_with(['.', '[', '{', '(']))
    }
}
