//! The name of a migration: for the ledger, for its file and module, and for people.

use bson::DateTime;

use crate::scaffold::ScaffoldError;

/// A file name may have 255 bytes, and a line of a report should end.
const LONGEST: usize = 80;

#[derive(Debug)]
pub(super) struct Name {
    /// In small letters.
    words: Vec<String>,
    description: String,
    /// `20261122`
    day: String,
    /// `093000`
    time: String,
    /// `2026-11-22`
    date: String,
}

impl Name {
    /// `now` is taken in UTC, so that the order is the same wherever people are.
    pub(super) fn new(name: &str, now: DateTime) -> Result<Self, ScaffoldError> {
        let refused = |why| ScaffoldError::MigrationName { name: name.to_owned(), why };
        if name.chars().any(|c| c.is_alphanumeric() && !c.is_ascii()) {
            return Err(refused(
                "it becomes the name of a module in a file, which the compiler takes in a to z and 0 to 9 only; write it in \
                 these, and the rest into the description",
            ));
        }
        if name.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            return Err(refused("there are control characters in it; type it again"));
        }
        let words = words(name);
        if words.is_empty() {
            return Err(refused(
                "there is no letter in it; say in a few words what it does, as in `add tags`",
            ));
        }
        if words.join("_").len() > LONGEST {
            return Err(refused(
                "it is longer than 80 characters; make it shorter, and put the rest into the description",
            ));
        }
        let date = || ScaffoldError::Date { now: now.timestamp_millis() };
        let text = now.try_to_rfc3339_string().map_err(|_| date())?;
        let part = |range| text.get(range).ok_or_else(date);
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let (day, time) = (digits(part(0..10)?), digits(part(11..19)?));
        if (day.len(), time.len()) != (8, 6) {
            return Err(date());
        }
        Ok(Self { description: description(name, &words), words, date: part(0..10)?.to_owned(), day, time })
    }

    /// What the ledger knows it by: `20261122-093000-add-tags`.
    pub(super) fn id(&self) -> String {
        format!("{}-{}-{}", self.day, self.time, self.words.join("-"))
    }

    /// A letter comes first, as in all names, and what looks like a keyword is none any more.
    pub(super) fn module(&self) -> String {
        format!("m{}_{}_{}", self.day, self.time, self.words.join("_"))
    }

    pub(super) fn date(&self) -> &str {
        &self.date
    }

    pub(super) fn description(&self) -> &str {
        &self.description
    }
}

/// The words of `add tags`, `add-tags`, `add_tags`, `AddTags` and `addHTTPTags2`.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        let letters: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (at, letter) in letters.iter().enumerate() {
            let is_upper =
                |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_uppercase);
            let is_lower =
                |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_lowercase);
            let before = at.checked_sub(1);
            let begins = letter.is_ascii_uppercase()
                && !word.is_empty()
                && (!is_upper(before) || is_lower(at.checked_add(1)));
            if begins {
                words.push(std::mem::take(&mut word));
            }
            word.push(letter.to_ascii_lowercase());
        }
        words.push(word);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// As it was written where that was a sentence.
fn description(name: &str, words: &[String]) -> String {
    let sentence = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = if sentence.contains(' ') { sentence } else { words.join(" ") };
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text, DateTime::parse_rfc3339_str("2026-11-22T09:30:00.999Z").unwrap()).unwrap()
    }

    #[test]
    fn all_usual_ways_of_writing_are_the_same_name() {
        for text in ["add tags", "add-tags", "add_tags", "AddTags", "addTags", " Add\ttags. "] {
            let name = name(text);
            assert_eq!(name.id(), "20261122-093000-add-tags", "{text}");
            assert_eq!(name.module(), "m20261122_093000_add_tags", "{text}");
            assert_eq!(
                (name.description().trim_end_matches('.'), name.date()),
                ("Add tags", "2026-11-22"),
                "{text}"
            );
        }
        assert_eq!(words("addHTTPTags2"), ["add", "http", "tags2"]);
        assert_eq!(name("rename `v` to \"version\"").description(), "Rename `v` to \"version\"");
    }

    #[test]
    fn what_cannot_be_a_name_says_why() {
        let why = |text: &str| match Name::new(text, DateTime::from_millis(0)).unwrap_err() {
            ScaffoldError::MigrationName { why, .. } => why,
            other => panic!("{other}"),
        };
        assert!(why("größe").contains("a to z"));
        assert!(why("").contains("no letter") && why(" .. ").contains("no letter"));
        assert!(why("a\u{7}").contains("control"));
        assert!(why(&"long ".repeat(30)).contains("80"));
        let far = Name::new("x", DateTime::MIN).unwrap_err();
        assert!(matches!(far, ScaffoldError::Date { .. }), "{far}");
    }

    proptest! {
        /// Whatever is taken is a name that the compiler takes: `try`, `2nd step`, `self`.
        #[test]
        fn a_name_is_a_module(text in "\\PC{0,30}|(try|self|fn|async|[0-9]{1,3})( [a-z]{0,4})?") {
            if let Ok(name) = Name::new(&text, DateTime::from_millis(0)) {
                prop_assert!(syn::parse_str::<syn::Ident>(&name.module()).is_ok());
                prop_assert!(name.module().is_ascii() && !name.description().contains('\n'));
            }
        }
    }
}
