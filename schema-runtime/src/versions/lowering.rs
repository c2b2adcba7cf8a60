//! Lowering the floor, before older documents are stored again.
//!
//! A service that asks for no names but the current ones would not find those. So the floor is lowered first, and then it is waited
//! until every live member says that it knows. One that says nothing does not trust the old floor for longer than it counts as alive.

use std::time::Duration;

use mongodb::Database;

use super::store::Store;
use crate::error::Error;

/// How often it is looked whether everybody knows.
const POLL: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Lowering {
    store: Store,
    to: Option<u32>,
}

impl Lowering {
    /// To a version, or to nothing that is known.
    pub(crate) fn new(database: &Database, collection: &str, to: Option<u32>) -> Self {
        Self { store: Store::of(database, collection), to }
    }

    /// Lowers it, if that has not been done, and says whether everybody knows.
    pub(crate) async fn is_known(&self) -> Result<bool, Error> {
        self.store.lower(self.to).await?;
        let Some(floor) = self.store.floor().await? else { return Ok(true) };
        let members = self.store.live().await?;
        // One that waits to be let in looks at the floor when it is.
        Ok(members.iter().all(|member| member.writes.is_none() || member.revision >= floor.revision))
    }

    pub(super) async fn until_known(&self) -> Result<(), Error> {
        while !self.is_known().await? {
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }
}
