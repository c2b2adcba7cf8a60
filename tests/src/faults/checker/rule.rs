//! What has to hold.

use std::fmt;

/// What has to hold for every document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A document that was inserted and not deleted is there.
    Lost,
    /// A document that was deleted, or never inserted, is not there.
    Resurrected,
    /// An acknowledged update is there, or was overwritten by a later one of the same writer.
    LostUpdate,
    /// Each step is taken exactly once.
    Converted,
    /// A document that can be converted is at the target.
    AtTarget,
    /// A document that cannot be converted is as it was written.
    Untouched,
    /// A document that cannot be converted has a record.
    Recorded,
    /// No other document has a record.
    RecordedForCause,
    /// A document has no field that nobody has written.
    NothingMore,
}

/// A rule that does not hold, and where it shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    pub rule: Rule,
    pub reason: String,
}

impl Broken {
    pub(super) fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self { rule, reason: reason.into() }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = match self.rule {
            Rule::Lost => "a document was lost",
            Rule::Resurrected => "a document is there that should not be",
            Rule::LostUpdate => "an update was lost",
            Rule::Converted => "it was not converted exactly once",
            Rule::AtTarget => "it is not at the target",
            Rule::Untouched => "it cannot be converted, and was changed",
            Rule::Recorded => "it cannot be converted, and there is no record of it",
            Rule::RecordedForCause => "there is a record of a failure, and nothing wrong with it",
            Rule::NothingMore => "it has a field that nobody has written",
        };
        write!(f, "{rule}: {}", self.reason)
    }
}
