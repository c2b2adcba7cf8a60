//! The database that is the example's own.

use anyhow::bail;
use mongodb::{
    Client, Database,
    bson::{Document, doc},
};

const DATABASE: &str = "schema_example_flights";

/// A collection that says who made the database. A name that nobody has by accident.
const MARK: &str = "made_by_the_backfill_example";

/// The example's database, empty but for the mark. What an earlier run left there is dropped; what somebody else
/// made is not touched.
pub(crate) async fn own_database(client: &Client) -> anyhow::Result<Database> {
    let database = client.database(DATABASE);
    let collections = database.list_collection_names().await?;
    if !collections.is_empty() {
        if !collections.iter().any(|name| name == MARK) {
            bail!("there is a database `{DATABASE}` that this example did not make; use another server");
        }
        database.drop().await?;
    }
    database.collection::<Document>(MARK).insert_one(doc! { "_id": "may be dropped" }).await?;
    Ok(database)
}
