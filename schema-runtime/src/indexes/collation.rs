//! Collations in one form: what was said, and what is not as the locale has it.

use bson::{Bson, Document};

use super::canonical::value;

/// The locale that compares bytes, as text is compared where nothing is said.
pub(super) const SIMPLE: &str = "simple";

/// What a locale has where nothing is said, and what some have instead. Whether they normalize depends on the server's release, and is
/// not compared.
const DEFAULTS: [(&str, Default); 7] = [
    ("strength", Default::Number(3)),
    ("caseLevel", Default::Flag),
    ("numericOrdering", Default::Flag),
    ("caseFirst", Default::Text("off", &["da", "mt"], "upper")),
    ("alternate", Default::Text("non-ignorable", &["th"], "shifted")),
    ("maxVariable", Default::Text("punct", &[], "")),
    ("backwards", Default::FlagBut("fr_CA")),
];

enum Default {
    Number(i64),
    Flag,
    /// Another one where it is of this locale.
    FlagBut(&'static str),
    /// Another one in these languages.
    Text(&'static str, &'static [&'static str], &'static str),
}

/// `None` for the simple one, which the server does not list.
pub(super) fn canonical(said: &Document) -> Option<Document> {
    let locale = said.get_str("locale").unwrap_or(SIMPLE);
    if locale == SIMPLE {
        return None;
    }
    let mut canonical = Document::new();
    canonical.insert("locale", locale);
    for (option, default) in DEFAULTS {
        if let Some(found) = said.get(option).map(value)
            && found != default.of(locale)
        {
            canonical.insert(option, found);
        }
    }
    Some(canonical)
}

impl Default {
    fn of(&self, locale: &str) -> Bson {
        let language = locale.split(['_', '@']).next().unwrap_or(locale);
        match self {
            Self::Number(number) => (*number).into(),
            Self::Flag => false.into(),
            Self::FlagBut(other) => (*other == locale).into(),
            Self::Text(_, others, instead) if others.contains(&language) => (*instead).into(),
            Self::Text(usual, ..) => (*usual).into(),
        }
    }
}
