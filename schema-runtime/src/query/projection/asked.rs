//! What a projection says of each field.

use bson::{Bson, Document};

use super::{
    super::split,
    cut::{Cut, Fields},
};
use crate::numbers::integer;

#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Paths, and whether they are asked for.
    paths: Vec<(String, bool)>,
    /// Fields of which the server makes something, without a look at others.
    parts: Vec<String>,
    /// Whether nothing but those and the `_id` is asked for, unless something else is.
    has_elements: bool,
    /// The first path of which only the server knows what it makes.
    pub(super) by_server: Option<String>,
}

impl Asked {
    pub(super) fn of(projection: &Document) -> Self {
        let mut asked = Self::default();
        asked.read(projection, None);
        asked
    }

    fn read(&mut self, projection: &Document, below: Option<&str>) {
        for (name, value) in projection {
            let path = below.map_or_else(|| name.clone(), |below| format!("{below}.{name}"));
            let is_path = path.split('.').all(|name| !name.is_empty() && !name.starts_with('$'));
            match (value, is_asked_for(value)) {
                (_, Some(is)) if is_path => self.paths.push((path, is)),
                (Bson::Document(inside), _) if is_path && is_plain(inside) => self.read(inside, Some(&path)),
                (Bson::Document(inside), _) if is_path && is_part(inside) => {
                    self.parts.push(path);
                    self.has_elements |= inside.contains_key("$elemMatch");
                }
                _ => drop(self.by_server.get_or_insert(path)),
            }
        }
    }

    /// Whether only what is named is asked for.
    pub(super) fn has_inclusions(&self) -> bool {
        let has = |are: bool| self.paths.iter().any(|(path, is)| path != "_id" && *is == are);
        let is_id = || self.parts.is_empty() && self.included().next().is_some();
        has(true) || (!has(false) && (self.has_elements || is_id()))
    }

    pub(super) fn included(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().filter(|(_, is)| *is).map(|(path, _)| path.as_str())
    }

    pub(super) fn excluded(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().filter(|(_, is)| !is).map(|(path, _)| path.as_str())
    }

    /// The names of the fields that it is about.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(|(path, _)| path).chain(&self.parts).map(|path| split(path).0)
    }

    /// What is left of a document.
    ///
    /// # Errors
    ///
    /// The path of which a cut does not leave what the server leaves, or that the server refuses.
    pub(super) fn cut(&self) -> Result<Cut, String> {
        if let Some(path) = self.by_server.as_ref().or(self.parts.first()) {
            return Err(path.clone());
        }
        let includes = self.has_inclusions();
        let mut fields = Fields::default();
        if includes && !self.names().any(|name| name == "_id") {
            fields.add("_id");
        }
        for (path, is) in &self.paths {
            let is_possible = match *is == includes {
                true => fields.add(path),
                // The one that may be said the other way round, if nothing is said of what is in it.
                false => path == "_id" && self.names().filter(|name| *name == "_id").count() == 1,
            };
            if !is_possible {
                return Err(path.clone());
            }
        }
        Ok(if includes { Cut::Only(fields) } else { Cut::Without(fields) })
    }
}

fn is_asked_for(value: &Bson) -> Option<bool> {
    match value {
        Bson::Boolean(is) => Some(*is),
        Bson::Double(number) => Some(*number != 0.0),
        number => integer(number).map(|number| number != 0),
    }
}

/// Whether it names what is below.
fn is_plain(inside: &Document) -> bool {
    !inside.is_empty() && !inside.keys().any(|name| name.starts_with('$'))
}

fn is_part(inside: &Document) -> bool {
    let mut names = inside.keys();
    let known = names.next().is_some_and(|name| ["$slice", "$elemMatch", "$meta"].contains(&name.as_str()));
    known && names.next().is_none()
}
