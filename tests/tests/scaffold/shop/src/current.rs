//! What the current versions are called, away from them.

use crate::notes::{NoteV1, NoteV2};

pub type Note = NoteV2;

pub fn is_long(note: &NoteV1) -> bool {
    note.text.len() > 80
}
