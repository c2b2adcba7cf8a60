//! The checker: what is stored at the end, against what the writers were told.

mod document;
mod found;
mod rule;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

pub use self::{
    found::Found,
    rule::{Broken, Rule},
};
use super::{
    content::Content,
    expected::{missed, possible},
    history::Entry,
};

/// A rule that does not hold for a document, and what is known of the document.
#[derive(Debug)]
pub struct Violation {
    pub number: u32,
    pub broken: Broken,
    initial: Option<Content>,
    stored: Option<String>,
    history: Vec<Entry>,
}

/// Checks every document that was there at first, that a writer has touched or that is there at the end.
pub fn check(population: &BTreeMap<u32, Content>, history: &[Entry], found: &Found) -> Vec<Violation> {
    let mut histories: BTreeMap<u32, Vec<&Entry>> = BTreeMap::new();
    for entry in history {
        histories.entry(entry.number).or_default().push(entry);
    }
    let numbers: BTreeSet<u32> =
        population.keys().chain(histories.keys()).chain(found.numbers()).copied().collect();
    let check_one = |number: u32| {
        let (initial, history) =
            (population.get(&number), histories.get(&number).cloned().unwrap_or_default());
        let broken = broken(number, initial, &history, found)?;
        let stored = found.documents.get(&number).map(ToString::to_string);
        let history = history.into_iter().cloned().collect();
        Some(Violation { number, broken, initial: initial.cloned(), stored, history })
    };
    numbers.into_iter().filter_map(check_one).collect()
}

/// Checks the documents that no writer has touched: nothing but the job can have changed them.
pub fn check_untouched(
    population: &BTreeMap<u32, Content>,
    history: &[Entry],
    found: &Found,
) -> Vec<Violation> {
    let touched: BTreeSet<u32> = history.iter().map(|entry| entry.number).collect();
    let untouched =
        |(number, content): (&u32, &Content)| (!touched.contains(number)).then(|| (*number, content.clone()));
    check(&population.iter().filter_map(untouched).collect(), &[], &found.without(&touched))
}

fn broken(number: u32, initial: Option<&Content>, history: &[&Entry], found: &Found) -> Option<Broken> {
    if let Some(entry) = history.iter().find(|entry| missed(entry)) {
        return Some(Broken::new(
            Rule::Lost,
            format!("writer {} did not find it any more: {}", entry.writer, entry.operation),
        ));
    }
    let (stored, failure) = (found.documents.get(&number), found.failures.get(&number).map(String::as_str));
    let possible = possible(initial, history.iter().copied());
    let mut reasons = possible.iter().map(|expected| match expected {
        Some(content) => document::check(number, content, stored, failure),
        None => document::check_absent(stored, failure),
    });
    // If none holds, the first is the one to tell: it is what was acknowledged.
    let first = reasons.next()?.err()?;
    if reasons.any(|reason| reason.is_ok()) { None } else { Some(first) }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "document {}: {}", self.number, self.broken)?;
        match &self.initial {
            Some(initial) => writeln!(f, "    at first: {initial}")?,
            None => writeln!(f, "    at first: not there")?,
        }
        for entry in &self.history {
            writeln!(f, "    {entry}")?;
        }
        write!(f, "    at the end: {}", self.stored.as_deref().unwrap_or("not there"))
    }
}
