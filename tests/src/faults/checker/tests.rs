//! The checker, with histories and ends made by hand: each rule can be broken.

use mongodb::bson::{Document, doc};

use super::*;
use crate::faults::{
    content::Count,
    history::{Operation, Outcome, Text},
};

const NUMBER: u32 = 7;

fn entry(operation: Operation, outcome: Outcome) -> Entry {
    Entry { writer: 0, number: NUMBER, operation, outcome }
}

fn done(operation: Operation) -> Entry {
    entry(operation, Outcome::Acknowledged { matched: true })
}

fn unknown(operation: Operation) -> Entry {
    entry(operation, Outcome::Unknown("no answer".to_owned()))
}

fn old() -> Content {
    Content::new(1, "a", 5)
}

fn set_text(name: &'static str, text: &str) -> Operation {
    Operation::SetText(Text { name, text: text.to_owned(), only: None })
}

fn add(amount: i64) -> Operation {
    Operation::Add { name: "count", amount, only: None }
}

/// Version 1 with text "a" and count 5, after both steps, and with other fields in place of these.
fn upgraded(fields: Document) -> Option<Document> {
    let mut document = Content::new(3, "a++", 5).stored(NUMBER);
    document.extend(doc! { "schemaVersion": 3, "conversions": 2_i64 });
    document.extend(fields);
    Some(document)
}

fn rule(
    initial: Option<Content>,
    history: &[Entry],
    stored: Option<Document>,
    failure: Option<&str>,
) -> Option<Rule> {
    let found = Found {
        documents: stored.into_iter().map(|document| (NUMBER, document)).collect(),
        failures: failure.into_iter().map(|failure| (NUMBER, failure.to_owned())).collect(),
    };
    let population = initial.into_iter().map(|content| (NUMBER, content)).collect();
    let violations = check(&population, history, &found);
    assert!(violations.len() <= 1);
    violations.first().map(|violation| violation.broken.rule)
}

fn ends_as(history: &[Entry], stored: Option<Document>) -> Option<Rule> {
    rule(Some(old()), history, stored, None)
}

#[test]
fn a_document_that_was_converted_once_holds() {
    assert_eq!(ends_as(&[], upgraded(doc! {})), None);
}

#[test]
fn a_step_too_many_or_too_few_is_seen() {
    let converted = Some(Rule::Converted);
    assert_eq!(ends_as(&[], upgraded(doc! { "conversions": 3_i64 })), converted);
    assert_eq!(ends_as(&[], upgraded(doc! { "conversions": 1_i64 })), converted);
    assert_eq!(ends_as(&[], upgraded(doc! { "title": "a+++" })), converted);
    assert_eq!(ends_as(&[], upgraded(doc! { "title": "a+" })), converted);
}

#[test]
fn a_lost_update_is_seen() {
    let lost = Some(Rule::LostUpdate);
    let renamed = [done(set_text("name", "b"))];
    assert_eq!(ends_as(&renamed, upgraded(doc! {})), lost);
    assert_eq!(ends_as(&renamed, upgraded(doc! { "title": "b++" })), None);
    // Set by the old release behind the conversion.
    assert_eq!(ends_as(&renamed, upgraded(doc! { "name": "b" })), None);
    assert_eq!(ends_as(&renamed, upgraded(doc! { "title": "b++", "name": "a" })), lost);

    let counted = [done(add(2)), done(add(1))];
    assert_eq!(ends_as(&counted, upgraded(doc! { "total": 7_i64 })), lost);
    assert_eq!(ends_as(&counted, upgraded(doc! { "total": 8_i64 })), None);
    assert_eq!(ends_as(&counted, upgraded(doc! { "total": 7_i64, "count": 1_i64 })), None);
    assert_eq!(ends_as(&counted, upgraded(doc! { "total": 8_i64, "count": 1_i64 })), lost);

    let marked = [done(Operation::Mark { name: "w0".to_owned(), value: 1 })];
    assert_eq!(ends_as(&marked, upgraded(doc! {})), lost);
    assert_eq!(ends_as(&marked, upgraded(doc! { "marks": { "w0": 1_i64 } })), None);
    let noted = [done(Operation::Note { name: "note0".to_owned(), value: 1 })];
    assert_eq!(ends_as(&noted, upgraded(doc! {})), lost);
    assert_eq!(ends_as(&noted, upgraded(doc! { "note0": 1_i64 })), None);
}

