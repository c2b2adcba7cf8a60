//! A filter in the words of one older version. What is joined or negated stays so inside of it: a negation around all
//! versions would be one of the versions, too.

use std::marker::PhantomData;

use bson::{Bson, Document, doc};
use schema_core::{DecodeOwned, history::Version};

use super::{
    field::field, operator, place::Place, rewritten::Rewritten, split, untranslatable::Untranslatable,
};

pub(super) struct Rewrite<T> {
    to: &'static Version,
    document: PhantomData<fn() -> T>,
}

impl<T: DecodeOwned> Rewrite<T> {
    pub(super) fn to(version: &'static Version) -> Self {
        Self { to: version, document: PhantomData }
    }

    pub(super) fn query(&self, filter: &Document) -> Result<Rewritten, Untranslatable> {
        let conditions = filter.iter().map(|(name, operand)| match name.as_str() {
            "$and" => self.each(name, operand).map(Rewritten::all_listed),
            "$or" => self.each(name, operand).map(Rewritten::any),
            "$nor" => self.each(name, operand).map(Rewritten::none),
            "$comment" => Ok(Rewritten::When(doc! { name: operand.clone() })),
            other if other.starts_with('$') => Err(self.unknown(other)),
            _ => self.condition(name, operand),
        });
        Ok(Rewritten::all(conditions.collect::<Result<Vec<_>, _>>()?))
    }

    fn each(&self, operator: &str, operand: &Bson) -> Result<Vec<Rewritten>, Untranslatable> {
        let no_filters = || Untranslatable::NoFilters { operator: operator.to_owned() };
        let filters = operand.as_array().ok_or_else(no_filters)?;
        filters.iter().map(|filter| self.query(filter.as_document().ok_or_else(no_filters)?)).collect()
    }

    fn condition(&self, path: &str, condition: &Bson) -> Result<Rewritten, Untranslatable> {
        if let Some(operator) = operator::unknown_in(condition) {
            return Err(self.unknown(operator));
        }
        let (head, rest) = split(path);
        let place = Place::of::<T>(self.to, head)
            .map_err(|obstacle| Untranslatable::field(path, self.to, obstacle))?;
        field(&place, head, rest, condition).map_err(|undecided| Untranslatable::Undecided {
            name: path.to_owned(),
            version: self.to.version,
            value: undecided.value,
            condition: condition.to_string(),
        })
    }

    fn unknown(&self, operator: &str) -> Untranslatable {
        Untranslatable::Operator { operator: operator.to_owned(), version: self.to.version }
    }
}
