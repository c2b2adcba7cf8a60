//! Renaming a field.

use bson::doc;

use super::{
    super::{Context, Direction, Step, StepError, Transaction, Work},
    Refused,
    field_path::FieldPath,
    server,
};

/// Made by [`rename_field`].
#[derive(Debug, Clone)]
pub struct RenameField {
    collection: String,
    from: FieldPath,
    to: FieldPath,
}

/// Renames a field of all documents of a collection, or moves it into or out of a nested document. It comes to stand at the end; an emptied
/// document that it has left stays.
///
/// Nothing is overwritten: where documents have both names, the step fails before anything is written, and those that come to have
/// both while it is at work are left as they are. Documents without the field are left alone. The way back is the same with the
/// names exchanged, also where the new name was there before.
///
/// ```
/// use schema_runtime::migration::{Migration, steps};
///
/// let migration = Migration::new("20261122-amount").step(steps::rename_field("orders", "total", "amount"));
/// # assert_eq!(migration.id(), "20261122-amount");
/// ```
#[must_use]
pub fn rename_field(
    collection: impl Into<String>,
    from: impl Into<String>,
    to: impl Into<String>,
) -> RenameField {
    RenameField { collection: collection.into(), from: FieldPath::new(from), to: FieldPath::new(to) }
}

impl RenameField {
    async fn rename(&self, context: &Context, from: &FieldPath, to: &FieldPath) -> Result<(), StepError> {
        from.check()?;
        to.check()?;
        if from.overlaps(to) {
            let path = to.as_str().to_owned();
            return Err(Refused::Path {
                path,
                why: "the field to be renamed is within it, around it, or it",
            }
            .into());
        }
        let collection = &self.collection;
        let named = doc! { from.as_str(): { "$exists": true } };
        from.refuse_lists(context, collection, named.clone()).await?;
        to.refuse_other_than_documents(context, collection, named).await?;
        let both = doc! { from.as_str(): { "$exists": true }, to.as_str(): { "$exists": true } };
        if let Some(server::Found { documents, example }) = server::find(context, collection, both).await? {
            let (from, to) = (from.as_str().to_owned(), to.as_str().to_owned());
            return Err(
                Refused::BothThere { collection: collection.clone(), from, to, documents, example }.into()
            );
        }
        let left = doc! { from.as_str(): { "$exists": true }, to.as_str(): { "$exists": false } };
        let rename = doc! { "$rename": { from.as_str(): to.as_str() } };
        context.count(server::update(context, collection, left, rename).await?);
        Ok(())
    }
}

impl Step for RenameField {
    fn describe(&self) -> String {
        format!("rename field `{}` of `{}` to `{}`", self.from.as_str(), self.collection, self.to.as_str())
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.rename(context, &self.from, &self.to))
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(self.rename(context, &self.to, &self.from))
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }
}
