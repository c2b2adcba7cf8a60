//! SIGKILL at about half of the documents, and then again from the beginning, as its documentation says.

use std::time::Duration;

use mongodb::{
    Collection, Database,
    bson::{Document, doc},
};

use tokio::time::sleep;

use super::Bench;
use crate::{
    Outcome,
    contender::Contender,
    documents::{self, COLLECTION},
    found::Found,
    process::Ended,
    writer::Acknowledged,
};

/// After this long a server ends a transaction that nobody goes on with.
const MINUTE: Duration = Duration::from_secs(60);

pub struct Killed {
    pub documents: i64,
    pub was_killed: bool,
    /// How many were converted when the process was gone.
    pub at_kill: u64,
    /// Once more, and another time a minute later if that fails.
    pub again: Vec<Ended>,
    pub found: Found,
    /// Documents that were changed more than once.
    pub changed_again: i64,
}

impl Killed {
    /// `usual` is how long the whole takes.
    pub async fn run(bench: &Bench, contender: Contender, usual: Duration) -> Outcome<Self> {
        let (database, documents) = bench.renew(contender).await?;
        let since = documents::now(&bench.client).await?;
        let half = async |elapsed: Duration| {
            if contender.is_transaction() {
                return Ok(elapsed > usual / 2);
            }
            is_converted(&database, documents / 2).await
        };
        let was_killed = bench.start(contender)?.kill_when(half).await?.status.code().is_none();
        let products: Collection<Document> = database.collection(COLLECTION);
        let at_kill = products.count_documents(doc! { "schemaVersion": 2 }).await?;
        let mut again = vec![bench.start(contender)?.end().await?];
        if again.iter().all(|ended| !ended.status.success()) {
            sleep(MINUTE).await;
            again.push(bench.start(contender)?.end().await?);
        }
        let found = Found::look(&database, documents, &Acknowledged::default()).await?;
        let changed_again = documents::changed_again(&bench.client, since).await?;
        Ok(Self { documents, was_killed, at_kill, again, found, changed_again })
    }
}

/// One document stands for those before it: to count them all the time would slow everybody down.
async fn is_converted(database: &Database, number: i64) -> Outcome<bool> {
    let products: Collection<Document> = database.collection(COLLECTION);
    let converted = doc! { "_id": documents::id(number), "schemaVersion": 2 };
    Ok(products.find_one(converted).await?.is_some())
}
