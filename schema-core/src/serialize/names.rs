//! The names that a map has been given so far, in one piece of text: a document with flattened fields costs two
//! allocations more, and no hash of each name.

use std::fmt::{self, Write};

use serde::ser::Serialize;

#[derive(Debug, Default)]
pub(super) struct Names {
    text: String,
    /// Where each name ends.
    ends: Vec<usize>,
}

impl Names {
    /// Adds a name and returns it as text. `None` for a key that is none; the format will have something to say about it.
    pub(super) fn add<K: Serialize + ?Sized>(&mut self, key: &K) -> Option<&str> {
        let start = self.text.len();
        if write!(self.text, "{}", Shown(key)).is_err() {
            self.text.truncate(start);
            return None;
        }
        self.ends.push(self.text.len());
        self.text.get(start..)
    }

    /// A name that was added twice.
    pub(super) fn repeated(&self) -> Option<&str> {
        let mut start = 0;
        let mut names: Vec<&str> = Vec::with_capacity(self.ends.len());
        for end in &self.ends {
            names.extend(self.text.get(start..*end));
            start = *end;
        }
        names.sort_unstable();
        names.windows(2).find_map(|pair| match pair {
            [first, second] if first == second => Some(*first),
            _ => None,
        })
    }
}

/// serde can write simple values into a formatter.
struct Shown<'a, K: ?Sized>(&'a K);

impl<K: Serialize + ?Sized> fmt::Display for Shown<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeated(names: &[&str]) -> Option<String> {
        let mut added = Names::default();
        for name in names {
            assert_eq!(added.add(name), Some(*name));
        }
        added.repeated().map(str::to_owned)
    }

    #[test]
    fn only_whole_names_are_repeated() {
        assert_eq!(repeated(&["ab", "c", "a", "bc", "", "abc"]), None);
        assert_eq!(repeated(&["b", "a", "c", "a"]).as_deref(), Some("a"));
        assert_eq!(repeated(&["", "a", ""]).as_deref(), Some(""));
        assert_eq!(repeated(&[]), None);
    }

    #[test]
    fn a_key_that_is_no_name_is_left_to_the_format() {
        let mut names = Names::default();
        assert_eq!(names.add(&7), Some("7"));
        assert_eq!(names.add(&["a"]), None);
        assert_eq!(names.add("7"), Some("7"));
        assert_eq!(names.repeated(), Some("7"));
    }
}
