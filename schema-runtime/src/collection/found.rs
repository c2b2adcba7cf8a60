//! What a search has found, as bytes: the documents of a cursor until its end.

use bson::RawDocument;
use mongodb::ClientSession;

use super::cursor::AnyCursor;
use crate::error::{During, Error};

pub(super) struct Found<'a> {
    cursor: AnyCursor,
    session: Option<&'a mut ClientSession>,
    ended: bool,
}

impl<'a> Found<'a> {
    pub(super) fn new(cursor: AnyCursor, session: Option<&'a mut ClientSession>) -> Self {
        Self { cursor, session, ended: false }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(super) fn in_session(&self) -> bool {
        self.session.is_some()
    }

    /// The next document, if there is one. An error is the end.
    pub(super) async fn next(&mut self, collection: &str) -> Option<Result<&RawDocument, Error>> {
        if self.ended {
            return None;
        }
        let next = self.cursor.next(self.session.as_deref_mut()).await;
        let next = next.during("read the next documents", collection).transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}
