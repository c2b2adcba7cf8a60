//! The status as tables, for a terminal: in colour if it is one.

use std::fmt::Display;

use comfy_table::{Cell, Color, ContentArrangement, Table, presets::NOTHING};

use crate::{
    backfill::{State as JobState, Status},
    census::Census,
    ledger::State,
    schema::{DocumentsStatus, MigrationStatus, SchemaStatus},
};

/// The documents, the migrations, and who is at work.
pub(super) fn of(status: &SchemaStatus) -> String {
    let environment = status
        .environment
        .map_or_else(|| "environment not said".to_owned(), |environment| environment.to_string());
    let mut parts = vec![format!("database `{}`, {environment}", status.database)];
    if !status.documents.is_empty() {
        let header = ["collection", "type", "current", "documents by version", "floor", "failed", "job"];
        parts.push(table(&header, status.documents.iter().map(documents)));
    }
    if !status.migrations.is_empty() {
        let header = ["migration", "state", "applied", "by", ""];
        parts.push(table(&header, status.migrations.iter().map(migration)));
    }
    if let Some(owner) = &status.busy {
        parts.push(format!("`{owner}` is at work on the migrations"));
    }
    let remarks: Vec<String> = status.documents.iter().flat_map(remarks).collect();
    if !remarks.is_empty() {
        parts.push(remarks.join("\n"));
    }
    parts.join("\n\n")
}

/// What there is no room for in the table.
pub(super) fn remarks(status: &DocumentsStatus) -> Vec<String> {
    let name = &status.name;
    let mut remarks = Vec::new();
    if !status.missing_indexes.is_empty() {
        let missing: Vec<String> = status.missing_indexes.iter().map(|name| format!("`{name}`")).collect();
        remarks.push(format!(
            "`{name}`: indexes that are declared and not there: {}; `indexes '{name}' --create` builds them",
            missing.join(", ")
        ));
    }
    if status.failed > 0 {
        remarks.push(format!(
            "`{name}`: documents that could not be upgraded: {}; `list-failed '{name}'` shows why",
            status.failed
        ));
    }
    let reasons = [&status.backfill, &status.rollback].into_iter().flatten();
    let reasons = reasons.filter_map(|job| Some((job.work.name(), job.reason.as_ref()?)));
    remarks.extend(reasons.map(|(work, reason)| format!("`{name}`: {work}: {reason}")));
    remarks.extend(status.members.iter().map(|member| format!("`{name}`: {member}")));
    remarks
}

fn table(header: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header.iter().map(|name| Cell::new(name.to_uppercase())));
    // Where that is known, to the width of the terminal.
    table.set_content_arrangement(ContentArrangement::Dynamic);
    for row in rows {
        table.add_row(row);
    }
    table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn documents(status: &DocumentsStatus) -> Vec<Cell> {
    let older = status.census.upgradable() > 0 || status.census.invalid > 0;
    let failed = Cell::new(status.failed);
    vec![
        Cell::new(&status.name),
        Cell::new(status.type_name),
        Cell::new(status.current_version),
        marked(versions(&status.census), if older { Color::Yellow } else { Color::Green }),
        Cell::new(status.floor.map_or_else(|| "-".to_owned(), |floor| floor.to_string())),
        if status.failed > 0 { failed.fg(Color::Red) } else { failed },
        Cell::new(jobs(status)),
    ]
}

/// As in `1: 20, 3: 7, none: 2`.
fn versions(census: &Census) -> String {
    let numbered = census.versions.iter().map(|(version, count)| format!("{version}: {count}"));
    let others = [("none", census.unversioned), ("not a version", census.invalid)];
    let others =
        others.into_iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{what}: {count}"));
    let all: Vec<String> = numbered.chain(others).collect();
    if all.is_empty() { "empty".to_owned() } else { all.join(", ") }
}

fn jobs(status: &DocumentsStatus) -> String {
    let jobs = [&status.backfill, &status.rollback].into_iter().flatten().map(job);
    let jobs: Vec<String> = jobs.collect();
    if jobs.is_empty() { "-".to_owned() } else { jobs.join(", ") }
}

pub(super) fn job(status: &Status) -> String {
    let done = status.total.saturating_sub(status.remaining);
    let state = match status.state {
        JobState::Running if status.processes.is_empty() => "nobody is at work",
        JobState::Running => "running",
        JobState::Finished => "finished",
        JobState::Cancelled => "cancelled",
        JobState::Aborted => "given up",
    };
    let work = status.work.name();
    let left = status.eta().map(|left| format!(", {} s left", left.as_secs())).unwrap_or_default();
    format!("{work} {state}, {done} of {}{left}", status.total)
}

/// As in `2026-11-22 12:30:05Z`.
pub(super) fn in_seconds(at: bson::DateTime) -> String {
    let text = at.try_to_rfc3339_string().unwrap_or_else(|_| at.to_string());
    match (text.get(..10), text.get(11..19)) {
        (Some(date), Some(time)) => format!("{date} {time}Z"),
        _ => text,
    }
}

fn migration(status: &MigrationStatus) -> Vec<Cell> {
    let colour = match status.state {
        State::Completed if !status.changed => Color::Green,
        State::Failed => Color::Red,
        _ => Color::Yellow,
    };
    let entry = status.entry.as_ref();
    let applied = entry.and_then(|entry| entry.applied_at).map(in_seconds);
    let remark = status.remark().or_else(|| status.facts.description.clone());
    vec![
        Cell::new(&status.id),
        marked(if status.cut_off { "cut off".to_owned() } else { status.state.to_string() }, colour),
        Cell::new(applied.unwrap_or_else(|| "-".to_owned())),
        Cell::new(entry.and_then(|entry| entry.by.as_deref()).unwrap_or("-")),
        Cell::new(remark.unwrap_or_default()),
    ]
}

fn marked(text: impl Display, colour: Color) -> Cell {
    Cell::new(text.to_string()).fg(colour)
}
