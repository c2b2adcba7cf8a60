//! A context that nobody gave, and how to tell it from a document that is wrong.

use std::{cell::RefCell, error::Error, iter::successors};

thread_local! {
    /// Those that were ever missing on this thread, each once.
    static NOTED: RefCell<Vec<MissingContext>> = const { RefCell::new(Vec::new()) };
}

/// A conversion asked for a context that nobody gave. The document may be as right as any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no context `{type_name}` here; read through a `VersionedCollection` that was given one (`with_context`), or within \
     `Contexts::scope`"
)]
pub struct MissingContext {
    type_name: &'static str,
}

impl MissingContext {
    pub(super) fn noted(type_name: &'static str) -> Self {
        let missing = Self { type_name };
        NOTED.with_borrow_mut(|noted| {
            if !noted.contains(&missing) {
                noted.push(missing);
            }
        });
        missing
    }

    /// The Rust name of the type that was asked for.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }
}

/// What was missing, if that is why something failed with this error.
pub(crate) fn missing_in(error: &(dyn Error + 'static)) -> Option<MissingContext> {
    let mut causes = successors(Some(error), |cause| (*cause).source());
    causes.find_map(|cause| cause.downcast_ref().copied().or_else(|| told_by(cause)))
}

/// The error of a document within another one has gone through serde, which keeps the text of an error and nothing else. The text
/// alone could be anybody's; so it has to be about a context that really was missing here.
fn told_by(cause: &dyn Error) -> Option<MissingContext> {
    let noted = NOTED.with_borrow(Vec::clone);
    if noted.is_empty() {
        return None;
    }
    let text = cause.to_string();
    noted.into_iter().find(|missing| text.contains(&missing.to_string()))
}
