//! What a document may be at the end, by the histories of its writers.
//!
//! Nobody but its owner replaces or deletes a document, and each writer has fields of its own in those that it shares; so the
//! order in which writers came does not matter. A writer lets a document alone after an operation of which it was not told the
//! outcome; so each writer has at most one of them for a document, and it is its last.

use super::{
    content::Content,
    history::{Entry, Outcome},
};

/// All that a document may be: the first is what it is if nothing was done that was not acknowledged.
pub fn possible<'e>(
    initial: Option<&Content>,
    history: impl IntoIterator<Item = &'e Entry>,
) -> Vec<Option<Content>> {
    let mut possible = vec![initial.cloned()];
    for entry in history {
        let done = |content: &Option<Content>| {
            let mut content = content.clone();
            entry.operation.apply(&mut content);
            content
        };
        match &entry.outcome {
            Outcome::Acknowledged { matched: false } => {}
            Outcome::Acknowledged { matched: true } => possible = possible.iter().map(done).collect(),
            Outcome::Unknown(_) | Outcome::Pending => possible.extend(possible.clone().iter().map(done)),
        }
    }
    possible
}

/// An operation that met no document although one had to be there.
pub fn missed(entry: &Entry) -> bool {
    entry.outcome == Outcome::Acknowledged { matched: false } && entry.operation.only().is_none()
}
