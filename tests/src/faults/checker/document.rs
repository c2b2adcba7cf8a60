//! One document, against what it is expected to be.

use mongodb::bson::{Bson, Document};

use super::{Broken, Rule};
use crate::faults::{
    account::{MARK, Steps, TARGET},
    content::{Content, Count},
};

pub(super) fn check_absent(stored: Option<&Document>, failure: Option<&str>) -> Result<(), Broken> {
    match (stored, failure) {
        (Some(_), _) => Err(Broken::new(Rule::Resurrected, "it was deleted, or nobody has inserted it")),
        (None, Some(failure)) => {
            Err(Broken::new(Rule::RecordedForCause, format!("{failure}; there is no document")))
        }
        (None, None) => Ok(()),
    }
}

pub(super) fn check(
    number: u32,
    content: &Content,
    stored: Option<&Document>,
    failure: Option<&str>,
) -> Result<(), Broken> {
    let stored = stored.ok_or_else(|| Broken::new(Rule::Lost, "there is no document"))?;
    if content.fails() {
        if !same_fields(stored, &content.stored(number)) {
            let written = content.stored(number);
            return Err(Broken::new(Rule::Untouched, format!("it was written as {written}")));
        }
        return failure.map(drop).ok_or_else(|| Broken::new(Rule::Recorded, "its content is in the way"));
    }
    let version = stored.get("schemaVersion").and_then(integer).unwrap_or(1);
    if version != i64::from(TARGET) {
        let record = failure.map_or("there is no record of it".to_owned(), |failure| {
            format!("there is a record of it: {failure}")
        });
        return Err(Broken::new(Rule::AtTarget, format!("it is at version {version}, and {record}")));
    }
    if let Some(failure) = failure {
        return Err(Broken::new(Rule::RecordedForCause, failure));
    }
    conversions(content, stored)?;
    text(content, stored)?;
    count(content, stored)?;
    let marks = stored.get_document("marks").cloned().unwrap_or_default();
    fields(content.marks.iter(), &marks)?;
    fields(content.unknown.iter(), stored)?;
    nothing_more(content, stored)
}

/// How many steps can be seen in the document.
fn steps(content: &Content) -> usize {
    match content.steps {
        Steps::Computed => usize::try_from(TARGET.saturating_sub(content.version)).unwrap_or_default(),
        Steps::Declared => 0,
    }
}

fn conversions(content: &Content, stored: &Document) -> Result<(), Broken> {
    let (steps, counted) = (steps(content), stored.get("conversions").and_then(integer));
    if counted.and_then(|counted| usize::try_from(counted).ok()) == Some(steps) {
        return Ok(());
    }
    let reason =
        format!("from version {} it takes {steps} step(s), and {counted:?} were counted", content.version);
    Err(Broken::new(Rule::Converted, reason))
}

/// The text is where the last update of it was made: in a field that the new version has renamed, or has left behind.
fn text(content: &Content, stored: &Document) -> Result<(), Broken> {
    let lost = |found: &str| {
        Err(Broken::new(
            Rule::LostUpdate,
            format!("the text is to be {:?}, and is {found:?}", content.text()),
        ))
    };
    let title = stored.get_str("title").unwrap_or_default();
    let plain = title.trim_end_matches(MARK);
    let Some(written) = content.texts.iter().position(|text| text == plain) else { return lost(title) };
    match stored.get("name").map(|name| name.as_str().unwrap_or_default()) {
        Some(name) if name != content.text() => return lost(name),
        None if plain != content.text() => return lost(title),
        _ => {}
    }
    let marks = title.len() - plain.len();
    // The first was there before the first step; a later one may have come after any.
    let taken = if written == 0 { marks == steps(content) } else { marks <= steps(content) };
    if taken {
        return Ok(());
    }
    let reason = format!(
        "from version {} it takes {} step(s), and the text is {title:?}",
        content.version,
        steps(content)
    );
    Err(Broken::new(Rule::Converted, reason))
}

/// What the old release adds after the conversion is beside what the new version has.
fn count(content: &Content, stored: &Document) -> Result<(), Broken> {
    let total = stored.get("total").and_then(integer);
    let left_behind = stored.get("count").map_or(Some(0), integer);
    let found = total.zip(left_behind).map(|(total, left_behind)| total + left_behind);
    match content.count {
        Count::Number(expected) if found != Some(expected) => {
            Err(Broken::new(Rule::LostUpdate, format!("the count is to be {expected}, and is {found:?}")))
        }
        _ => Ok(()),
    }
}

fn fields<'c>(
    expected: impl IntoIterator<Item = (&'c String, &'c i64)>,
    stored: &Document,
) -> Result<(), Broken> {
    for (name, value) in expected {
        let found = stored.get(name);
        if found.and_then(integer) != Some(*value) {
            let reason = format!("{name} is to be {value}, and is {found:?}");
            return Err(Broken::new(Rule::LostUpdate, reason));
        }
    }
    Ok(())
}

fn nothing_more(content: &Content, stored: &Document) -> Result<(), Broken> {
    // The names of old versions, where an old release has set them behind the conversion.
    let known = ["_id", "schemaVersion", "title", "total", "conversions", "marks", "tags", "name", "count"];
    let more =
        stored.keys().find(|name| !known.contains(&name.as_str()) && !content.unknown.contains_key(*name));
    let marks = stored.get_document("marks").ok();
    let more_marks = marks.and_then(|marks| marks.keys().find(|name| !content.marks.contains_key(*name)));
    match more.or(more_marks) {
        Some(name) => Err(Broken::new(Rule::NothingMore, name)),
        None => Ok(()),
    }
}

/// Whether two documents have the same fields, in any order.
fn same_fields(a: &Document, b: &Document) -> bool {
    a.len() == b.len()
        && a.iter().all(|(name, value)| match (value, b.get(name)) {
            (Bson::Document(value), Some(Bson::Document(other))) => same_fields(value, other),
            (value, other) => Some(value) == other,
        })
}

fn integer(value: &Bson) -> Option<i64> {
    value.as_i64().or_else(|| value.as_i32().map(i64::from))
}
