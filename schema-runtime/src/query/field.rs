//! A condition on a field of the current version, said about where an older document has it.
//!
//! The condition itself never changes: the server is asked it about the old name. Only where the old document and the new one
//! differ in more than the name, in what is missing or left out, is it decided here what the answer has to be, and
//! documents of that form are let in or kept out.

use bson::{Bson, Document, doc};

use super::{
    evaluate::{Found, evaluate},
    place::{Carried, Missing, Place},
    rewritten::Rewritten,
    stored_path::joined,
};

/// A condition on this value cannot be decided here.
pub(super) struct Undecided {
    pub(super) value: String,
}

pub(super) fn field(
    place: &Place,
    head: &str,
    rest: Option<&str>,
    condition: &Bson,
) -> Result<Rewritten, Undecided> {
    let decide = |value: Option<&Bson>| decide(condition, value, rest);
    match place {
        Place::Same => Ok(Rewritten::When(doc! { joined(head, rest): condition.clone() })),
        Place::Gone => decide(None).map(Rewritten::decided),
        Place::Constant(value) => decide(Some(value)).map(Rewritten::decided),
        Place::Carried(carried) => carried.asked(rest, condition),
    }
}

impl Carried {
    fn asked(&self, rest: Option<&str>, condition: &Bson) -> Result<Rewritten, Undecided> {
        let mut asked = self.value(rest, condition)?;
        // Of each form: whether the condition is true afterwards, and whether the server says so before.
        let mut forms = Vec::new();
        if let Missing::Value(value) = &self.missing {
            forms.push((Some(value), None, self.is_missing()));
        }
        if let Some(omitted) = &self.omitted {
            forms.push((None, Some(omitted), self.is(omitted)));
        }
        for (after, before, documents) in forms {
            if Found::below(after, rest).is_some_and(|found| Some(found) == Found::below(before, rest)) {
                continue;
            }
            // Where it is not certain what the server says, these documents are let in or kept out all the same.
            let before = decide(condition, before, rest).ok();
            match decide(condition, after, rest)? {
                answer if Some(answer) == before => {}
                true => asked = Rewritten::any([asked, documents]),
                false => asked = Rewritten::all([asked, Rewritten::none([documents])]),
            }
        }
        Ok(asked)
    }

    /// The condition on the value, under whichever of its names.
    fn value(&self, rest: Option<&str>, condition: &Bson) -> Result<Rewritten, Undecided> {
        let each =
            self.names.iter().map(|name| Rewritten::When(doc! { joined(name, rest): condition.clone() }));
        if let [_] = self.names {
            return Ok(Rewritten::all(each));
        }
        // A document has one of the names at most. Under the others, the condition is asked about nothing.
        match decide(condition, None, rest)? {
            true => Ok(Rewritten::all(each)),
            false => Ok(Rewritten::any(each)),
        }
    }

    fn is_missing(&self) -> Rewritten {
        let none = self.names.iter().map(|name| (String::from(*name), doc! { "$exists": false }.into()));
        Rewritten::When(none.collect::<Document>())
    }

    /// The documents that have this very value, and not in a list.
    fn is(&self, value: &Bson) -> Rewritten {
        let is = match value {
            Bson::Null if self.is_scalar => Bson::from(doc! { "$type": "null" }),
            Bson::Null => Bson::from(doc! { "$type": "null", "$not": { "$type": "array" } }),
            Bson::Array(_) => Bson::from(doc! { "$size": 0 }),
            other => other.clone(),
        };
        let each = self.names.iter().map(|name| Rewritten::When(doc! { *name: is.clone() }));
        if let [_] = self.names { Rewritten::all(each) } else { Rewritten::any(each) }
    }
}

fn decide(condition: &Bson, value: Option<&Bson>, rest: Option<&str>) -> Result<bool, Undecided> {
    let decided = Found::below(value, rest).and_then(|found| evaluate(condition, found));
    decided
        .ok_or_else(|| Undecided { value: value.map_or("missing".to_owned(), |value| format!("`{value}`")) })
}
