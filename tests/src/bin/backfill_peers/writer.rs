//! The old release, which goes on writing while the documents are converted.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use mongodb::{
    Collection, Database,
    bson::{Document, doc},
};
use tokio::{task::JoinSet, time::sleep};

use crate::{
    Outcome,
    documents::{COLLECTION, id},
};

/// Each has documents of its own, so that the order of what a document was given is known.
const WRITERS: i64 = 2;

const PAUSE: Duration = Duration::from_millis(1);

/// What was acknowledged.
#[derive(Debug, Default)]
pub struct Acknowledged {
    pub views: HashMap<i64, i32>,
    /// The last name of each.
    pub names: HashMap<i64, String>,
    /// All of them.
    pub views_written: u64,
}

pub struct Writers {
    stop: Arc<AtomicBool>,
    writers: JoinSet<mongodb::error::Result<Acknowledged>>,
}

impl Writers {
    pub fn start(database: &Database, documents: i64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let writers = (0..WRITERS).map(|writer| {
            let (products, stop) = (database.collection(COLLECTION), Arc::clone(&stop));
            async move { write(writer, &products, documents, &stop).await }
        });
        Self { writers: writers.collect(), stop }
    }

    pub async fn stop(mut self) -> Outcome<Acknowledged> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Acknowledged::default();
        while let Some(one) = self.writers.join_next().await {
            let one = one??;
            all.views.extend(one.views);
            all.names.extend(one.names);
            all.views_written += one.views_written;
        }
        Ok(all)
    }
}

async fn write(
    writer: i64,
    products: &Collection<Document>,
    documents: i64,
    stop: &AtomicBool,
) -> mongodb::error::Result<Acknowledged> {
    let mut rng = Rng::with_seed(writer.unsigned_abs());
    let mut acknowledged = Acknowledged::default();
    for turn in 0_u64.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let number = rng.i64(0..documents / WRITERS) * WRITERS + writer;
        if rng.bool() {
            products.update_one(doc! { "_id": id(number) }, doc! { "$inc": { "views": 1 } }).await?;
            *acknowledged.views.entry(number).or_default() += 1;
            acknowledged.views_written += 1;
        } else {
            let name = format!("Writer{writer} Turn{turn}");
            // The old release changes the names of old documents only.
            let old = doc! { "_id": id(number), "name": { "$exists": true } };
            let done = products.update_one(old, doc! { "$set": { "name": &name } }).await?;
            if done.matched_count == 1 {
                acknowledged.names.insert(number, name);
            }
        }
        sleep(PAUSE).await;
    }
    Ok(acknowledged)
}
