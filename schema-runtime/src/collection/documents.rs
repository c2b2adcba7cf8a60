//! The documents that a search has found, one at a time.

use std::fmt;

use bson::RawDocument;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};

use super::{found::Found, write_back::AsRead};
use crate::error::Error;

/// Documents as they come from the server, each read as the current type when it is asked for. A batch of them is what is held in
/// memory.
///
/// A document that cannot be read is an [`Error::Decode`], and those behind it follow. An [`Error::Database`] is the end.
///
/// `R` is what each is read as: the current type, or what is left of it by a [projection](super::Find::project).
pub struct Documents<'a, R> {
    collection: &'a str,
    found: Found<'a>,
    read: Box<Read<'a, R>>,
}

/// How a document is read, within a session or not.
type Read<'a, R> = dyn Fn(&RawDocument, bool) -> Result<AsRead<R>, Error> + Send + Sync + 'a;

impl<'a, R: Send + 'a> Documents<'a, R> {
    pub(super) fn new(
        collection: &'a str,
        found: Found<'a>,
        read: impl Fn(&RawDocument, bool) -> Result<AsRead<R>, Error> + Send + Sync + 'a,
    ) -> Self {
        Self { collection, found, read: Box::new(read) }
    }

    /// The next document, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] for one that cannot be read; the next call is about the one behind it. [`Error::Database`] when the
    /// server does not go on; there is nothing behind that.
    pub async fn next(&mut self) -> Option<Result<R, Error>> {
        let in_session = self.found.in_session();
        let read = match self.found.next(self.collection).await? {
            Ok(document) => (self.read)(document, in_session),
            Err(error) => Err(error),
        };
        match read {
            Err(error) => Some(Err(error)),
            Ok(read) => Some(Ok(read.settled().await)),
        }
    }

    /// The next document, if there is one.
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next).
    pub async fn try_next(&mut self) -> Result<Option<R>, Error> {
        self.next().await.transpose()
    }

    /// All of them.
    ///
    /// # Errors
    ///
    /// The first error that [`next`](Self::next) finds.
    pub async fn try_collect(mut self) -> Result<Vec<R>, Error> {
        let mut documents = Vec::new();
        while let Some(document) = self.try_next().await? {
            documents.push(document);
        }
        Ok(documents)
    }

    /// The same as a stream, for what `futures` has for streams.
    pub fn stream(self) -> BoxStream<'a, Result<R, Error>> {
        stream::unfold(self, async |mut documents| {
            let document = documents.next().await?;
            Some((document, documents))
        })
        .boxed()
    }
}

impl<R> fmt::Debug for Documents<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents")
            .field("collection", &self.collection)
            .field("ended", &self.found.has_ended())
            .finish_non_exhaustive()
    }
}
