//! Projections: part of each document that is found, in the names of the current version.

use std::{future::IntoFuture, marker::PhantomData};

use bson::{Document, RawDocument};
use futures_util::future::BoxFuture;
use schema_core::{DecodeOwned, encode};
use serde::de::DeserializeOwned;

use super::{Documents, Find, VersionedCollection, found::Found, search::search, write_back::AsRead};
use crate::{
    convert::{Reason, is_upgradable},
    error::Error,
    query::projection::{Cut, Projecting, translate_projection},
};

impl<'a, T: Send + Sync> Find<'a, VersionedCollection<T>> {
    /// Only part of each document, in the names of the current version, as a type `P` of the service's own.
    ///
    /// What has never changed is left out by the server. An older document with something that has, is sent with what its upgrade needs,
    /// upgraded, and cut here ([how](crate::query::projection)).
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, VersionedDocument, mongodb::bson::doc};
    /// # #[derive(VersionedDocument)]
    /// # #[versioned(version = 1)]
    /// # struct User { login: String, visits: i64 }
    /// #[derive(serde::Deserialize)]
    /// struct Card {
    ///     login: String,
    /// }
    ///
    /// # async fn example(users: VersionedCollection<User>) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut cards = users.find(doc! {}).project::<Card>(doc! { "login": 1 }).await?;
    /// while let Some(card) = cards.try_next().await? {
    ///     println!("{}", card.login);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn project<P>(self, projection: Document) -> Project<'a, T, P> {
        Project { find: self, projection, as_type: PhantomData }
    }
}

/// A search for part of documents. Made by [`Find::project`].
///
/// # Errors
///
/// Awaiting it ends with [`Error::Untranslatable`] for a filter, an order or a projection that older documents cannot be asked, and with
/// [`Error::Database`] when the query fails. What is left of a document and is no `P`, is an [`Error::Projected`] in its place.
#[must_use = "nothing happens before it is awaited"]
#[derive(Debug)]
pub struct Project<'a, T: Send + Sync, P> {
    find: Find<'a, VersionedCollection<T>>,
    projection: Document,
    as_type: PhantomData<fn() -> P>,
}

impl<'a, T, P> IntoFuture for Project<'a, T, P>
where
    T: DecodeOwned + Send + Sync,
    P: DeserializeOwned + Send + 'a,
{
    type Output = Result<Documents<'a, P>, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<'a, T: DecodeOwned + Send + Sync, P: DeserializeOwned + Send + 'a> Project<'a, T, P> {
    async fn run(self) -> Result<Documents<'a, P>, Error> {
        let Find { versioned, filter, mut options, mut session } = self.find;
        let (sent, cut) = match translate_projection::<T>(versioned.known_floor(), self.projection)? {
            Projecting::AsItIs(projection) => (Some(projection), None),
            Projecting::Here { sent, cut } => (sent, Some(cut)),
        };
        options.projection = sent;
        let cursor = search(versioned, filter, options, session.as_deref_mut()).await?;
        Ok(Documents::new(versioned.name(), Found::new(cursor, session), move |document, _| match &cut {
            None => Ok(AsRead::alone(versioned.part(document)?)),
            Some(cut) => versioned.cut(document, cut),
        }))
    }
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// What is left of a document, as the type that was asked for.
    fn part<P: DeserializeOwned>(&self, left: &RawDocument) -> Result<P, Error> {
        bson::deserialize_from_slice(left.as_bytes())
            .map_err(|source| Error::Projected { collection: self.name().to_owned(), source })
    }

    /// The same, of a document that is to be upgraded and cut before. Nothing is written back: it may not be all there.
    fn cut<P: DeserializeOwned>(&self, document: &RawDocument, cut: &Cut) -> Result<AsRead<P>, Error> {
        let malformed = |error| self.not_written(&document.to_owned(), Reason::Malformed(error));
        let left = if is_upgradable::<T>(document) {
            let upgraded = encode(&self.read(document, true)?.document);
            cut.of(&upgraded.map_err(|error| self.not_written(&document.to_owned(), error.into()))?)
        } else {
            cut.of(document)
        };
        Ok(AsRead::alone(self.part(&left.map_err(malformed)?)?))
    }
}
