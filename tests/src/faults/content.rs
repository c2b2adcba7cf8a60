//! What a writer means a document to be, and the forms that releases store it in.

use std::{collections::BTreeMap, fmt};

use mongodb::bson::{Bson, Document, doc};

use super::account::{Steps, TARGET, id};

/// A document as its writers mean it to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// How it is brought to the current version.
    pub steps: Steps,
    /// The version in which it was last written as a whole.
    pub version: u32,
    /// Whether it says so. Version 1 was there before stamps.
    pub stamped: bool,
    /// The texts that it has had since; the last one counts.
    pub texts: Vec<String>,
    pub count: Count,
    /// Fields within a map that the types know.
    pub marks: BTreeMap<String, i64>,
    /// Fields that no type knows.
    pub unknown: BTreeMap<String, i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Number(i64),
    /// A text where a number belongs: the document cannot be read.
    Unreadable,
}

impl Content {
    pub fn new(version: u32, text: impl Into<String>, count: i64) -> Self {
        Self {
            steps: Steps::Computed,
            version,
            stamped: true,
            texts: vec![text.into()],
            count: Count::Number(count),
            marks: BTreeMap::new(),
            unknown: BTreeMap::new(),
        }
    }

    pub fn text(&self) -> &str {
        self.texts.last().map_or("", String::as_str)
    }

    /// Whether it has to end as a failure.
    pub fn fails(&self) -> bool {
        let unreadable = self.version < TARGET && self.count == Count::Unreadable;
        // The text is looked at by the first step, if by any.
        let refused = self.version == 1 && self.steps == Steps::Computed && self.text().starts_with('!');
        unreadable || refused || self.version > TARGET
    }

    /// As a release of its version stores it.
    pub fn stored(&self, number: u32) -> Document {
        let mut document = doc! { "_id": id(number) };
        if self.stamped {
            document.insert("schemaVersion", i64::from(self.version));
        }
        let (text, count) = (
            if self.version == 1 { "name" } else { "title" },
            if self.version < 3 { "count" } else { "total" },
        );
        document.insert(text, self.text());
        document.insert(count, self.count.stored());
        document.insert("conversions", 0_i64);
        if self.steps == Steps::Computed || !self.marks.is_empty() {
            document.insert("marks", self.marks.iter().map(entry).collect::<Document>());
        }
        if self.version >= 3 {
            document.insert("tags", Vec::<Bson>::new());
        }
        document.extend(self.unknown.iter().map(entry));
        document
    }
}

impl Count {
    fn stored(self) -> Bson {
        match self {
            Self::Number(number) => number.into(),
            Self::Unreadable => "many".into(),
        }
    }
}

fn entry((name, value): (&String, &i64)) -> (String, Bson) {
    (name.clone(), (*value).into())
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, stamped, count, marks, unknown, .. } = self;
        let stamp = if *stamped { "" } else { " without a stamp" };
        write!(f, "version {version}{stamp}, text {:?}, count {count:?}", self.text())?;
        for (name, value) in marks.iter().chain(unknown) {
            write!(f, ", {name} {value}")?;
        }
        Ok(())
    }
}
