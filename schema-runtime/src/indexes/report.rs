//! What a comparison found, and what was changed.

use std::fmt::{self, Display};

use bson::{Bson, Document};
use serde::Serialize;

/// The indexes that a document type declares, and those that its collection has.
///
/// Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct IndexReport {
    /// The collection.
    pub collection: String,
    /// The schema version whose declaration it is.
    pub version: u32,
    /// The indexes that are declared.
    pub declared: Vec<DeclaredIndex>,
    /// Those that are there and were declared up to an older version.
    pub retired: Vec<RetiredIndex>,
    /// Those that are there and that no version declares. The server's own, on `_id`, is not told.
    pub undeclared: Vec<UndeclaredIndex>,
    /// What was changed before this was found.
    pub changes: Vec<IndexChange>,
}

/// One index that is declared.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct DeclaredIndex {
    /// Its name.
    pub name: String,
    /// Whether it is there.
    #[serde(flatten)]
    pub state: IndexState,
    /// Of a unique index: the older versions, not below the known floor, whose documents lack one of its keys. There it counts as null, and
    /// two of those may be duplicates.
    pub lacking: Vec<u32>,
}

/// Whether a declared index is there.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum IndexState {
    /// As it is declared.
    There,
    /// As it is declared, but for its name. Queries use it like any other.
    OtherName {
        /// What it is called.
        existing: String,
    },
    /// Not at all.
    Missing,
    /// There is one in its place.
    #[serde(rename_all = "camelCase")]
    Different {
        /// What that one is called.
        existing: String,
        /// In what it differs.
        differences: Vec<Difference>,
        /// The newest older version that declares it as it is.
        declared_up_to: Option<u32>,
    },
}

/// An option that is not as declared.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The server's name for it.
    pub option: &'static str,
    /// What is declared; `None` for what the server has if nothing is said.
    pub declared: Option<Bson>,
    /// What the index has.
    pub existing: Option<Bson>,
}

/// An index that only older versions declare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct RetiredIndex {
    /// Its name in the collection.
    pub name: String,
    /// The newest version that declares it. Whoever reads documents of that version may need it.
    pub declared_up_to: u32,
    /// Of a unique index: the newer versions whose documents lack one of its keys. The second of these may be refused.
    pub lacking: Vec<u32>,
}

/// An index that no version declares.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct UndeclaredIndex {
    /// Its name.
    pub name: String,
    /// What the server says of it.
    pub specification: Document,
}

/// Something that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", tag = "change")]
pub enum IndexChange {
    /// A declared index was built.
    Created {
        /// Its name.
        name: String,
    },
    /// One was changed in place.
    Modified {
        /// Its name.
        name: String,
    },
    /// One was dropped, to make place for a declared one, or because it was asked for.
    Dropped {
        /// Its name.
        name: String,
    },
}

impl IndexReport {
    /// Whether every declared index is there, under whatever name. Others that are there do not matter.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.declared.iter().all(|index| index.state.is_there())
    }
}

impl IndexState {
    /// Whether the index is there as it is declared, under whatever name.
    #[must_use]
    pub fn is_there(&self) -> bool {
        matches!(self, Self::There | Self::OtherName { .. })
    }
}

impl Display for IndexReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, version, declared, retired, undeclared, changes } = self;
        let there = declared.iter().filter(|index| index.state.is_there()).count();
        writeln!(
            f,
            "`{collection}` at schema version {version}: {there} of {} declared indexes are there",
            declared.len()
        )?;
        for index in declared {
            line(f, index.state.label(), &index.name, &index.state)?;
            let instead = "run a backfill before it is created, or declare it `sparse` or `partial`";
            lack(f, &index.lacking, instead)?;
        }
        for RetiredIndex { name, declared_up_to, lacking } in retired {
            line(f, "retired", name, &format_args!("declared up to version {declared_up_to}"))?;
            lack(f, lacking, "drop it by its name before more of them are written")?;
        }
        for UndeclaredIndex { name, specification } in undeclared {
            line(f, "not declared", name, specification)?;
        }
        for change in changes {
            let (label, name) = match change {
                IndexChange::Created { name } => ("created", name),
                IndexChange::Modified { name } => ("modified", name),
                IndexChange::Dropped { name } => ("dropped", name),
            };
            line(f, label, name, &"")?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, label: &str, name: &str, about: &dyn Display) -> fmt::Result {
    writeln!(f, "{}", format!("  {label:<13} {name}  {about}").trim_end())
}

/// Which versions lack a key of the index above.
fn lack(f: &mut fmt::Formatter<'_>, versions: &[u32], instead: &str) -> fmt::Result {
    if versions.is_empty() {
        return Ok(());
    }
    let versions: Vec<_> = versions.iter().map(ToString::to_string).collect();
    writeln!(
        f,
        "                documents of version {} lack a key of it, and two of them may be duplicates: {instead}",
        versions.join(", ")
    )
}

impl IndexState {
    fn label(&self) -> &'static str {
        match self {
            Self::There => "there",
            Self::OtherName { .. } => "other name",
            Self::Missing => "missing",
            Self::Different { .. } => "different",
        }
    }
}

/// What there is to say beyond its label.
impl Display for IndexState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::There | Self::Missing => Ok(()),
            Self::OtherName { existing } => write!(f, "it is called `{existing}`"),
            Self::Different { existing, differences, declared_up_to } => {
                write!(f, "`{existing}` has ")?;
                for (position, difference) in differences.iter().enumerate() {
                    write!(f, "{}{difference}", if position == 0 { "" } else { ", " })?;
                }
                match declared_up_to {
                    Some(version) => write!(f, "; declared so up to version {version}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { option, declared, existing } = self;
        match existing {
            Some(existing) => write!(f, "`{option}` {existing}")?,
            None => write!(f, "no `{option}`")?,
        }
        match declared {
            Some(declared) => write!(f, " instead of {declared}"),
            None => write!(f, ", which is not declared"),
        }
    }
}
