//! What a check of checked-in files has found.

use std::{error::Error, fmt};

/// Everything that a check has found, one sentence each, with what to do.
#[derive(Debug, Default)]
pub struct Findings(Vec<String>);

impl Findings {
    pub(super) fn one(finding: impl Into<String>) -> Self {
        Self(vec![finding.into()])
    }

    pub(super) fn add(&mut self, finding: impl Into<String>) {
        self.0.push(finding.into());
    }

    /// `Ok` if nothing was found.
    pub(super) fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The findings, in the order of the versions.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, finding) in self.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(f, "{separator}- {finding}")?;
        }
        Ok(())
    }
}

impl Error for Findings {}
