//! A cursor of the driver, within a session or not.

use bson::{Document, RawDocument, RawDocumentBuf};
use mongodb::{
    ClientSession, Collection, Cursor, SessionCursor,
    error::Result,
    options::{AggregateOptions, FindOptions},
};

/// Over documents as bytes. The session that it was made with is the one to go on with.
pub(super) enum AnyCursor {
    Plain(Cursor<RawDocumentBuf>),
    InSession(SessionCursor<RawDocumentBuf>),
}

impl AnyCursor {
    pub(super) async fn find(
        collection: &Collection<RawDocumentBuf>,
        filter: Document,
        options: FindOptions,
        session: Option<&mut ClientSession>,
    ) -> Result<Self> {
        let find = collection.find(filter).with_options(options);
        Ok(match session {
            None => Self::Plain(find.await?),
            Some(session) => Self::InSession(find.session(session).await?),
        })
    }

    pub(super) async fn aggregate(
        collection: &Collection<RawDocumentBuf>,
        pipeline: Vec<Document>,
        options: AggregateOptions,
        session: Option<&mut ClientSession>,
    ) -> Result<Self> {
        let aggregate = collection.aggregate(pipeline).with_options(options).with_type::<RawDocumentBuf>();
        Ok(match session {
            None => Self::Plain(aggregate.await?),
            Some(session) => Self::InSession(aggregate.session(session).await?),
        })
    }

    /// The next document, where there is one.
    pub(super) async fn next(&mut self, session: Option<&mut ClientSession>) -> Result<Option<&RawDocument>> {
        let advanced = match (&mut *self, session) {
            (Self::Plain(cursor), _) => cursor.advance().await?,
            (Self::InSession(cursor), Some(session)) => cursor.advance(session).await?,
            (Self::InSession(_), None) => false,
        };
        Ok(advanced.then(|| match self {
            Self::Plain(cursor) => cursor.current(),
            Self::InSession(cursor) => cursor.current(),
        }))
    }
}
