//! What single operations cost through `VersionedCollection`, as a ratio to the plain driver with plain serde structs on the same
//! collection, all of whose documents are of the current version.
//!
//!     cargo run --release -p schema-tests --bin service_overhead -- [operations] [rounds] [only]
//!
//! starts a server of its own. In each round, both ways make so many operations in turns of twenty, so that what else the machine does
//! meets both. With `only`, those operations whose names have it in them. The ratios are of times, and their median is what counts.
#![allow(clippy::print_stdout, reason = "the output is what it is for")]

use std::{
    env,
    error::Error,
    time::{Duration, Instant},
};

use futures_util::TryStreamExt;
use mongodb::{
    Client, Collection,
    bson::{DateTime, doc},
};
use schema_runtime::{VersionedCollection, VersionedDocument, local::LocalServer};
use serde::{Deserialize, Serialize};

#[derive(VersionedDocument)]
#[versioned(collection = "products", version = 1)]
#[serde(rename_all = "camelCase")]
struct ProductV1 {
    #[serde(rename = "_id")]
    id: i64,
    name: String,
    price: f64,
    tags: Vec<String>,
    description: String,
    updated_at: DateTime,
}

/// As a service has it today.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = ProductV1)]
#[serde(rename_all = "camelCase")]
struct Product {
    #[serde(rename = "_id")]
    id: i64,
    #[versioned(from = name)]
    title: String,
    price: f64,
    tags: Vec<String>,
    description: String,
    updated_at: DateTime,
    #[versioned(added)]
    quantity: i64,
}

/// The same without versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plain {
    #[serde(rename = "_id")]
    id: i64,
    title: String,
    price: f64,
    tags: Vec<String>,
    description: String,
    updated_at: DateTime,
    quantity: i64,
}

const DOCUMENTS: i64 = 5_000;
/// Operations of one way before it is the other's turn.
const TURN: i64 = 20;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Ways {
    plain: Collection<Plain>,
    versioned: VersionedCollection<Product>,
    /// The next `_id` to be inserted.
    next: i64,
}

#[derive(Debug, Clone, Copy)]
enum Operation {
    FindById,
    FindByName,
    FindAll,
    Insert,
    UpdateById,
    UpdateByName,
}

impl Operation {
    const ALL: [Self; 6] =
        [Self::FindById, Self::FindByName, Self::FindAll, Self::Insert, Self::UpdateById, Self::UpdateByName];

    fn name(self) -> &'static str {
        match self {
            Self::FindById => "find_one by _id",
            Self::FindByName => "find_one by a renamed field",
            Self::FindAll => "find 500, streamed",
            Self::Insert => "insert_one",
            Self::UpdateById => "update_one by _id",
            Self::UpdateByName => "update_one by a renamed field",
        }
    }

    /// How many of them make up as much work as one of the others.
    fn weight(self) -> i64 {
        if matches!(self, Self::FindAll) { 10 } else { 1 }
    }
}

fn plain(id: i64) -> Plain {
    Plain {
        id,
        title: format!("Product {id}"),
        price: 24.9,
        tags: ["kitchen", "steel", "new"].map(str::to_owned).to_vec(),
        description: "A kettle that boils water as fast as any other, and keeps it warm for longer."
            .to_owned(),
        updated_at: DateTime::from_millis(1_700_000_000_000 + id),
        quantity: id % 7,
    }
}

fn product(id: i64) -> Product {
    let Plain { id, title, price, tags, description, updated_at, quantity } = plain(id);
    Product { id, title, price, tags, description, updated_at, quantity }
}

