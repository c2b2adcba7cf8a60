//! The other ways to make the change, each as it is usually written.

use futures_util::{TryStreamExt, future::try_join_all};
use mongodb::{
    Collection, Database,
    bson::{Bson, Document, RawArrayBuf, RawDocumentBuf, doc, rawdoc},
    error::Result,
};

use crate::{declarative, product::COLLECTION};

/// A way to make the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Find, then update each by itself: the recipe of most tutorials.
    Loop,
    /// The same batches as the backfill's by `_id` alone, two at a time: what a guard costs is what is missing to this.
    Unguarded,
    /// In the server, by ranges, two at a time, without any conversion in the client: the ceiling.
    UpdateMany,
    /// The same, one range after the other, as a script has it.
    UpdateManyInSequence,
    /// The backfill as it comes: guard, checkpoints, leases and all.
    Backfill,
    /// The same with pre-images.
    Preimages,
    /// The rollback of that by its pre-images.
    Rollback,
    /// In the server, by ranges, two at a time, for a step without functions: the ceiling of the next.
    DeclarativeUpdateMany,
    /// The same, one range after the other, as a script has it.
    DeclarativeUpdateManyInSequence,
    /// The backfill of that step, which is a pass inside the server.
    Declarative,
}

impl Way {
    /// The rollback comes after what it rolls back.
    pub const ALL: [Self; 10] = [
        Self::Loop,
        Self::Unguarded,
        Self::UpdateMany,
        Self::UpdateManyInSequence,
        Self::Backfill,
        Self::Preimages,
        Self::Rollback,
        Self::DeclarativeUpdateMany,
        Self::DeclarativeUpdateManyInSequence,
        Self::Declarative,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Loop => "find, then update_one each",
            Self::Unguarded => "batches of updates, no guard",
            Self::UpdateMany => "updateMany, two ranges at a time",
            Self::UpdateManyInSequence => "updateMany, one range at a time",
            Self::Backfill => "backfill",
            Self::Preimages => "backfill with pre-images",
            Self::Rollback => "rollback by pre-images",
            Self::DeclarativeUpdateMany => "updateMany, declarative, two at a time",
            Self::DeclarativeUpdateManyInSequence => "updateMany, declarative, one at a time",
            Self::Declarative => "backfill inside the server",
        }
    }
}

/// As many as there are processors, on the machines that this was written on.
pub const AT_A_TIME: i64 = 2;

/// What the step does, written by hand.
fn convert(product: &Document) -> std::result::Result<Document, Box<dyn std::error::Error + Send + Sync>> {
    Ok(doc! {
        "$set": {
            "schemaVersion": 2, "title": product.get_str("name")?, "tags": [product.get_str("category")?],
            "price": product.get_str("price")?.parse::<f64>()?, "quantity": 1,
        },
        "$unset": { "name": "", "category": "", "legacySku": "" },
    })
}

fn converted(product: &Document) -> Result<Document> {
    convert(product).map_err(mongodb::error::Error::custom)
}

pub async fn by_one(database: &Database, documents: i64) -> Result<i64> {
    let products: Collection<Document> = database.collection(COLLECTION);
    let mut cursor = products.find(doc! {}).limit(documents).await?;
    while let Some(product) = cursor.try_next().await? {
        products.update_one(doc! { "_id": product.get("_id") }, converted(&product)?).await?;
    }
    Ok(documents)
}

/// So many parts at a time.
async fn in_parts<F: Future<Output = Result<()>>>(
    documents: i64,
    parts: i64,
    work: impl Fn(i64, i64) -> F,
) -> Result<i64> {
    let bound = |part: i64| documents * part / parts;
    try_join_all((0..parts).map(|part| work(bound(part), bound(part + 1)))).await?;
    Ok(documents)
}

pub async fn unguarded(database: &Database, documents: i64) -> Result<i64> {
    in_parts(documents, AT_A_TIME, |mut from, to| async move {
        let products: Collection<Document> = database.collection(COLLECTION);
        let read = async |from: i64| -> Result<Vec<Document>> {
            let range = doc! { "_id": { "$gte": from, "$lt": to }, "schemaVersion": { "$ne": 2 } };
            products
                .find(range)
                .sort(doc! { "_id": 1 })
                .limit(1000)
                .batch_size(1000)
                .await?
                .try_collect()
                .await
        };
        let mut batch = read(from).await?;
        while let Some(Bson::Int64(last)) = batch.last().and_then(|last| last.get("_id")) {
            from = last + 1;
            // As in the backfill, the next batch is read while this one is written.
            let (written, next) = tokio::join!(write(database, &batch), read(from));
            written?;
            batch = next?;
        }
        Ok(())
    })
    .await
}

async fn write(database: &Database, batch: &[Document]) -> Result<()> {
    let mut statements = RawArrayBuf::new();
    for product in batch {
        let id = doc! { "_id": product.get("_id") };
        statements.push(rawdoc! {
            "q": RawDocumentBuf::try_from(&id)?,
            "u": RawDocumentBuf::try_from(&converted(product)?)?,
        });
    }
    let command = rawdoc! {
        "update": COLLECTION, "updates": statements, "ordered": false, "writeConcern": { "w": "majority" },
    };
    database.run_raw_command(command).await?;
    Ok(())
}

pub async fn update_many(database: &Database, documents: i64, at_a_time: i64) -> Result<i64> {
    let pipeline = vec![
        doc! { "$set": {
            "schemaVersion": 2, "title": "$name", "tags": ["$category"],
            "price": { "$toDouble": "$price" }, "quantity": 1,
        } },
        doc! { "$unset": ["name", "category", "legacySku"] },
    ];
    by_ranges(database, documents, at_a_time, &pipeline).await
}

pub async fn update_many_declarative(database: &Database, documents: i64, at_a_time: i64) -> Result<i64> {
    by_ranges(database, documents, at_a_time, &declarative::pipeline()).await
}

async fn by_ranges(
    database: &Database,
    documents: i64,
    at_a_time: i64,
    pipeline: &[Document],
) -> Result<i64> {
    in_parts(documents, at_a_time, |from, to| async move {
        let products: Collection<Document> = database.collection(COLLECTION);
        for first in (from..to).step_by(10_000) {
            let range = doc! { "_id": { "$gte": first, "$lt": to.min(first + 10_000) }, "schemaVersion": 1 };
            products
                .update_many(range, pipeline.to_vec())
                .write_concern(mongodb::options::WriteConcern::majority())
                .await?;
        }
        Ok(())
    })
    .await
}
