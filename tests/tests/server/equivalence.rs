//! For any mixture of versions: a lazy read equals a backfill followed by a plain read equals the conversion
//! written by hand.

use mongodb::bson::{Bson, Document, doc};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::VersionedCollection;
use schema_tests::stored::all;
use serde::Deserialize;

use crate::{
    model::{Article, Price, Sample, SizeV2, sample},
    support::database,
};

/// The current shape without any of our code: what a program in another language sees.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlainArticle {
    schema_version: i32,
    #[serde(rename = "_id")]
    id: i32,
    title: String,
    slug: String,
    price: Price,
    stock: i64,
    sizes: Vec<SizeV2>,
    tags: Vec<String>,
}

impl From<Article> for PlainArticle {
    fn from(article: Article) -> Self {
        let Article { id, title, slug, price, stock, sizes, tags } = article;
        Self { schema_version: 3, id, title, slug, price, stock, sizes, tags }
    }
}

fn samples() -> impl Strategy<Value = Vec<Sample>> {
    (1..30i32).prop_flat_map(|count| (0..count).map(sample).collect::<Vec<_>>())
}

#[test]
fn lazy_read_equals_backfill_equals_hand_conversion() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let articles = VersionedCollection::<Article>::new(&database);
    let raw = articles.collection().clone_with_type::<Document>();
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let check = |samples: Vec<Sample>| {
        runtime.block_on(async {
            raw.delete_many(doc! {}).await.unwrap();
            raw.insert_many(samples.iter().map(|sample| &sample.stored)).await.unwrap();
            let by_hand: Vec<Article> = samples.iter().map(|sample| sample.today.clone()).collect();

            prop_assert_eq!(&all(articles.collection()).await.unwrap(), &by_hand);

            let report = articles.backfill().batch_size(7).run().await.unwrap();
            prop_assert!(report.is_clean(), "{}", report);
            let plain = raw.clone_with_type::<PlainArticle>();
            prop_assert_eq!(
                all(&plain).await.unwrap(),
                by_hand.into_iter().map(PlainArticle::from).collect::<Vec<_>>()
            );

            let stored: Vec<Document> = all(&raw).await.unwrap();
            for (before, after) in samples.iter().zip(&stored) {
                prop_assert_eq!(before.stored.get("extra"), after.get("extra"));
                prop_assert_eq!(notes(&before.stored), notes(after));
            }
            Ok(())
        })
    };
    runner.run(&samples(), check).unwrap();
}

/// The notes in the sizes, which no version of the type knows.
fn notes(article: &Document) -> Vec<Option<Bson>> {
    let sizes = article.get_array("sizes").map(Vec::as_slice).unwrap_or_default();
    sizes.iter().map(|size| size.as_document().and_then(|size| size.get("note").cloned())).collect()
}
