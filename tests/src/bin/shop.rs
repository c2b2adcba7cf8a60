//! A shop's own program on the command line of the schema: two document types, and one migration of every sort.
//!
//! Documents of the collection `markers` have `20260201-close-orders` wait (`wait`) and fail (`stop`, with its `why`). `SHOP_DESCRIPTION` is what
//! that one says of itself; with `SHOP_LOG`, everything that anything logs at any level goes to standard error.

use std::{env, io::stderr, process::ExitCode, time::Duration};

use mongodb::{
    Collection,
    bson::{Document, doc, oid::ObjectId},
};
use schema_runtime::{
    Environment, Schema, VersionedDocument, cli,
    migration::{Context, Migration, StepError, Transaction},
};
use tracing_subscriber::filter::LevelFilter;

/// A product as it first was.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "products", version = 1)]
struct ProductV1 {
    #[serde(rename = "_id")]
    id: i32,
    name: String,
    /// In words.
    price: String,
}

/// The name is a title, and has an index.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ProductV1, reversible, index(keys(title)))]
struct ProductV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = name)]
    title: String,
    price: String,
}

/// The price is a number.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = ProductV2, reversible, index(keys(title), name = "by_title"), index(keys(price)))]
struct Product {
    #[serde(rename = "_id")]
    id: i32,
    title: String,
    #[versioned(try_with = |price| price.parse::<i64>(), back_with = |price: i64| price.to_string())]
    price: i64,
}

/// A notice as it first was. It shares its collection with what is none of ours.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "messages", version = 1, kind(key = "type", value = "notice"))]
struct NoticeV1 {
    #[serde(rename = "_id")]
    id: ObjectId,
    text: String,
}

/// The text is a body.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = NoticeV1, reversible, index(keys("type")))]
struct Notice {
    #[serde(rename = "_id")]
    id: ObjectId,
    #[versioned(from = text)]
    body: String,
}

fn documents(context: &Context, collection: &str) -> Collection<Document> {
    context.database().collection(collection)
}

fn open_price_list() -> Migration {
    Migration::new("20260101-price-list")
        .description("A price list to begin with")
        .author("ada")
        .date("2026-01-01")
        .up(async |context: Context| {
            let prices = (0..3).map(|id| doc! { "_id": id });
            documents(&context, "prices").insert_many(prices).session(&mut *context.session().await).await?;
            context.count(3);
            Ok(())
        })
        .down(async |context: Context| {
            documents(&context, "prices").delete_many(doc! {}).session(&mut *context.session().await).await?;
            Ok(())
        })
        .validate(async |context: Context| {
            match documents(&context, "prices").count_documents(doc! {}).await? {
                3 => Ok(()),
                count => Err(format!("the price list has {count} prices, and not 3").into()),
            }
        })
}

async fn no_waiting(context: Context) -> Result<(), StepError> {
    let markers = documents(&context, "markers");
    while markers.find_one(doc! { "_id": "wait" }).await?.is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

fn close_orders() -> Migration {
    let description =
        env::var("SHOP_DESCRIPTION").unwrap_or_else(|_| "Orders that were shipped are closed".to_owned());
    Migration::new("20260201-close-orders")
        .description(description)
        .up(no_waiting)
        .down(async |_| Ok(()))
        .transaction(Transaction::Never)
        .repeatable()
        .up(async |context: Context| {
            let closed = documents(&context, "closed");
            closed.insert_one(doc! { "_id": 1 }).session(&mut *context.session().await).await?;
            match documents(&context, "markers").find_one(doc! { "_id": "stop" }).await? {
                Some(marker) => Err(marker.get_str("why")?.into()),
                None => Ok(()),
            }
        })
        .down(async |context: Context| {
            documents(&context, "closed").delete_many(doc! {}).session(&mut *context.session().await).await?;
            Ok(())
        })
}

fn drop_carts() -> Migration {
    Migration::new("20260301-drop-carts")
        .description("Carts are kept by the browser")
        .up(async |context: Context| Ok(documents(&context, "carts").drop().await?))
        .down(async |_| Ok(()))
        .transaction(Transaction::Never)
        .repeatable()
        .destroys("collection `carts`")
}

fn count_titles() -> Migration {
    Migration::new("20260401-count-titles")
        .description("Titles are counted once all products have one")
        .after_version::<Product>(2)
        .up(async |context: Context| {
            let count = documents(&context, "products")
                .count_documents(doc! { "title": { "$exists": true } })
                .await?;
            let counted = doc! { "_id": "titles", "count": i64::try_from(count)? };
            documents(&context, "counts").insert_one(counted).session(&mut *context.session().await).await?;
            Ok(())
        })
}

fn samples() -> Migration {
    Migration::new("20260501-samples")
        .description("Something to look at")
        .environments([Environment::Development])
        .up(async |context: Context| {
            let sample = doc! { "_id": 1 };
            documents(&context, "samples").insert_one(sample).session(&mut *context.session().await).await?;
            Ok(())
        })
}

#[tokio::main]
async fn main() -> ExitCode {
    if env::var_os("SHOP_LOG").is_some() {
        tracing_subscriber::fmt().with_writer(stderr).with_max_level(LevelFilter::TRACE).init();
    }
    cli::run(|database| {
        Schema::new(database).document::<Product>().document::<Notice>().release("1.2.0").migrations([
            open_price_list(),
            close_orders(),
            drop_carts(),
            count_titles(),
            samples(),
        ])
    })
    .await
}
