//! The database of the service.

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_examples::server::Server;

use crate::arguments::Arguments;

const DATABASE: &str = "schema_example_shop";

/// The one that the arguments name. On a private server it is filled first.
pub(crate) async fn database(server: &Server, arguments: &Arguments) -> mongodb::error::Result<Database> {
    let client = server.client();
    let database = match &arguments.database {
        Some(name) => client.database(name),
        None => client.default_database().unwrap_or_else(|| client.database(DATABASE)),
    };
    if server.is_private() {
        fill(&database).await?;
    }
    Ok(database)
}

/// What earlier releases would have left behind.
async fn fill(database: &Database) -> mongodb::error::Result<()> {
    let products = [
        doc! { "_id": "kettle", "name": "Kettle", "category": "kitchen", "price": "24.90", "legacySku": "K-7" },
        doc! { "_id": "lamp", "name": "Lamp", "category": "light", "price": "ask", "legacySku": null },
        doc! { "_id": "desk", "schemaVersion": 2, "title": "Desk", "tags": ["office"], "price": 180.0 },
        doc! { "_id": "chair", "schemaVersion": 3, "title": "Chair", "tags": ["office"], "unitPrice": 95.0, "stock": 4_i64 },
    ];
    database.collection::<Document>("products").insert_many(products).await?;
    let contact = doc! {
        "_id": "ada", "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.org", "city": "London",
    };
    database.collection::<Document>("contacts").insert_one(contact).await?;
    Ok(())
}
