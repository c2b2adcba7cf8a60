//! What has become of the documents: each is compared with what it should be.

use std::collections::HashSet;

use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    bson::{Bson, Document, doc},
};

use crate::{
    Outcome,
    documents::{self, COLLECTION, UNKNOWN},
    writer::Acknowledged,
};

#[derive(Debug, Default)]
pub struct Found {
    /// Converted, and as they should be but for what is counted below.
    pub converted: i64,
    /// As they were.
    pub old: i64,
    /// Neither.
    pub damaged: i64,
    pub first_damage: Option<String>,
    pub missing: i64,
    /// Of all of them, those without the field that nobody knows.
    pub without_unknown: i64,
    /// Acknowledged increments that are not there.
    pub views_lost: i64,
    /// Documents whose name is not the last that was acknowledged.
    pub names_lost: i64,
}

impl Found {
    pub async fn look(database: &Database, documents: i64, acknowledged: &Acknowledged) -> Outcome<Self> {
        let mut found = Self::default();
        let mut seen = HashSet::new();
        let products: Collection<Document> = database.collection(COLLECTION);
        let mut cursor = products.find(doc! {}).await?;
        while let Some(document) = cursor.try_next().await? {
            let number = documents::number(document.get_object_id("_id")?);
            seen.insert(number);
            found.judge(number, document, acknowledged);
        }
        found.missing = (0..documents).filter(|number| !seen.contains(number)).count().try_into()?;
        Ok(found)
    }

    fn judge(&mut self, number: i64, mut document: Document, acknowledged: &Acknowledged) {
        document.remove("_id");
        if document.remove(UNKNOWN) != Some(Bson::Int32(1)) {
            self.without_unknown += 1;
        }
        let views = document.remove("views").and_then(|views| views.as_i32());
        let should_be = acknowledged.views.get(&number).copied().unwrap_or(0);
        match views {
            Some(views) => self.views_lost += i64::from(should_be) - i64::from(views),
            None => return self.damage(number, "no views"),
        }
        let is_old = !document.contains_key("schemaVersion");
        let (name, rest) = if is_old { old(&mut document) } else { converted(&mut document) };
        let Some(name) = name else { return self.damage(number, "no name, or parts of two") };
        match acknowledged.names.get(&number) {
            Some(last) if *last != name => self.names_lost += 1,
            None if name != documents::name(number) => return self.damage(number, "another name"),
            _ => {}
        }
        let price = documents::price(number);
        match rest {
            Some(Bson::String(text)) if is_old && (text == price || text == "n/a") => {}
            Some(Bson::Double(value)) if !is_old && price.parse() == Ok(value) => {}
            _ => return self.damage(number, "another price"),
        }
        for (field, value) in documents::kept(number) {
            if document.remove(&field) != Some(value) {
                return self.damage(number, &field);
            }
        }
        match document.keys().next() {
            Some(field) => self.damage(number, &format!("has {field} as well")),
            None if is_old => self.old += 1,
            None => self.converted += 1,
        }
    }

    fn damage(&mut self, number: i64, what: &str) {
        self.damaged += 1;
        self.first_damage.get_or_insert_with(|| format!("document {number}: {what}"));
    }
}

/// Takes out the name and the price of an old document.
fn old(document: &mut Document) -> (Option<String>, Option<Bson>) {
    let name = document.remove("name").and_then(|name| name.as_str().map(str::to_owned));
    (name, document.remove("price"))
}

/// Takes out the name and the price of a converted document, and what has to be there beside them.
fn converted(document: &mut Document) -> (Option<String>, Option<Bson>) {
    let [first, last] = ["firstName", "lastName"].map(|field| document.remove(field));
    let name = match (first, last) {
        (Some(Bson::String(first)), Some(Bson::String(last))) => Some(format!("{first} {last}")),
        _ => None,
    };
    let version = document.remove("schemaVersion");
    let status = document.remove("status");
    let is_current = version == Some(Bson::Int32(2)) && status == Some("active".into());
    (name.filter(|_| is_current), document.remove("price"))
}
