//! Changes of a text at known places. Everything else in it stays byte for byte: comments and formatting are the team's.

use std::ops::Range;

use super::edits::Change;

/// Pieces of a text that are to become others.
#[derive(Debug, Default)]
pub(super) struct Patch {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    range: Range<usize>,
    text: String,
    /// What a person should know of it.
    what: Option<String>,
}

impl Patch {
    /// A replacement that goes with a change which is reported.
    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.pieces.push(Piece { range, text: text.into(), what: None });
    }

    pub(super) fn report(&mut self, range: Range<usize>, text: impl Into<String>, what: impl Into<String>) {
        self.pieces.push(Piece { range, text: text.into(), what: Some(what.into()) });
    }

    /// Several pieces of one report: the first has it.
    pub(super) fn replace_all(
        &mut self,
        ranges: impl IntoIterator<Item = Range<usize>>,
        text: &str,
        what: impl Into<String>,
    ) {
        let mut what = Some(what.into());
        for range in ranges {
            self.pieces.push(Piece { range, text: text.to_owned(), what: what.take() });
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// This part of the text as it will be.
    pub(super) fn of(&self, text: &str, part: Range<usize>) -> String {
        self.within(text, part).0
    }

    /// The text as it will be, and what has changed, with the lines where that stands.
    pub(super) fn apply(&self, text: &str) -> (String, Vec<Change>) {
        self.within(text, 0..text.len())
    }

    fn within(&self, text: &str, part: Range<usize>) -> (String, Vec<Change>) {
        let mut pieces: Vec<&Piece> = self
            .pieces
            .iter()
            .filter(|piece| part.start <= piece.range.start && piece.range.end <= part.end)
            .collect();
        pieces.sort_by_key(|piece| (piece.range.start, piece.range.end));
        let crlf = text.contains("\r\n");
        let (mut out, mut changes, mut at) = (String::new(), Vec::new(), part.start);
        for piece in pieces {
            // The same place twice is the same change twice.
            if piece.range.start < at {
                continue;
            }
            out.push_str(text.get(at..piece.range.start).unwrap_or_default());
            let ahead = piece.text.len() - piece.text.trim_start_matches(['\r', '\n']).len();
            let lines = |text: &str| text.matches('\n').count();
            let line = 1 + lines(&out) + lines(piece.text.get(..ahead).unwrap_or_default());
            changes.extend(piece.what.clone().map(|what| Change { line, what }));
            out.push_str(&if crlf {
                piece.text.replace("\r\n", "\n").replace('\n', "\r\n")
            } else {
                piece.text.clone()
            });
            at = piece.range.end;
        }
        out.push_str(text.get(at..part.end).unwrap_or_default());
        (out, changes)
    }
}

/// What stands before this place on its line, if that is only white space.
pub(super) fn indentation(text: &str, at: usize) -> &str {
    let before = before(text, at);
    if before.trim().is_empty() { before } else { "" }
}

/// The end of the line, without its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(['\r', '\n']).unwrap_or(rest.len())
}

/// The range of an attribute, widened to all that would be left of its line: the indentation, a comment behind it, and the line
/// break.
pub(super) fn with_line(text: &str, range: Range<usize>) -> Range<usize> {
    let before = before(text, range.end.min(range.start));
    let end = line_end(text, range.end);
    let behind = text.get(range.end..end).unwrap_or_default();
    let alone = before.trim().is_empty() && (behind.trim().is_empty() || behind.trim().starts_with("//"));
    if alone {
        let rest = text.get(end..).unwrap_or_default();
        let line_break =
            rest.len() - rest.strip_prefix("\r\n").or(rest.strip_prefix('\n')).unwrap_or(rest).len();
        return range.start - before.len()..end + line_break;
    }
    range.start..range.end + (behind.len() - behind.trim_start().len())
}

fn before(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    before.rsplit('\n').next().unwrap_or_default()
}

/// A place as people count: lines and columns from 1.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (1 + before.matches('\n').count(), 1 + line.chars().count())
}

/// The places where a name stands in a text by itself.
pub(super) fn words<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).map(|(at, found)| at..at + found.len()).filter(move |range| {
        let before = text.get(..range.start).and_then(|text| text.chars().next_back());
        let behind = text.get(range.end..).and_then(|text| text.chars().next());
        !before.is_some_and(in_word) && !behind.is_some_and(in_word)
    })
}