impl Ways {
    async fn once(&mut self, operation: Operation, versioned: bool, number: i64) -> Result<()> {
        let id = number * 7919 % DOCUMENTS;
        let by_id = doc! { "_id": id };
        let by_name = || doc! { "title": format!("Product {id}") };
        let update = || doc! { "$inc": { "quantity": 1_i64 } };
        let range = doc! { "_id": { "$gte": id.min(DOCUMENTS - 500), "$lt": id.min(DOCUMENTS - 500) + 500 } };
        let (products, ours) = (&self.plain, &self.versioned);
        let found = match (operation, versioned) {
            (Operation::FindById, false) => products.find_one(by_id).await?.map_or(0, |_| 1),
            (Operation::FindById, true) => ours.find_one(by_id).await?.map_or(0, |_| 1),
            (Operation::FindByName, false) => products.find_one(by_name()).await?.map_or(0, |_| 1),
            (Operation::FindByName, true) => ours.find_one(by_name()).await?.map_or(0, |_| 1),
            (Operation::FindAll, false) => {
                products.find(range).await?.try_fold(0, async |sum, _| Ok(sum + 1)).await?.min(1)
            }
            (Operation::FindAll, true) => {
                let (mut found, mut sum) = (ours.find(range).await?, 0);
                while found.try_next().await?.is_some() {
                    sum += 1;
                }
                sum.min(1)
            }
            (Operation::Insert, versioned) => {
                self.next += 1;
                if versioned {
                    ours.insert_one(product(self.next)).await?;
                } else {
                    products.insert_one(plain(self.next)).await?;
                }
                1
            }
            (Operation::UpdateById, false) => products.update_one(by_id, update()).await?.matched_count,
            (Operation::UpdateById, true) => ours.update_one(by_id, update()).await?.matched_count,
            (Operation::UpdateByName, false) => products.update_one(by_name(), update()).await?.matched_count,
            (Operation::UpdateByName, true) => ours.update_one(by_name(), update()).await?.matched_count,
        };
        if found == 1 { Ok(()) } else { Err(format!("{} did nothing", operation.name()).into()) }
    }

    /// How long so many operations take by each way.
    async fn round(&mut self, operation: Operation, operations: i64) -> Result<[Duration; 2]> {
        let mut times = [Duration::ZERO; 2];
        for turn in 0..operations / TURN / operation.weight() {
            for versioned in if turn % 2 == 0 { [false, true] } else { [true, false] } {
                let started = Instant::now();
                for number in 0..TURN {
                    self.once(operation, versioned, turn * TURN + number).await?;
                }
                times[usize::from(versioned)] += started.elapsed();
            }
        }
        Ok(times)
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |index: usize, default: i64| arguments.get(index).map_or(Ok(default), |text| text.parse());
    let (operations, rounds) = (number(0, 2_000)?, number(1, 15)?);
    let server = LocalServer::builder().replica_set(1).start().await?;
    let database = Client::with_uri_str(server.uri()).await?.database("overhead");
    let versioned = VersionedCollection::<Product>::new(&database);
    versioned.insert_many((0..DOCUMENTS).map(product)).await?;
    for name in ["title", "name"] {
        versioned
            .collection()
            .create_index(mongodb::IndexModel::builder().keys(doc! { name: 1 }).build())
            .await?;
    }
    let joined = versioned.clone().with_floor(2);
    println!(
        "{operations} operations, {rounds} rounds; times by VersionedCollection, the plain driver's being 1"
    );
    println!("{:<32} {:>24} {:>24}", "", "nothing known", "floor known");
    let only = arguments.get(2).map_or("", String::as_str);
    for operation in Operation::ALL.into_iter().filter(|operation| operation.name().contains(only)) {
        let mut line = format!("{:<32}", operation.name());
        for versioned in [&versioned, &joined] {
            let plain = database.collection("products");
            let next = DOCUMENTS + i64::try_from(plain.estimated_document_count().await?)?;
            let mut ways = Ways { plain, versioned: versioned.clone(), next };
            ways.round(operation, operations / 4).await?;
            let mut ratios = Vec::new();
            for _ in 0..rounds {
                let [plain, versioned] = ways.round(operation, operations).await?;
                ratios.push(versioned.as_secs_f64() / plain.as_secs_f64());
            }
            ratios.sort_by(f64::total_cmp);
            let at = |share: usize| ratios.get(share * (ratios.len() - 1) / 2).copied().unwrap_or(f64::NAN);
            line.push_str(&format!(" {:>8.3} [{:.3} to {:.3}]", at(1), at(0), at(2)));
        }
        println!("{line}");
    }
    server.stop().await?;
    Ok(())
}
