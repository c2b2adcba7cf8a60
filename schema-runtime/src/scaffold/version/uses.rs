//! Code that a person has to look at: what names the version that is left, and what holds the next one from now on.

use super::{
    Plan,
    imports::{has_glob, leaves},
    names::stem,
};
use crate::scaffold::place::{Place, listed};

/// As many places as fit in a sentence.
const SHOWN: usize = 5;

pub(super) fn note(plan: &mut Plan<'_>) {
    without_alias(plan);
    held_by_others(plan);
}

/// Nothing stands for the current version, so nobody uses the next one yet.
fn without_alias(plan: &mut Plan<'_>) {
    if plan.names.renames() || !plan.names.moved.is_empty() {
        return;
    }
    let newest = &plan.chain.newest;
    let (was, new) = (plan.names.was.clone(), plan.names.new.clone());
    let mut places: Vec<Place> = Vec::new();
    for source in &plan.index.package.sources {
        let whole = 0..source.text.len();
        let own = |at: usize| source.number == newest.source().number && newest.range.contains(&at);
        let mentions = source.mentions(&whole, &[&was]).into_iter().filter(|range| !own(range.start));
        places.extend(mentions.map(|range| source.place(range.start)));
    }
    let more = places.len().saturating_sub(SHOWN);
    places.truncate(SHOWN);
    let alias = stem(&was, newest.version).filter(|stem| !stem.is_empty()).unwrap_or("Current");
    let named = match (places.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!(", and name that in {}", listed(&places)),
        (false, more) => format!(", and name that in {} and {more} more places", listed(&places)),
    };
    plan.note(format!("nothing uses `{new}` yet: write `pub type {alias} = {new};`{named}"));
}

/// A version of another document that holds the current version of this one holds the next one now.
fn held_by_others(plan: &mut Plan<'_>) {
    let names = plan.names.current();
    let newest = &plan.chain.newest;
    let mut notes = Vec::new();
    for other in &plan.index.declared {
        let of_chain = plan.chain.versions().iter().any(|version| version.is(other));
        let module = &other.module;
        for name in &names {
            let beside_alias = plan.names.moved.iter().any(|alias| alias.module.is_same(module));
            let known = beside_alias
                || module.is_same(&newest.module)
                || has_glob(module)
                || !leaves(module, name).is_empty();
            let source = other.source();
            let held = other
                .shape
                .fields()
                .any(|field| !source.mentions(&source.range(&field.ty), &[name]).is_empty());
            if known && held && !of_chain {
                notes.push(format!(
                    "`{}` ({}) holds `{name}`, and so the next version from now on; if it is released, name `{}` there",
                    other.name,
                    other.place(),
                    plan.names.old
                ));
            }
        }
    }
    for note in notes {
        plan.note(note);
    }
}
