//! Failure: why a step was not made, and what is said of it.

use std::{any::Any, fmt};

use mongodb::error::{Error, ErrorKind};

use crate::{convert::with_causes, migration::StepError, schema::SchemaError};

/// Why a step was not made.
#[derive(Debug)]
pub(super) enum Failure {
    /// By its own fault: that is noted.
    Step(StepError),
    /// It could not be begun, or noted.
    Schema(SchemaError),
}

impl Failure {
    pub(super) fn contains_label(&self, label: &str) -> bool {
        match self {
            Self::Step(error) => {
                let ours = error.downcast_ref::<crate::Error>();
                driver(error).is_some_and(|error| error.contains_label(label))
                    || ours.is_some_and(|error| error.contains_label(label))
            }
            Self::Schema(SchemaError::Runtime(error)) => error.contains_label(label),
            Self::Schema(_) => false,
        }
    }

    /// What is to be done beside mending what is wrong.
    pub(super) fn hint(&self) -> Option<&'static str> {
        const NOT_SUPPORTED: i32 = 263;
        let Self::Step(error) = self else { return None };
        match driver(error)?.kind.as_ref() {
            ErrorKind::Command(command) if command.code == NOT_SUPPORTED => Some(
                "give the step `transaction(Transaction::Never)`, because the server does not do that in one",
            ),
            _ => None,
        }
    }
}

/// What a panic says, as an error of the step that has panicked: it is noted like any other.
pub(super) fn panicked(panic: &(dyn Any + Send)) -> StepError {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", text.unwrap_or("without a message")).into()
}

/// An error with its causes, and of the driver's only the first.
pub(super) fn text(error: &StepError) -> String {
    match driver(error) {
        Some(error) => error.kind.to_string(),
        None => with_causes(error.to_string(), error.source()),
    }
}

fn driver(error: &StepError) -> Option<&Error> {
    error.downcast_ref::<Error>()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(error) => f.write_str(&text(error)),
            Self::Schema(error) => {
                f.write_str(&with_causes(error.to_string(), std::error::Error::source(error)))
            }
        }
    }
}

impl From<SchemaError> for Failure {
    fn from(error: SchemaError) -> Self {
        Self::Schema(error)
    }
}

impl From<crate::Error> for Failure {
    fn from(error: crate::Error) -> Self {
        Self::Schema(error.into())
    }
}