#[test]
fn a_lost_replacement_is_seen() {
    let replaced = [done(Operation::Replace(Content::new(3, "b", 1)))];
    let new = || Content::new(3, "b", 1).stored(NUMBER);
    assert_eq!(ends_as(&replaced, Some(new())), None);
    assert_eq!(ends_as(&replaced, upgraded(doc! {})), Some(Rule::Converted));
    let mut counted = new();
    counted.insert("total", 5_i64);
    assert_eq!(ends_as(&replaced, Some(counted)), Some(Rule::LostUpdate));
}

#[test]
fn only_the_last_operation_may_have_been_done_or_not() {
    let unsure = [done(add(2)), unknown(add(1))];
    assert_eq!(ends_as(&unsure, upgraded(doc! { "total": 7_i64 })), None);
    assert_eq!(ends_as(&unsure, upgraded(doc! { "total": 8_i64 })), None);
    assert_eq!(ends_as(&unsure, upgraded(doc! { "total": 6_i64 })), Some(Rule::LostUpdate));
    let deleted = [unknown(Operation::Delete)];
    assert_eq!(ends_as(&deleted, None), None);
    assert_eq!(ends_as(&deleted, upgraded(doc! {})), None);
    assert_eq!(ends_as(&deleted, upgraded(doc! { "total": 4_i64 })), Some(Rule::LostUpdate));
}

#[test]
fn a_missing_document_is_seen() {
    assert_eq!(ends_as(&[], None), Some(Rule::Lost));
    let inserted = [done(Operation::Insert(old()))];
    assert_eq!(rule(None, &inserted, None, None), Some(Rule::Lost));
    assert_eq!(rule(None, &inserted, upgraded(doc! {}), None), None);
    // It was there at the end, but not when its owner came.
    let missed = [entry(add(1), Outcome::Acknowledged { matched: false })];
    assert_eq!(ends_as(&missed, upgraded(doc! {})), Some(Rule::Lost));
    let not_yet = Operation::Add { name: "total", amount: 1, only: Some(3) };
    let not_yet = [entry(not_yet, Outcome::Acknowledged { matched: false })];
    assert_eq!(ends_as(&not_yet, upgraded(doc! {})), None);
}

#[test]
fn a_resurrected_document_is_seen() {
    let deleted = [done(Operation::Delete)];
    assert_eq!(ends_as(&deleted, None), None);
    assert_eq!(ends_as(&deleted, upgraded(doc! {})), Some(Rule::Resurrected));
    assert_eq!(rule(None, &[], upgraded(doc! {}), None), Some(Rule::Resurrected));
}

#[test]
fn a_document_that_was_passed_by_is_seen() {
    assert_eq!(ends_as(&[], Some(old().stored(NUMBER))), Some(Rule::AtTarget));
    assert_eq!(
        rule(Some(old()), &[], Some(old().stored(NUMBER)), Some("conflict: .. ")),
        Some(Rule::AtTarget)
    );
}

#[test]
fn failures_are_recorded_and_nothing_else_is() {
    let bad = Content { count: Count::Unreadable, ..old() };
    let stored = || Some(bad.stored(NUMBER));
    let failure = Some("body: ..");
    assert_eq!(rule(Some(bad.clone()), &[], stored(), failure), None);
    assert_eq!(rule(Some(bad.clone()), &[], stored(), None), Some(Rule::Recorded));
    assert_eq!(rule(Some(bad.clone()), &[], upgraded(doc! {}), failure), Some(Rule::Untouched));
    assert_eq!(rule(Some(old()), &[], upgraded(doc! {}), failure), Some(Rule::RecordedForCause));
    let deleted = [done(Operation::Delete)];
    assert_eq!(rule(Some(bad), &deleted, None, failure), Some(Rule::RecordedForCause));
}

#[test]
fn a_field_that_nobody_has_written_is_seen() {
    assert_eq!(ends_as(&[], upgraded(doc! { "surplus": 1 })), Some(Rule::NothingMore));
    assert_eq!(ends_as(&[], upgraded(doc! { "marks": { "w1": 1_i64 } })), Some(Rule::NothingMore));
}

#[test]
fn what_no_writer_has_touched_is_checked_by_itself() {
    let population = [(1, old()), (2, old())].into_iter().collect();
    let history = [Entry { number: 2, ..done(Operation::Delete) }];
    let stored = |number| (number, old().stored(number));
    let found = Found { documents: [stored(1), stored(2)].into_iter().collect(), ..Found::default() };
    let violations = check_untouched(&population, &history, &found);
    assert_eq!(violations.iter().map(|violation| violation.number).collect::<Vec<_>>(), [1]);
}
