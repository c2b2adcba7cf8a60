//! A collection that holds several kinds of documents, read as an enum of them.

mod census;
mod member;
mod operations;

use std::{fmt, sync::Arc};

use bson::{Bson, Document, RawDocument, RawDocumentBuf, doc};
use mongodb::{Collection, Database};
use schema_core::{DecodeOwned, DocumentKinds, HasKind, decode_kind};

pub use self::census::KindsCensus;
use self::member::{Member, members};
use super::{VersionedCollection, handle::Handle, write_back::AsRead};
use crate::{
    error::Error,
    filters::and,
    query::sort::{Sorting, of_kinds},
    watch,
};

/// A collection that holds several kinds of documents, told apart by a key, each with a chain of its own.
///
/// Reads, counts, inserts and deletes are about documents of all kinds; filters and sorts are in names of their current versions, and are
/// said for each kind as its chain says. Whatever changes a document is for those who know its kind: the [handle](Self::of) of
/// that kind does it, and only ever sees documents of its own.
///
/// Documents of kinds that the enum does not have are left out, and [counted](Self::census) all the same.
///
/// ```no_run
/// use schema_runtime::{
///     DocumentKinds, VersionedDocument, VersionedKinds, mongodb::{Client, bson::doc},
/// };
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1, collection = "contents", kind(key = "type", value = "article"))]
/// struct Article {
///     author: String,
///     text: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1, collection = "contents", kind(key = "type", value = "video"))]
/// struct Video {
///     author: String,
///     seconds: i64,
/// }
///
/// #[derive(DocumentKinds)]
/// enum Content {
///     Article(Article),
///     Video(Video),
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Client::with_uri_str("mongodb://localhost").await?.database("media");
/// let contents = VersionedKinds::<Content>::new(&database);
///
/// let mut found = contents.find(doc! { "author": "ada" }).sort(doc! { "_id": -1 }).limit(10).await?;
/// while let Some(content) = found.try_next().await? {
///     match content {
///         Content::Article(article) => println!("{}", article.text),
///         Content::Video(video) => println!("{} seconds", video.seconds),
///     }
/// }
///
/// let videos = contents.of::<Video>();
/// videos.update_many(doc! { "author": "ada" }, doc! { "$inc": { "seconds": 1 } }).await?;
/// videos.backfill().run().await?;
/// # Ok(()) }
/// ```
pub struct VersionedKinds<K: Send + Sync> {
    collection: Collection<K>,
    members: Vec<Arc<dyn Member<K>>>,
}

impl<K: DocumentKinds + Send + Sync + 'static> VersionedKinds<K> {
    /// The collection that the chains of all kinds name. If they name none, this does not compile here; use
    /// [`over`](Self::over) then.
    #[must_use]
    pub fn new(database: &Database) -> Self {
        let name = const {
            match K::CHAINS.first().copied() {
                Some(schema_core::Chain { collection: Some(name), .. }) => name,
                _ => panic!(
                    "the kinds of this enum name no collection; write `collection = \"..\"` on the types that start their \
                     chains, or use `VersionedKinds::over`"
                ),
            }
        };
        Self::over(database.collection(name))
    }

    /// A collection of any name, with the options it was opened with.
    #[must_use]
    pub fn over(collection: Collection<K>) -> Self {
        let members = members(&collection);
        Self { collection, members }
    }

    /// With this handle for the documents of its kind: one that has contexts, a policy of write-back or a version that it writes. It has to be over
    /// the same collection.
    #[must_use]
    pub fn with<T: DecodeOwned + Send + Sync + 'static>(mut self, handle: VersionedCollection<T>) -> Self
    where
        K: HasKind<T>,
    {
        for member in &mut self.members {
            if member.chain() == T::CHAIN {
                *member = Arc::new(handle.clone());
            }
        }
        self
    }

    /// The handle for the documents of one kind, with all that it can.
    #[must_use]
    pub fn of<T: DecodeOwned + Send + Sync + 'static>(&self) -> VersionedCollection<T>
    where
        K: HasKind<T>,
    {
        let own =
            self.members.iter().find_map(|member| member.as_any().downcast_ref::<VersionedCollection<T>>());
        own.cloned().unwrap_or_else(|| VersionedCollection::over(self.collection.clone_with_type()))
    }

    /// The driver's collection: reads upgrade, writes stamp.
    #[must_use]
    pub fn collection(&self) -> &Collection<K> {
        &self.collection
    }

    /// The filter for documents of all kinds.
    fn of_any_kind(&self) -> Document {
        let kinds = || self.members.iter().filter_map(|member| member.chain().kind);
        let missing = kinds().any(|kind| kind.or_missing).then_some(Bson::Null);
        let values: Vec<Bson> = kinds().map(|kind| kind.value.into()).chain(missing).collect();
        kinds().next().map(|kind| doc! { kind.key: { "$in": values } }).unwrap_or_default()
    }
}

impl<K: DocumentKinds + Send + Sync + 'static> Handle for VersionedKinds<K> {
    type Document = K;

    fn name(&self) -> &str {
        self.collection.name()
    }

    fn raw(&self) -> Collection<RawDocumentBuf> {
        self.collection.clone_with_type()
    }

    /// One branch for each kind, where they do not all say the same.
    fn of_all_versions(&self, mut filter: Document) -> Result<Document, Error> {
        let comment = filter.remove("$comment");
        let (mut branches, mut is_same) = (Vec::with_capacity(self.members.len()), true);
        for member in &self.members {
            let translated = member.translated(filter.clone())?;
            is_same &= translated == filter;
            branches.extend(member.chain().kind.map(|kind| and(kind.filter(), translated)));
        }
        let mut all = if is_same {
            and(self.of_any_kind(), filter)
        } else {
            doc! { "$or": branches }
        };
        all.extend(comment.map(|comment| ("$comment".to_owned(), comment)));
        Ok(all)
    }

    fn sorting(&self, sort: Document) -> Result<Sorting, Error> {
        let kinds = self.members.iter().filter_map(|member| {
            let kind = member.chain().kind?;
            Some(member.sorting(sort.clone()).map(|sorting| (kind, sorting)))
        });
        Ok(of_kinds(&kinds.collect::<Result<Vec<_>, _>>()?, sort))
    }

    fn read(&self, document: &RawDocument, in_session: bool) -> Result<AsRead<K>, Error> {
        let own =
            self.members.iter().find(|member| member.chain().kind.is_some_and(|kind| kind.has(document)));
        match own {
            Some(member) => member.read(document, in_session),
            None => {
                let read = decode_kind(document).inspect_err(|error| watch::unreadable(self.name(), error));
                Ok(AsRead::alone(read?))
            }
        }
    }
}

impl<K: Send + Sync> Clone for VersionedKinds<K> {
    fn clone(&self) -> Self {
        Self { collection: self.collection.clone(), members: self.members.clone() }
    }
}

impl<K: Send + Sync> fmt::Debug for VersionedKinds<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VersionedKinds")
            .field("namespace", &self.collection.namespace())
            .field("kinds", &self.members.iter().map(|member| member.chain().type_name).collect::<Vec<_>>())
            .finish()
    }
}
