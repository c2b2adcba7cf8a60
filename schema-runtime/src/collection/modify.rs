//! Modify: read, upgrade, change in memory, and write the difference, until nobody has been faster.

use std::{convert::Infallible, error::Error as StdError, fmt};

use bson::Document;
use mongodb::options::FindOptions;
use schema_core::DecodeOwned;

use super::{
    VersionedCollection,
    action::action,
    asked::Asked,
    guard::{MAX_ATTEMPTS, id_of},
};
use crate::error::Error;

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// Changes the first document that a filter in current names finds, whatever its version: it is read as the current type, changed by `change`, and
    /// what differs is written, if nobody has changed the document in between. Otherwise it is read and changed again; so `change` may be called
    /// more than once, and should do nothing else.
    ///
    /// An older document is upgraded by the same write. Fields that the type does not know stay as they are.
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, VersionedDocument, mongodb::bson::doc};
    /// # #[derive(VersionedDocument)]
    /// # #[versioned(version = 1)]
    /// # struct User { login: String, visits: i64 }
    /// # async fn example(users: VersionedCollection<User>) -> Result<(), Box<dyn std::error::Error>> {
    /// let user = users.modify(doc! { "login": "a@example.org" }, |user| user.visits += 1).await?;
    /// # Ok(()) }
    /// ```
    pub fn modify<'a>(
        &'a self,
        filter: Document,
        mut change: impl FnMut(&mut T) + Send + 'a,
    ) -> Modify<'a, T> {
        self.try_modify(filter, move |document| {
            change(document);
            Ok::<_, Infallible>(())
        })
    }

    /// The same with a change that may decline: then nothing is written, and what it says is an [`Error::Declined`].
    pub fn try_modify<'a, E>(
        &'a self,
        filter: Document,
        mut change: impl FnMut(&mut T) -> Result<(), E> + Send + 'a,
    ) -> Modify<'a, T>
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let change = BoxedChange(Box::new(move |document| change(document).map_err(Into::into)));
        Modify::new(self, filter, None, change)
    }
}

type Declined = Box<dyn StdError + Send + Sync>;

type Change<'a, T> = dyn FnMut(&mut T) -> Result<(), Declined> + Send + 'a;

pub(super) struct BoxedChange<'a, T>(Box<Change<'a, T>>);

impl<T> fmt::Debug for BoxedChange<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a function")
    }
}

action! {
    /// A change of one document in memory. Made by [`VersionedCollection::modify`] and
    /// [`try_modify`](VersionedCollection::try_modify).
    ///
    /// Awaiting it gives the document as it is stored now; `None` when the filter finds none.
    ///
    /// # Errors
    ///
    /// - [`Error::Decode`] when the document cannot be read as `T`;
    /// - [`Error::Declined`] when the change says so;
    /// - [`Error::NotWritten`] when it cannot be stored without losing something of somebody else's;
    /// - [`Error::Conflict`] when others change it too often;
    /// - [`Error::Untranslatable`] for a filter that older documents cannot be asked;
    /// - [`Error::Database`] when a read or write fails.
    pub struct Modify<'a, T> {
        filter: Document,
        sort: Option<Document>,
        change: BoxedChange<'a, T>,
    } => Option<T>
}

impl<T: Send + Sync> Modify<'_, T> {
    /// The first in this order.
    pub fn sort(mut self, sort: Document) -> Self {
        self.sort = Some(sort);
        self
    }
}

impl<T: DecodeOwned + Send + Sync> Modify<'_, T> {
    async fn run(self) -> Result<Option<T>, Error> {
        let Self { versioned, filter, sort, mut change, mut session } = self;
        let mut asked = Asked::new(versioned.of_all_versions(filter)?, FindOptions::default());
        asked.options.sort = sort;
        for attempt in 1..=MAX_ATTEMPTS {
            let loaded = versioned.load_any(&asked, session.as_deref_mut()).await?;
            let Some(mut loaded) = loaded else { return Ok(None) };
            (change.0)(&mut loaded).map_err(|source| Error::Declined {
                collection: versioned.name().to_owned(),
                id: Box::new(id_of(&loaded.stored)),
                source,
            })?;
            let mut save = versioned.save(&mut loaded);
            if let Some(session) = session.as_deref_mut() {
                save = save.session(session);
            }
            match save.await {
                Err(Error::Changed { .. }) => {}
                saved => return saved.map(|()| Some(loaded.into_inner())),
            }
            versioned.pause_after_conflict(attempt).await;
        }
        Err(versioned.conflict())
    }
}
