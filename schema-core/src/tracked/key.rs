//! The key of the entry that is being read, for the case that it fails.

use std::{
    cell::Cell,
    fmt::{Display, Write},
};

use crate::upgrade::Segment;

/// One for each map, and reused: most keys are never asked for.
#[derive(Default)]
pub(super) struct Key {
    text: Cell<String>,
    kind: Cell<Kind>,
    field: Cell<bool>,
}

#[derive(Clone, Copy, Default)]
enum Kind {
    /// The format failed before there was a key.
    #[default]
    Unread,
    Text,
    /// A number, for one.
    Other,
}

impl Key {
    pub(super) fn reset(&self) {
        self.kind.set(Kind::Unread);
        self.field.set(false);
    }

    pub(super) fn is_a_field(&self) {
        self.field.set(true);
    }

    pub(super) fn set_text(&self, text: &str) {
        self.set(Kind::Text, |own| own.push_str(text));
    }

    pub(super) fn set_other(&self, value: impl Display) {
        self.set(Kind::Other, |own| {
            // Writing to a `String` does not fail.
            let _ = write!(own, "{value}");
        });
    }

    fn set(&self, kind: Kind, write: impl FnOnce(&mut String)) {
        let mut text = self.text.take();
        text.clear();
        write(&mut text);
        self.text.set(text);
        self.kind.set(kind);
    }

    /// The entry's segment of the path.
    pub(super) fn segment(&self) -> Option<Segment> {
        match self.kind.get() {
            Kind::Text if self.field.get() => self.field_segment(),
            Kind::Text => Some(Segment::Key(format!("{:?}", self.text.take()))),
            Kind::Other => Some(Segment::Key(self.text.take())),
            Kind::Unread => None,
        }
    }

    /// The segment of what is stored like a field in any case, as a variant is.
    pub(super) fn field_segment(&self) -> Option<Segment> {
        match self.kind.get() {
            Kind::Text | Kind::Other => Some(Segment::Field(self.text.take().into())),
            Kind::Unread => None,
        }
    }
}
