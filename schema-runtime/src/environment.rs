//! Environment: where a program runs, as far as it matters for what may be destroyed there.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Where a program runs.
///
/// ```
/// use schema_runtime::Environment;
///
/// assert_eq!("prod".parse(), Ok(Environment::Production));
/// assert_eq!(Environment::Staging.to_string(), "staging");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_enums, reason = "what is allowed where has to be decided for each of them")]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// A database that nobody misses: anything may be destroyed there.
    Development,
    /// One that somebody may miss: what destroys has to be confirmed.
    Staging,
    /// One that everybody misses: what destroys has to be allowed in so many words, and to have a backup, or a waiver of one.
    Production,
}

/// A text that names no environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no environment; there are development (dev), staging (stage) and production (prod)")]
pub struct UnknownEnvironment(String);

impl Environment {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(text: &str) -> Result<Self, UnknownEnvironment> {
        match text.to_lowercase().as_str() {
            "development" | "dev" => Ok(Self::Development),
            "staging" | "stage" => Ok(Self::Staging),
            "production" | "prod" => Ok(Self::Production),
            _ => Err(UnknownEnvironment(text.to_owned())),
        }
    }
}
