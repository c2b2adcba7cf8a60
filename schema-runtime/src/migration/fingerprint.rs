//! Fingerprint: whether a migration is still what it was when it was run.

use schema_core::shape::{Line, fingerprint};

use super::Step;

/// Of the steps, as they describe themselves, and of the source.
pub(super) fn of<'s>(steps: impl Iterator<Item = &'s dyn Step>, source: Option<&str>) -> String {
    let steps = steps.map(|step| Line::new("step", step.describe()));
    let source = source.map(|source| Line::new("source", bare(source)));
    fingerprint(&steps.chain(source).collect::<Vec<_>>())
}

/// Of each step alone.
pub(super) fn of_each<'s>(steps: impl Iterator<Item = &'s dyn Step>) -> Vec<String> {
    steps.map(|step| fingerprint(&[Line::new("step", step.describe())])).collect()
}

/// A source without what a formatter and a writer of comments change: white space, line comments, and the commas that come and go with line
/// breaks. What remains is for comparing only.
fn bare(source: &str) -> String {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(str::chars).filter(|sign| !sign.is_whitespace() && *sign != ',').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_and_comments_do_not_count() {
        let written = "/// What it does.\nfn up() {\n    go(1, 2)\n}\n";
        let formatted = "fn up() { go(\n    1,\n    2,\n) }";
        assert_eq!(of([].into_iter(), Some(written)), of([].into_iter(), Some(formatted)));
        assert_ne!(of([].into_iter(), Some(written)), of([].into_iter(), Some("fn up() { go(1, 3) }")));
        assert_ne!(of([].into_iter(), Some(written)), of([].into_iter(), None));
    }
}
