//! Pages: the status and the history as HTML that needs nothing else, on a phone as well.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::table::{in_seconds, job, remarks};
use crate::{
    ledger::State,
    schema::{DocumentsStatus, MigrationStatus, SchemaStatus},
};

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8884; --good: #2a7d46; --bad: #b3261e; --old: #a15c00; }
@media (prefers-color-scheme: dark) { :root { --good: #6fcf8f; --bad: #ff8a80; --old: #e8b15c; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
th { font-size: .8rem; font-weight: 600; }
td:first-child { min-width: 14rem; overflow-wrap: anywhere; }
td[data-name='applied'], td[data-name='state'], td[data-name='took'] { white-space: nowrap; }
code { overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); } .old { color: var(--old); }
.bar { background: var(--line); border-radius: 4px; display: flex; height: .6rem; overflow: hidden; min-width: 6rem; }
.bar span { display: block; background: var(--old); } .bar span.current { background: var(--good); } .bar span.wrong { background: var(--bad); }
ul { padding-left: 1.2rem; } li { overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  table.cards thead { display: none; }
  table.cards tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }
  table.cards td { display: block; border: 0; padding: .1rem 0; }
  table.cards td[data-name]::before { content: attr(data-name) ': '; font-size: .8rem; font-weight: 600; }
}
";

/// A page with this title.
fn page(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    }
    .into_string()
}

/// Where everything is. `at`: when it was looked at.
pub(super) fn of_status(status: &SchemaStatus, at: &str) -> String {
    let environment = status.environment.map_or("environment not said", |environment| environment.name());
    let title = format!("{}: schema status", status.database);
    let body = html! {
        h1 { (status.database) " " small { (environment) } }
        p { "As of " (at) ". " @if status.is_current() { span.good { "Everything is current." } } @else { span.old { "There is something to do." } } }
        @if let Some(owner) = &status.busy { p { code { (owner) } " is at work on the migrations." } }
        h2 { "Documents" }
        div.scroll { table.cards {
            thead { tr { th { "collection" } th { "current" } th { "documents" } th { "floor" } th { "failed" } th { "jobs" } } }
            tbody { @for documents in &status.documents { (of_documents(documents)) } }
        } }
        @let remarks: Vec<String> = status.documents.iter().flat_map(remarks).collect();
        @if !remarks.is_empty() { ul { @for remark in remarks { li { (quoted(&remark)) } } } }
        h2 { "Migrations" }
        div.scroll { table.cards {
            thead { tr { th { "migration" } th { "state" } th { "applied" } th { "by" } th { "took" } th { "documents" } } }
            tbody { @for migration in &status.migrations { (of_migration(migration)) } }
        } }
    };
    page(&title, &body)
}

fn of_documents(status: &DocumentsStatus) -> Markup {
    let census = &status.census;
    html! { tr {
        td { code { (status.name) } " " small { (status.type_name) } }
        td data-name="current version" { (status.current_version) }
        td data-name="documents" {
            div.bar { @for (version, count) in &census.versions {
                span.current[*version == census.current_version] style=(format!("flex: {count}")) title=(format!("version {version}: {count}")) {}
            }
            @if census.unversioned > 0 { span style=(format!("flex: {}", census.unversioned)) title="no version" {} }
            @if census.invalid > 0 { span.wrong style=(format!("flex: {}", census.invalid)) title="not a version" {} }
            }
            @for (version, count) in &census.versions { "version " (version) ": " (count) br; }
            @if census.unversioned > 0 { "no version: " (census.unversioned) br; }
            @if census.invalid > 0 { span.bad { "not a version: " (census.invalid) } br; }
            @if census.total() == 0 { "none" }
        }
        td data-name="floor" { @match status.floor { Some(floor) => (floor), None => "not known" } }
        td data-name="failed" { @if status.failed > 0 { span.bad { (status.failed) } } @else { "0" } }
        td data-name="jobs" {
            @for status in [&status.backfill, &status.rollback].into_iter().flatten() { (job(status)) br; }
            @if status.backfill.is_none() && status.rollback.is_none() { "-" }
        }
    } }
}

/// What stands between backticks as code.
fn quoted(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn of_migration(status: &MigrationStatus) -> Markup {
    let entry = status.entry.as_ref();
    let class = match status.state {
        State::Completed if !status.changed => "good",
        State::Failed => "bad",
        _ => "old",
    };
    let applied = entry.and_then(|entry| entry.applied_at).map(in_seconds);
    html! { tr {
        td {
            code { (status.id) }
            @if let Some(description) = &status.facts.description { br; (description) }
            @if let Some(remark) = status.remark() { br; span.bad { (remark) } }
        }
        td data-name="state" { span class=(class) { @if status.cut_off { "cut off" } @else { (status.state) } } }
        td data-name="applied" { (applied.unwrap_or_else(|| "-".to_owned())) }
        td data-name="by" { (entry.and_then(|entry| entry.by.as_deref()).unwrap_or("-")) }
        td data-name="took" { @match entry.and_then(|entry| entry.duration()) { Some(took) => { (format!("{:.1} s", took.as_secs_f64())) }, None => "-" } }
        td data-name="documents" { @match entry { Some(entry) => (entry.affected), None => "-" } }
    } }
}

/// Markdown as a page.
pub(super) fn of_markdown(title: &str, markdown: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser, html::push_html};
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    // What looks like HTML in it is somebody's text.
    let events = events.map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        event => event,
    });
    let mut body = String::new();
    push_html(&mut body, events);
    page(title, &html! { div.scroll { (PreEscaped(body)) } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_markdown_is_text() {
        let page = of_markdown("<b>", "<script>alert(1)</script>\n\nan <img src=x> and <b>more</b>");
        for tag in ["<script", "<img", "<b>"] {
            assert!(!page.contains(tag), "{page}");
        }
        assert!(page.contains("&lt;script&gt;") && page.contains("&lt;img"), "{page}");
    }
}
