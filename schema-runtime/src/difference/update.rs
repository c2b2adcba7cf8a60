//! From one document to another, as an update of the server's.

use bson::{Bson, Document, doc};

use super::equal::same;

/// An update that makes one document out of another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Update {
    /// `$set` and `$unset` by dotted paths.
    Fields { set: Document, unset: Vec<String> },
    /// The whole document, where a changed field has a name that a dotted path cannot say.
    Replacement(Document),
}

/// A changed field whose name is not a path segment: it has a dot in it, starts with `$`, or is empty.
struct Unaddressable;

impl Update {
    pub(super) fn between(before: &Document, after: Document) -> Self {
        let mut fields = Fields::default();
        match fields.walk("", before, &after) {
            Ok(()) => Self::Fields { set: fields.set, unset: fields.unset },
            Err(Unaddressable) => Self::Replacement(after),
        }
    }

    /// The update document to send.
    pub(crate) fn into_document(self) -> Document {
        match self {
            Self::Replacement(document) => document,
            Self::Fields { set, unset } => {
                // Even an empty `$set`: an update without operators would replace the document.
                let mut update = doc! { "$set": set };
                if !unset.is_empty() {
                    let unset: Document = unset.into_iter().map(|path| (path, Bson::from(""))).collect();
                    update.insert("$unset", unset);
                }
                update
            }
        }
    }
}

#[derive(Default)]
struct Fields {
    set: Document,
    unset: Vec<String>,
}

impl Fields {
    fn walk(&mut self, prefix: &str, before: &Document, after: &Document) -> Result<(), Unaddressable> {
        for (name, after) in after {
            match before.get(name) {
                Some(before) if same(before, after) => {}
                Some(Bson::Document(before)) if self.walk_inside(prefix, name, before, after) => {}
                _ => {
                    self.set.insert(path(prefix, name)?, after.clone());
                }
            }
        }
        for name in before.keys().filter(|name| !after.contains_key(*name)) {
            self.unset.push(path(prefix, name)?);
        }
        Ok(())
    }

    /// Whether it was possible; where it is not, the inner document is to be set as a whole.
    fn walk_inside(&mut self, prefix: &str, name: &str, before: &Document, after: &Bson) -> bool {
        let (Bson::Document(after), Ok(path)) = (after, path(prefix, name)) else { return false };
        let mut inner = Self::default();
        if inner.walk(&path, before, after).is_err() {
            return false;
        }
        self.set.extend(inner.set);
        self.unset.append(&mut inner.unset);
        true
    }
}

fn path(prefix: &str, name: &str) -> Result<String, Unaddressable> {
    if name.is_empty() || name.starts_with('$') || name.contains('.') {
        Err(Unaddressable)
    } else if prefix.is_empty() {
        Ok(name.to_owned())
    } else {
        Ok(format!("{prefix}.{name}"))
    }
}
