//! From the stored document to the one to be stored, by what changes at the top level.
//!
//! Most fields are stored as they are written again: those are told by their bytes and not looked into.

use bson::{Bson, RawBson, RawDocument, RawDocumentBuf};

use super::{
    Documents, Fields, Obstacle, Types,
    equal::{identical, same},
    merge::{Known, Merge},
    path::Path,
};

/// What makes one document out of another: fields of the top level to be set, and names to be removed.
///
/// A field that is new comes last, one that is set keeps its place. A nested document is set as a whole; the server finds out
/// by itself what has changed in it and replicates only that.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Update {
    /// The fields that are set, or all that there are to be.
    pub(crate) set: RawDocumentBuf,
    pub(crate) unset: Vec<String>,
    /// Whether the document becomes `set`, in the order of its fields as well.
    pub(crate) whole: bool,
}

impl Update {
    /// Makes another document of it, of the same `_id`.
    pub(crate) fn to(document: RawDocumentBuf) -> Self {
        Self { set: document, unset: Vec::new(), whole: true }
    }

    /// Whether there is nothing to be written.
    pub(crate) fn is_empty(&self) -> bool {
        !self.whole && self.set.is_empty() && self.unset.is_empty()
    }

    /// Of this update, what concerns fields that are not the same in these two documents.
    ///
    /// # Errors
    ///
    /// Bytes that are not BSON.
    pub(crate) fn between(
        self,
        before: &RawDocument,
        after: &RawDocument,
    ) -> Result<Self, bson::error::Error> {
        let (before, after) = (Fields::of(before)?, Fields::of(after)?);
        let differs = |name: &str| match (before.get(name), after.get(name)) {
            (Some(before), Some(after)) => !identical(before, after),
            (before, after) => before.is_some() || after.is_some(),
        };
        let mut set = RawDocumentBuf::new();
        for field in &self.set {
            let (name, value) = field?;
            if differs(name.as_str()) {
                set.append(name, value);
            }
        }
        let unset = self.unset.into_iter().filter(|name| differs(name)).collect();
        Ok(Self { set, unset, whole: self.whole })
    }

    /// What it makes of a document.
    ///
    /// # Errors
    ///
    /// Bytes that are not BSON.
    pub(crate) fn applied_to(&self, read: &RawDocument) -> Result<RawDocumentBuf, bson::error::Error> {
        if self.whole { Ok(self.set.clone()) } else { applied(read, &self.set, &self.unset) }
    }
}

/// What setting and removing fields makes of a document: one that is set keeps its place, a new one comes last.
///
/// # Errors
///
/// Bytes that are not BSON.
pub(crate) fn applied(
    read: &RawDocument,
    set: &RawDocument,
    unset: &[String],
) -> Result<RawDocumentBuf, bson::error::Error> {
    let mut outcome = RawDocumentBuf::new();
    for field in read {
        let (name, value) = field?;
        if !unset.iter().any(|removed| removed == name.as_str()) {
            outcome.append(name, set.get(name.as_str())?.unwrap_or(value));
        }
    }
    for field in set {
        let (name, value) = field?;
        if read.get(name.as_str())?.is_none() {
            outcome.append(name, value);
        }
    }
    Ok(outcome)
}

/// The update that brings the stored document up. None of the documents may have a name twice.
///
/// # Errors
///
/// The first [`Loss`](super::Loss) that an update could not avoid, or bytes that are not BSON.
pub(crate) fn difference(documents: &Documents<'_>, types: &dyn Types) -> Result<Update, Obstacle> {
    let Documents { stored, known, upgraded } = documents;
    let merge = Merge { types };
    let mut update = Update::default();
    for (name, before) in stored.iter() {
        let after = upgraded.get(name.as_str());
        // The identity is not a step's to change.
        if name.as_str() == "_id" || after.is_some_and(|after| identical(before, after)) {
            continue;
        }
        let written = known.get(name.as_str()).map(Bson::try_from).transpose()?;
        let known = match &written {
            Some(known) => Known::Written(known),
            None if types.has_name(name.as_str()) => Known::Read,
            None if after.is_none() => continue,
            None => Known::No,
        };
        let before = Bson::try_from(before)?;
        let after = after.map(Bson::try_from).transpose()?;
        match merge.field(Path::default().field(name.as_str()), &before, known, after.as_ref())? {
            None => update.unset.push(name.as_str().to_owned()),
            Some(merged) if same(&before, &merged) => {}
            Some(merged) => update.set.append(name, RawBson::try_from(merged)?),
        }
    }
    for (name, after) in upgraded.iter().filter(|(name, _)| stored.get(name.as_str()).is_none()) {
        update.set.append(name, after);
    }
    Ok(update)
}
