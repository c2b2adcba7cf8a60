//! What a writer meant to do, and what it was told of it.

use std::fmt;

use super::content::{Content, Count};

/// One operation of one writer.
#[derive(Debug, Clone)]
pub struct Entry {
    pub writer: usize,
    /// The document.
    pub number: u32,
    pub operation: Operation,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    Insert(Content),
    Replace(Content),
    Delete,
    /// `$set` of the text, under the name that the release has for it.
    SetText(Text),
    /// `$inc` of the count, under the name that the release has for it.
    Add {
        name: &'static str,
        amount: i64,
        only: Option<u32>,
    },
    /// `$set` of a field within the map of marks.
    Mark {
        name: String,
        value: i64,
    },
    /// `$inc` of such a field.
    AddMark {
        name: String,
    },
    /// `$set` of a field that no type knows.
    Note {
        name: String,
        value: i64,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    pub name: &'static str,
    pub text: String,
    /// Only if the document is at this version: a release does not set a field where it does not exist yet.
    pub only: Option<u32>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was begun.
    Pending,
    Acknowledged {
        matched: bool,
    },
    /// It may have been done or not.
    Unknown(String),
}

impl Operation {
    /// The version that the document has to be at, if it matters.
    pub fn only(&self) -> Option<u32> {
        match self {
            Self::SetText(Text { only, .. }) | Self::Add { only, .. } => *only,
            _ => None,
        }
    }

    /// What it makes of a document; `None` is one that is not there.
    pub fn apply(&self, content: &mut Option<Content>) {
        match self {
            Self::Insert(new) | Self::Replace(new) => *content = Some(new.clone()),
            Self::Delete => *content = None,
            change => {
                if let Some(content) = content {
                    change.apply_to(content);
                }
            }
        }
    }

    fn apply_to(&self, content: &mut Content) {
        match self {
            Self::Insert(_) | Self::Replace(_) | Self::Delete => {}
            Self::SetText(text) => content.texts.push(text.text.clone()),
            Self::Add { amount, .. } => {
                if let Count::Number(number) = &mut content.count {
                    *number += amount;
                }
            }
            Self::Mark { name, value } => drop(content.marks.insert(name.clone(), *value)),
            Self::AddMark { name } => *content.marks.entry(name.clone()).or_default() += 1,
            Self::Note { name, value } => drop(content.unknown.insert(name.clone(), *value)),
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "writer {}: {}: ", self.writer, self.operation)?;
        match &self.outcome {
            Outcome::Pending => f.write_str("begun"),
            Outcome::Acknowledged { matched: true } => f.write_str("acknowledged"),
            Outcome::Acknowledged { matched: false } => f.write_str("acknowledged, and no document matched"),
            Outcome::Unknown(error) => write!(f, "unknown ({error})"),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Insert(content) => write!(f, "insert {content}"),
            Self::Replace(content) => write!(f, "replace by {content}"),
            Self::Delete => f.write_str("delete"),
            Self::SetText(Text { name, text, .. }) => write!(f, "set {name} to {text:?}"),
            Self::Add { name, amount, .. } => write!(f, "add {amount} to {name}"),
            Self::Mark { name, value } | Self::Note { name, value } => write!(f, "set {name} to {value}"),
            Self::AddMark { name } => write!(f, "add 1 to {name}"),
        }?;
        self.only().map_or(Ok(()), |version| write!(f, " if at version {version}"))
    }
}
