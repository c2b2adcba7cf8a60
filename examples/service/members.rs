//! Members: what this process tells the other processes of the service, and knows of them.
//!
//! Each says of each collection which versions it reads and which it writes, and is refused where it and one of the others could not
//! read each other. So two releases that are alive at the same time never are in each other's way.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use mongodb::Database;
use schema_runtime::{
    Error, VersionedCollection,
    cli::sentence,
    versions::{Health, Member, Service},
};
use tokio::time::timeout;

use crate::{
    api::Documents,
    arguments::Arguments,
    resource::Resource,
    say,
    startup::{Refused, Startup},
};

/// Others find out by themselves who has left.
const PATIENCE: Duration = Duration::from_secs(5);

/// The collections as this process uses them.
#[derive(Debug)]
pub(crate) struct Members<P: Resource, C: Resource> {
    pub(crate) products: Joined<P>,
    pub(crate) contacts: Joined<C>,
}

impl<P: Resource, C: Resource> Members<P, C> {
    /// Comes in to both collections, or to none.
    pub(crate) async fn join(database: &Database, arguments: &Arguments) -> anyhow::Result<Self> {
        let products = Joined::join(database, arguments).await?;
        match Joined::join(database, arguments).await {
            Ok(contacts) => Ok(Self { products, contacts }),
            Err(refusal) => {
                products.leave().await;
                Err(refusal)
            }
        }
    }

    /// To be called after the last write.
    pub(crate) async fn leave(self) {
        self.products.leave().await;
        self.contacts.leave().await;
    }
}

/// A collection, and the place of this process among those that use it.
#[derive(Debug)]
pub(crate) struct Joined<T: Resource> {
    pub(crate) documents: Documents<T>,
    /// None of a process that the others are not to know of.
    pub(crate) member: Option<Arc<Member>>,
}

impl<T: Resource> Joined<T> {
    async fn join(database: &Database, arguments: &Arguments) -> anyhow::Result<Self> {
        let mut documents = VersionedCollection::<T>::new(database);
        if arguments.startup == Startup::Rolling {
            documents = documents.writing(T::READ_BY_RELEASE_BEFORE)?;
        }
        if arguments.alone {
            return Ok(Self { documents, member: None });
        }
        let service = Service::new("shop").release(arguments.release.name()).heartbeat(arguments.heartbeat());
        let member = documents.join(service).await.map_err(|error| refusal(error, arguments.startup))?;
        Ok(Self { documents, member: Some(Arc::new(member)) })
    }

    /// For those that may only look: whoever holds the member itself keeps it from leaving.
    pub(crate) fn place(&self) -> Place<T> {
        let member = self.member.as_ref().map(Arc::downgrade);
        Place { documents: self.documents.clone(), member }
    }

    async fn leave(self) {
        // Nobody looks any more.
        let Some(member) = self.member.and_then(Arc::into_inner) else { return };
        let left = timeout(PATIENCE, member.leave()).await;
        let failed = match left {
            Ok(Ok(())) => return,
            Ok(Err(error)) => sentence(&error),
            Err(_) => "the database does not answer".to_owned(),
        };
        let name = self.documents.name();
        say(format_args!(
            "the others will take this process for alive a little longer in `{name}`: {failed}"
        ));
    }
}

/// What there is to be seen of a [`Joined`] collection.
#[derive(Debug)]
pub(crate) struct Place<T: Resource> {
    pub(crate) documents: Documents<T>,
    member: Option<Weak<Member>>,
}

impl<T: Resource> Place<T> {
    /// How this process stands with the others, if they are to know of it.
    pub(crate) fn health(&self) -> Option<Health> {
        Some(self.member.as_ref()?.upgrade()?.health())
    }
}

impl<T: Resource> Clone for Place<T> {
    // Not derived: that would ask for `T: Clone`.
    fn clone(&self) -> Self {
        Self { documents: self.documents.clone(), member: self.member.clone() }
    }
}

/// Why this release may not serve beside those that are there; anything else has nothing to do with them.
fn refusal(error: Error, startup: Startup) -> anyhow::Error {
    let said = sentence(&error);
    match error {
        Error::UnreadableToOthers { .. } if startup != Startup::Rolling => {
            Refused(format!("{said}; or start this one with `--startup rolling`, which waits for that"))
                .into()
        }
        Error::UnreadableToOthers { .. }
        | Error::UnreadableHere { .. }
        | Error::BelowFloor { .. }
        | Error::BackfillAhead { .. } => Refused(said).into(),
        other => anyhow::Error::from(other).context("cannot join the other processes"),
    }
}
