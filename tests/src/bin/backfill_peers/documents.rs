//! The documents: what each is at first, and what is to become of it.

use mongodb::{
    Client, Collection, Database,
    bson::{DateTime, Document, Timestamp, doc, oid::ObjectId},
};

use crate::Outcome;

pub const DATABASE: &str = "peers";
pub const COLLECTION: &str = "products";

/// What no type, no schema and no script has ever heard of.
pub const UNKNOWN: &str = "legacyX";

/// How many prices cannot be converted, where some are to be so.
pub const BAD: i64 = 10;

/// Where the documents are kept as they were.
const TEMPLATE: &str = "peers_template";

const FIRST: [&str; 8] = ["Ada", "Alan", "Barbara", "Donald", "Edsger", "Grace", "Niklaus", "Tony"];

/// Object ids, because that is what everybody's documents have by default.
pub fn id(number: i64) -> ObjectId {
    let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
    ObjectId::from_bytes([0x65, 0, 0, 0, a, b, c, d, e, f, g, h])
}

/// The number of the document with this id.
pub fn number(id: ObjectId) -> i64 {
    let [_, _, _, _, number @ ..] = id.bytes();
    i64::from_be_bytes(number)
}

pub fn name(number: i64) -> String {
    let first = FIRST.iter().cycle().nth(usize::try_from(number % 8).unwrap_or(0)).unwrap_or(&"");
    format!("{first} Number{number}")
}

/// Never a whole number, which JavaScript would store as an integer.
pub fn price(number: i64) -> String {
    format!("{}.{:02}", number % 1000, number % 99 + 1)
}

/// The numbers of the documents with a bad price.
pub fn bad(documents: i64) -> std::ops::Range<i64> {
    let middle = documents / 2;
    middle..(middle + BAD).min(documents)
}

/// The fields that stay as they are.
pub fn kept(number: i64) -> Document {
    doc! {
        "category": "tools", "stock": i32::try_from(number % 7).unwrap_or(0), "rating": 4.5,
        "createdAt": DateTime::from_millis(1_700_000_000_000 + number), "description": "x".repeat(120),
    }
}

fn stored(number: i64) -> Document {
    let mut document = doc! { "_id": id(number), "name": name(number), "price": price(number), "views": 0 };
    document.extend(kept(number));
    document.insert(UNKNOWN, 1);
    document
}

pub async fn make(client: &Client, documents: i64) -> Outcome {
    let template: Collection<Document> = client.database(TEMPLATE).collection(COLLECTION);
    for first in (0..documents).step_by(10_000) {
        template.insert_many((first..documents.min(first + 10_000)).map(stored)).await?;
    }
    Ok(())
}

/// The first documents as they were, and nothing else in the database: no ledger, no checkpoint.
pub async fn renew(client: &Client, documents: i64) -> Outcome<Database> {
    let database = client.database(DATABASE);
    database.drop().await?;
    let template: Collection<Document> = client.database(TEMPLATE).collection(COLLECTION);
    let out = doc! { "$out": { "db": DATABASE, "coll": COLLECTION } };
    template.aggregate([doc! { "$match": { "_id": { "$lt": id(documents) } } }, out]).await?;
    // What filling the collection has left the server to do is not for anybody to wait for.
    client.database("admin").run_command(doc! { "fsync": 1 }).await?;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    Ok(database)
}

pub async fn spoil_prices(database: &Database, documents: i64) -> Outcome {
    let range = bad(documents);
    let products: Collection<Document> = database.collection(COLLECTION);
    let spoilt = doc! { "_id": { "$gte": id(range.start), "$lt": id(range.end) } };
    products.update_many(spoilt, doc! { "$set": { "price": "n/a" } }).await?;
    Ok(())
}

/// What time it is in the oplog.
pub async fn now(client: &Client) -> Outcome<Timestamp> {
    let answer = client.database("admin").run_command(doc! { "ping": 1 }).await?;
    Ok(answer.get_timestamp("operationTime")?)
}

/// How many documents have been changed more than once since then, by the oplog.
pub async fn changed_again(client: &Client, since: Timestamp) -> Outcome<i64> {
    let oplog: Collection<Document> = client.database("local").collection("oplog.rs");
    let stages = [
        doc! { "$match": { "ts": { "$gt": since }, "op": "u", "ns": format!("{DATABASE}.{COLLECTION}") } },
        doc! { "$group": { "_id": "$o2._id", "times": { "$sum": 1 } } },
        doc! { "$match": { "times": { "$gt": 1 } } },
        doc! { "$count": "documents" },
    ];
    let mut cursor = oplog.aggregate(stages).await?;
    if !cursor.advance().await? {
        return Ok(0);
    }
    Ok(cursor.deserialize_current()?.get_i32("documents")?.into())
}
