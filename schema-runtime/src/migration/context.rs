//! Context: what a step works with.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use mongodb::{Client, ClientSession, Database};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::environment::Environment;

/// What a step works with: the database, and a session that has the transaction if there is one.
///
/// ```
/// use schema_runtime::{migration::{Context, StepError}, mongodb::bson::{Document, doc}};
///
/// async fn close_old_orders(context: Context) -> Result<(), StepError> {
///     let orders = context.database().collection::<Document>("orders");
///     // Without the session it would not belong to the transaction.
///     let closed = orders
///         .update_many(doc! { "state": "shipped" }, doc! { "$set": { "state": "closed" } })
///         .session(&mut *context.session().await)
///         .await?;
///     context.count(closed.modified_count);
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Context(Arc<Shared>);

struct Shared {
    migration: String,
    database: Database,
    environment: Option<Environment>,
    session: Arc<Mutex<ClientSession>>,
    in_transaction: bool,
    affected: AtomicU64,
}

/// The session of a step, for as long as it is kept. Two at a time would wait for each other.
pub struct Session(OwnedMutexGuard<ClientSession>);

impl Context {
    pub(crate) fn new(
        migration: &str,
        database: &Database,
        environment: Option<Environment>,
        session: Arc<Mutex<ClientSession>>,
        in_transaction: bool,
    ) -> Self {
        let (migration, database) = (migration.to_owned(), database.clone());
        let affected = AtomicU64::new(0);
        Self(Arc::new(Shared { migration, database, environment, session, in_transaction, affected }))
    }

    /// The database of the schema.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// Its client, for other databases of the server.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.0.database.client()
    }

    /// The session, to be given to every operation that is to belong to the transaction.
    pub async fn session(&self) -> Session {
        Session(Arc::clone(&self.0.session).lock_owned().await)
    }

    /// Whether the session has a transaction: where it has none, what was done before an error stays done.
    #[must_use]
    pub fn in_transaction(&self) -> bool {
        self.0.in_transaction
    }

    /// Where this runs, if that was said.
    #[must_use]
    pub fn environment(&self) -> Option<Environment> {
        self.0.environment
    }

    /// The id of the migration.
    #[must_use]
    pub fn migration(&self) -> &str {
        &self.0.migration
    }

    /// Adds so many documents to those that the migration has changed, for reports and the ledger.
    pub fn count(&self, documents: u64) {
        self.0.affected.fetch_add(documents, Ordering::Relaxed);
    }

    pub(crate) fn counted(&self) -> u64 {
        self.0.affected.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("migration", &self.0.migration)
            .field("database", &self.0.database.name())
            .field("in_transaction", &self.0.in_transaction)
            .finish_non_exhaustive()
    }
}

impl Deref for Session {
    type Target = ClientSession;

    fn deref(&self) -> &ClientSession {
        &self.0
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut ClientSession {
        &mut self.0
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Session").field(self.0.id()).finish()
    }
}
