//! The chain that the server suites share: three versions of an article in a shop.

use mongodb::bson::{Document, doc};
use proptest::prelude::*;
use schema_runtime::{Upgrade, VersionedDocument};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(collection = "articles", version = 1)]
#[serde(rename_all = "camelCase")]
pub struct ArticleV1 {
    #[serde(rename = "_id")]
    pub id: i32,
    pub name: String,
    pub price: String,
    pub stock: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legacy_sku: Option<String>,
    #[serde(default)]
    pub sizes: Vec<SizeV1>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SizeV1 {
    pub label: String,
    pub grams: String,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = ArticleV1, removed(legacy_sku))]
#[serde(rename_all = "camelCase")]
pub struct ArticleV2 {
    #[serde(rename = "_id")]
    pub id: i32,
    #[versioned(from = name)]
    pub title: String,
    #[versioned(from = price, try_with = cents)]
    pub price_cents: i64,
    pub stock: i64,
    pub sizes: Vec<SizeV2>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = SizeV1)]
pub struct SizeV2 {
    pub label: String,
    #[versioned(try_with = |grams| grams.parse::<i32>())]
    pub grams: i32,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 3, previous = ArticleV2)]
#[serde(rename_all = "camelCase")]
pub struct ArticleV3 {
    #[serde(rename = "_id")]
    pub id: i32,
    pub title: String,
    #[versioned(compute = slug)]
    pub slug: String,
    #[versioned(from = price_cents, with = |amount| Price { amount, currency: "EUR".to_owned() })]
    pub price: Price,
    pub stock: i64,
    pub sizes: Vec<SizeV2>,
    #[versioned(added)]
    pub tags: Vec<String>,
}

pub type Article = ArticleV3;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Price {
    pub amount: i64,
    pub currency: String,
}

fn cents(price: String) -> Result<i64, String> {
    let (whole, part) = price.split_once('.').ok_or_else(|| format!("{price:?} is not a price"))?;
    let number =
        |text: &str| text.parse::<i64>().map_err(|error| format!("{price:?} is not a price: {error}"));
    Ok(number(whole)? * 100 + number(part)?)
}

fn slug(article: &ArticleV2) -> String {
    article.title.to_lowercase().replace(' ', "-")
}

/// A stored document of one of the versions, as an application of that time wrote it, and what it is today
/// according to conversions written here by hand.
#[derive(Debug, Clone)]
pub struct Sample {
    pub stored: Document,
    pub today: Article,
}

pub fn sample(id: i32) -> impl Strategy<Value = Sample> {
    let size = ("[a-z]{1,5}", 1..2000i32);
    (
        1..=4u32,
        "[A-Za-z]{1,8}( [A-Za-z]{1,8})?",
        0..100_000_i64,
        any::<i32>(),
        proptest::option::of("[A-Z]{3}"),
        proptest::collection::vec(size, 0..3),
    )
        .prop_map(move |(kind, title, cents, stock, sku, sizes)| {
            let today = Article {
                id,
                slug: title.to_lowercase().replace(' ', "-"),
                title: title.clone(),
                price: Price { amount: cents, currency: "EUR".to_owned() },
                stock: stock.into(),
                sizes: sizes
                    .iter()
                    .map(|(label, grams)| SizeV2 { label: label.clone(), grams: *grams })
                    .collect(),
                tags: Vec::new(),
            };
            let old_sizes: Vec<Document> = sizes
                .iter()
                .map(|(label, grams)| doc! { "label": label, "grams": grams.to_string(), "note": "unknown" })
                .collect();
            let new_sizes: Vec<Document> =
                sizes.iter().map(|(label, grams)| doc! { "label": label, "grams": grams }).collect();
            let price = format!("{}.{:02}", cents / 100, cents % 100);
            let stored = match kind {
                // Version 1 before it had a stamp, and after.
                1 => doc! { "_id": id, "name": title, "price": price, "stock": stock, "legacySku": sku,
                "sizes": old_sizes, "extra": { "kept": id } },
                2 => doc! { "_id": id, "schemaVersion": 1, "name": title, "price": price, "stock": stock,
                "sizes": old_sizes },
                3 => doc! { "_id": id, "schemaVersion": 2_i64, "title": title, "priceCents": cents,
                "stock": i64::from(stock), "sizes": new_sizes, "extra": [id] },
                _ => doc! { "_id": id, "schemaVersion": 3, "title": title, "slug": today.slug.clone(),
                "price": { "amount": cents, "currency": "EUR" }, "stock": i64::from(stock),
                "sizes": new_sizes, "tags": [] },
            };
            Sample { stored, today }
        })
}

/// A document of any version, and of those some that fail in one way or another.
pub fn flawed(id: i32) -> impl Strategy<Value = Document> {
    (sample(id), 0..16u32).prop_map(|(sample, fault)| {
        let mut document = sample.stored;
        match fault {
            0 => drop(document.insert("price", "cheap")),
            1 => drop(document.insert("stock", "many")),
            2 => drop(document.insert("schemaVersion", 4)),
            3 => drop(document.insert("schemaVersion", "3")),
            4 => drop(document.insert("schemaVersion", 2.5)),
            // In the way of a field that comes later, for those that do not have it.
            5 => drop(document.insert("slug", "mine")),
            6 => drop(document.insert("legacySku", doc! { "unknown": 1 })),
            7 => drop(document.insert("schemaVersion", 0)),
            _ => {}
        }
        document
    })
}

/// Some hundred documents of every kind, the same in each run.
pub fn fixed_samples(count: i32) -> Vec<Sample> {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    (0..count).map(|id| sample(id).new_tree(&mut runner).expect("a sample").current()).collect()
}
