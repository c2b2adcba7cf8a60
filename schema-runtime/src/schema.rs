//! The schema of a service: all its document types and all its migrations, in one place.
//!
//! ```no_run
//! # use schema_runtime::{VersionedDocument, migration::Migration, mongodb::Database, schema::SchemaError};
//! use schema_runtime::Schema;
//!
//! # #[derive(VersionedDocument)]
//! # #[versioned(version = 1, collection = "products")]
//! # struct Product { name: String }
//! # #[derive(VersionedDocument)]
//! # #[versioned(version = 1, collection = "contacts")]
//! # struct Contact { name: String }
//! # fn close_old_orders() -> Migration { Migration::new("20261122-close-old-orders") }
//! fn schema(database: &Database) -> Schema {
//!     Schema::new(database).document::<Product>().document::<Contact>().migration(close_old_orders())
//! }
//!
//! # async fn example(database: Database) -> Result<(), SchemaError> {
//! let report = schema(&database).up().run().await?;
//! print!("{report}");
//! # Ok(()) }
//! ```

mod books;
mod documents;
mod error;
mod order;
mod problem;
mod status;

use std::{fmt, sync::Arc};

use mongodb::Database;
use schema_core::DecodeOwned;

pub(crate) use self::documents::Documents;
pub use self::{
    books::Validated,
    error::SchemaError,
    problem::Problem,
    status::{DocumentsStatus, MigrationStatus, SchemaStatus},
};
use crate::{
    collection::VersionedCollection,
    environment::Environment,
    ledger,
    migration::{Condition, Migration},
};

/// The document types and the migrations of a service. What each method of it does begins with a look whether they fit together
/// ([`SchemaError::Invalid`]), before anything is asked of the server.
///
/// Cheap to clone.
#[derive(Clone)]
pub struct Schema {
    database: Database,
    documents: Vec<Arc<dyn Documents>>,
    migrations: Vec<Arc<Migration>>,
    environment: Option<Environment>,
    release: Option<String>,
}

impl Schema {
    /// A schema without documents and migrations.
    #[must_use]
    pub fn new(database: &Database) -> Self {
        let database = database.clone();
        Self { database, documents: Vec::new(), migrations: Vec::new(), environment: None, release: None }
    }

    /// With the documents of the collection that the chain of `T` names. A chain that names none does not compile here; use
    /// [`collection`](Self::collection) then.
    #[must_use]
    pub fn document<T: DecodeOwned + Send + Sync + 'static>(self) -> Self {
        let documents = VersionedCollection::<T>::new(&self.database);
        self.collection(documents)
    }

    /// With a collection of another name, or one that has [contexts](VersionedCollection::with_context).
    #[must_use]
    pub fn collection<T: DecodeOwned + Send + Sync + 'static>(
        mut self,
        documents: VersionedCollection<T>,
    ) -> Self {
        self.documents.push(Arc::new(documents));
        self
    }

    /// With a migration, behind those that it has.
    #[must_use]
    pub fn migration(mut self, migration: Migration) -> Self {
        self.migrations.push(Arc::new(migration));
        self
    }

    /// With several.
    #[must_use]
    pub fn migrations(mut self, migrations: impl IntoIterator<Item = Migration>) -> Self {
        self.migrations.extend(migrations.into_iter().map(Arc::new));
        self
    }

    /// Where it runs. Default: not said, and what destroys is allowed as in production.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Which release of the service this is, for the ledger. Default: not said.
    #[must_use]
    pub fn release(mut self, release: impl Into<String>) -> Self {
        self.release = Some(release.into());
        self
    }

    /// Looks whether everything fits together.
    ///
    /// # Errors
    ///
    /// [`SchemaError::Invalid`] with all that does not.
    pub fn check(&self) -> Result<(), SchemaError> {
        self.in_order().map(drop)
    }

    /// The migrations in the order in which they are run.
    pub(crate) fn in_order(&self) -> Result<Vec<&Migration>, SchemaError> {
        let mut problems = self.same_documents();
        problems.extend(self.unmet_conditions());
        let order = order::of(&self.migrations);
        match order {
            Ok(order) if problems.is_empty() => Ok(order
                .into_iter()
                .filter_map(|place| self.migrations.get(place))
                .map(AsRef::as_ref)
                .collect()),
            order => {
                problems.extend(order.err().into_iter().flatten());
                Err(SchemaError::Invalid { problems })
            }
        }
    }

    fn same_documents(&self) -> Vec<Problem> {
        let pairs = self.documents.iter().enumerate().flat_map(|(place, first)| {
            self.documents.iter().skip(place + 1).map(move |second| (first, second))
        });
        let mut problems = Vec::new();
        for (first, second) in pairs.filter(|(first, second)| first.collection() == second.collection()) {
            let apart = match (first.chain().kind, second.chain().kind) {
                (Some(one), Some(other)) => {
                    one.key == other.key && one.value != other.value && !(one.or_missing && other.or_missing)
                }
                _ => false,
            };
            if !apart {
                let (collection, first, second) =
                    (first.collection().to_owned(), first.chain().type_name, second.chain().type_name);
                problems.push(Problem::SameDocuments { collection, first, second });
            }
        }
        problems
    }

    fn unmet_conditions(&self) -> Vec<Problem> {
        let asked = self.migrations.iter().flat_map(|migration| {
            migration.conditions().iter().map(move |condition| (migration.id(), condition))
        });
        asked.filter_map(|(id, condition)| self.unmet(id.to_owned(), condition)).collect()
    }

    fn unmet(&self, id: String, condition: &Condition) -> Option<Problem> {
        let (documents, asked) = (condition.name().to_owned(), condition.version());
        let Some(found) = self.find(&documents) else {
            return Some(Problem::UnknownDocuments { id, documents });
        };
        let current = found.chain().version;
        (asked > current).then_some(Problem::UnknownVersion { id, documents, asked, current })
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn documents(&self) -> &[Arc<dyn Documents>] {
        &self.documents
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Arc<dyn Documents>> {
        self.documents.iter().find(|documents| documents.name() == name)
    }

    pub(crate) fn environment_said(&self) -> Option<Environment> {
        self.environment
    }

    pub(crate) fn ledger(&self) -> ledger::Store {
        ledger::Store::of(&self.database, self.environment, self.release.clone())
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let documents: Vec<&str> = self.documents.iter().map(|documents| documents.name()).collect();
        f.debug_struct("Schema")
            .field("database", &self.database.name())
            .field("documents", &documents)
            .field("migrations", &self.migrations)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}
