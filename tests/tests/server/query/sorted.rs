//! Whether a translated sort puts documents in the order that the sort puts them in after a backfill.

use std::{collections::BTreeMap, ops::AddAssign};

use futures_util::{StreamExt, TryStreamExt, stream};
use mongodb::{
    Collection,
    bson::{Bson, Document, RawBsonRef, RawDocumentBuf, doc},
    error,
};
use proptest::{collection::vec, prelude::*, sample::select};
use schema_runtime::{
    DecodeOwned,
    query::sort::{Sorting, translate_sort},
};

use super::{
    AT_ONCE,
    filters::Words,
    mixed::{Mixed, id},
};

#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    pub sorts: u64,
    pub as_they_are: u64,
    pub computed: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.sorts += other.sorts;
        self.as_they_are += other.as_they_are;
        self.computed += other.computed;
    }
}

pub fn sorts(words: Words) -> impl Strategy<Value = Document> {
    let key = (select(words.paths), select(vec![1, -1]));
    vec(key, 1..4).prop_map(|keys| keys.into_iter().map(|(path, order)| (path, Bson::from(order))).collect())
}

pub async fn order_is_the_same<T: DecodeOwned>(
    mixed: &Mixed,
    sorts: &[Document],
) -> Result<Totals, TestCaseError> {
    stream::iter(sorts)
        .map(|sort| is_the_same::<T>(mixed, sort))
        .buffer_unordered(AT_ONCE)
        .try_fold(Totals::default(), async |mut all, more| {
            all += more;
            Ok(all)
        })
        .await
}

async fn is_the_same<T: DecodeOwned>(mixed: &Mixed, sort: &Document) -> Result<Totals, TestCaseError> {
    let totals = Totals { sorts: 1, ..Totals::default() };
    let Ok(sorting) = translate_sort::<T>(T::CHAIN.oldest, sort.clone()) else { return Ok(totals) };
    let ids = mixed.before.iter().filter(|document| mixed.compared.contains(&id(document)));
    let ids: Vec<Bson> =
        ids.map(|document| Bson::try_from(document.get("_id").unwrap().unwrap()).unwrap()).collect();
    let stages = sorting.stages(None);
    let after = sorted(
        &mixed.backfilled,
        &ids,
        vec![doc! { "$sort": sort.clone() }, doc! { "$set": { "key": { "$meta": "sortKey" } } }],
    )
    .await;
    let before = sorted(&mixed.mixed, &ids, stages.clone()).await;
    let (after, before) = match (after, before) {
        (Ok(after), Ok(before)) => (after, before),
        // Lists beside each other are no order.
        (Err(_), Err(_)) => return Ok(totals),
        (after, before) => {
            let which = format!("{sort}: {:?}, {stages:?}: {:?}", after.err(), before.err());
            return Err(TestCaseError::fail(which));
        }
    };
    let key = |document: &RawDocumentBuf| {
        let key = document.get_array("key").unwrap();
        // Not all text is UTF-8.
        Bson::try_from(RawBsonRef::Array(key))
            .map_or_else(|_| format!("{:?}", key.as_bytes()), |key| format!("{:?}", in_one_form(key)))
    };
    let keys: BTreeMap<String, String> = after.iter().map(|document| (id(document), key(document))).collect();
    let in_order = |found: &[RawDocumentBuf]| {
        found.iter().map(|document| keys[&id(document)].clone()).collect::<Vec<_>>()
    };
    prop_assert_eq!(in_order(&after), in_order(&before), "{} became {:?}", sort, stages);
    Ok(match sorting {
        Sorting::AsItIs(_) => Totals { as_they_are: 1, ..totals },
        Sorting::Computed { .. } => Totals { computed: 1, ..totals },
    })
}

async fn sorted(
    collection: &Collection<RawDocumentBuf>,
    ids: &[Bson],
    stages: Vec<Document>,
) -> error::Result<Vec<RawDocumentBuf>> {
    let mut pipeline = vec![doc! { "$match": { "_id": { "$in": ids } } }];
    pipeline.extend(stages);
    collection.aggregate(pipeline).with_type().await?.try_collect().await
}

/// Values that the server takes for equal are in no certain order.
fn in_one_form(value: Bson) -> Bson {
    match value {
        Bson::Int32(number) => Bson::from(f64::from(number)),
        Bson::Int64(number) => Bson::from(number as f64),
        Bson::Decimal128(number) => Bson::from(number.to_string().parse::<f64>().unwrap()),
        Bson::Double(number) => Bson::from(number + 0.0),
        Bson::Symbol(text) => Bson::from(text),
        Bson::Array(list) => list.into_iter().map(in_one_form).collect::<Vec<_>>().into(),
        Bson::Document(document) => {
            document.into_iter().map(|(name, value)| (name, in_one_form(value))).collect::<Document>().into()
        }
        other => other,
    }
}
