//! What of a database is wanted: all of it, some collections, or some documents of one.

use bson::Document;

use super::{catalog::Entry, error::BackupError};

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Scope {
    #[default]
    All,
    Collections(Vec<String>),
    Documents {
        collection: String,
        filter: Document,
    },
}

impl Scope {
    pub(super) fn collections(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Collections(names.into_iter().map(Into::into).collect())
    }

    /// Those of these that are wanted.
    ///
    /// # Errors
    ///
    /// [`BackupError::NoSuchCollections`] when some are not there.
    pub(super) fn of<T>(
        &self,
        place: impl ToString,
        mut there: Vec<T>,
        name: impl Fn(&T) -> &str,
    ) -> Result<Vec<T>, BackupError> {
        let wanted = match self {
            Self::All => return Ok(there),
            Self::Collections(names) => names.clone(),
            Self::Documents { collection, .. } => vec![collection.clone()],
        };
        let is_there = |wanted: &String| there.iter().any(|found| name(found) == wanted);
        let missing: Vec<String> = wanted.iter().filter(|wanted| !is_there(wanted)).cloned().collect();
        if !missing.is_empty() {
            return Err(BackupError::NoSuchCollections {
                place: place.to_string(),
                names: missing,
                there: there.iter().map(|found| name(found).to_owned()).collect(),
            });
        }
        there.retain(|found| wanted.iter().any(|wanted| wanted == name(found)));
        Ok(there)
    }

    /// The filter for the documents of a collection, if not all of them are wanted.
    pub(super) fn filter(&self, entry: &Entry) -> Option<&Document> {
        match self {
            Self::Documents { collection, filter } if *collection == entry.name => Some(filter),
            _ => None,
        }
    }
}
