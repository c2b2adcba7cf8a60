//! The path of a field, which goes through documents and not through lists.

use bson::{Document, doc};

use super::{
    super::{Context, StepError},
    Refused, server,
};

/// A name, or several with dots between them.
#[derive(Debug, Clone)]
pub(super) struct FieldPath(String);

impl FieldPath {
    pub(super) fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The value there, in an expression.
    pub(super) fn value(&self) -> String {
        format!("${}", self.0)
    }

    /// Looks whether a step may have it.
    pub(super) fn check(&self) -> Result<(), Refused> {
        let why = if self.0.split('.').any(str::is_empty) {
            "it is empty, or a name in it is"
        } else if self.0.split('.').any(|name| name.starts_with('$')) {
            "a name in it begins with `$`"
        } else if self.0.split('.').next() == Some("_id") {
            "the `_id` of a document cannot be changed; `change_id` writes a document under another one"
        } else {
            return Ok(());
        };
        Err(Refused::Path { path: self.0.clone(), why })
    }

    /// Whether one of the two is within the other, or is it.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        within(&self.0, &other.0) || within(&other.0, &self.0)
    }

    /// Looks whether among these documents, some have a list on the way.
    pub(super) async fn refuse_lists(
        &self,
        context: &Context,
        collection: &str,
        among: Document,
    ) -> Result<(), StepError> {
        let lists = self.parents().map(|parent| doc! { "$isArray": [parent] }).collect();
        self.refuse(context, collection, among, lists, "a list").await
    }

    /// Looks whether among these documents, some have on the way what the field cannot be put into.
    pub(super) async fn refuse_other_than_documents(
        &self,
        context: &Context,
        collection: &str,
        among: Document,
    ) -> Result<(), StepError> {
        let fits = |parent| doc! { "$in": [{ "$type": parent }, ["object", "missing"]] };
        let others = self.parents().map(|parent| doc! { "$not": [fits(parent)] }).collect();
        self.refuse(context, collection, among, others, "no document").await
    }

    async fn refuse(
        &self,
        context: &Context,
        collection: &str,
        among: Document,
        any: Vec<Document>,
        found: &'static str,
    ) -> Result<(), StepError> {
        if any.is_empty() {
            return Ok(());
        }
        let filter = doc! { "$and": [among, { "$expr": { "$or": any } }] };
        match server::find(context, collection, filter).await? {
            None => Ok(()),
            Some(server::Found { documents, example }) => {
                let (collection, path) = (collection.to_owned(), self.0.clone());
                Err(Refused::InTheWay { collection, path, found, documents, example }.into())
            }
        }
    }

    /// The values that it goes through, in expressions.
    fn parents(&self) -> impl Iterator<Item = String> {
        self.0.match_indices('.').filter_map(|(end, _)| Some(format!("${}", self.0.get(..end)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_parents_that_it_goes_through() {
        let parents = |path: &str| FieldPath::new(path).parents().collect::<Vec<_>>();
        assert_eq!(parents("a"), Vec::<String>::new());
        assert_eq!(parents("a.b.c"), ["$a", "$a.b"]);
    }

    #[test]
    fn a_path_overlaps_with_those_within_it_and_around_it() {
        let overlap = |one: &str, other: &str| FieldPath::new(one).overlaps(&FieldPath::new(other));
        assert!(overlap("a", "a") && overlap("a.b", "a") && overlap("a", "a.b"));
        assert!(!overlap("a", "b") && !overlap("a", "ab") && !overlap("a.b", "a.c"));
    }

    #[test]
    fn paths_that_no_field_has_are_refused() {
        for path in ["", "a..b", ".a", "a.", "$a", "a.$[]", "_id", "_id.a"] {
            assert!(FieldPath::new(path).check().is_err(), "{path}");
        }
        assert!(FieldPath::new("a.b_id").check().is_ok());
    }
}
