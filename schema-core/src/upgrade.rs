//! Why a step failed, and where in the document.

use std::{borrow::Cow, error::Error, fmt};

/// The cause of a failed conversion, whatever its type.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// A step that could not convert a document: which field, and why.
///
/// This is the `Error` of every `TryFrom` that the derives write. The message names the field; the cause is
/// the error that the conversion function returned, through [`source`](Error::source).
#[derive(Debug)]
pub struct UpgradeError(Box<Failure>);

#[derive(Debug)]
struct Failure {
    path: FieldPath,
    cause: Cause,
}

impl UpgradeError {
    /// Wraps the error of a conversion. An `UpgradeError` inside keeps its path, below `path`.
    pub(crate) fn new(mut path: FieldPath, cause: Cause) -> Self {
        match cause.downcast::<UpgradeError>() {
            Ok(inner) => {
                let mut failure = inner.0;
                failure.path.0.append(&mut path.0);
                Self(failure)
            }
            Err(cause) => Self(Box::new(Failure { path, cause })),
        }
    }

    /// The field that could not be converted, by its stored name in the version that the step leads to. Empty
    /// for the error of a hand-written step.
    #[must_use]
    pub fn path(&self) -> &FieldPath {
        &self.0.path
    }
}

impl fmt::Display for UpgradeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.path.is_empty() {
            f.write_str("the document could not be converted")
        } else {
            write!(f, "field `{}` could not be converted", self.0.path)
        }
    }
}

impl Error for UpgradeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.cause.as_ref())
    }
}

/// A place in a document: `addresses[3].zip`, `prices["EUR"]`.
// Innermost segment first: errors travel outwards and push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldPath(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    Field(Cow<'static, str>),
    Index(usize),
    /// The key of a map, as it is shown.
    Key(String),
}

impl FieldPath {
    /// Whether the path names the document as a whole.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same place, seen from one level further out.
    pub(crate) fn within(mut self, segment: Segment) -> Self {
        self.0.push(segment);
        self
    }

    pub(crate) fn within_field(self, name: &'static str) -> Self {
        self.within(Segment::Field(name.into()))
    }

    pub(crate) fn within_index(self, index: usize) -> Self {
        self.within(Segment::Index(index))
    }

    pub(crate) fn within_key(self, key: &impl fmt::Debug) -> Self {
        self.within(Segment::Key(format!("{key:?}")))
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().rev().enumerate() {
            match segment {
                Segment::Field(name) if position == 0 => f.write_str(name)?,
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) => write!(f, "[{key}]")?,
            }
        }
        Ok(())
    }
}
