//! Whether what is left of upgraded documents is what the server leaves of them after a backfill.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::AddAssign,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use mongodb::{
    Collection,
    bson::{Bson, Document, RawDocument, RawDocumentBuf, doc, raw::RawElement},
    error,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use schema_runtime::{
    DecodeOwned, decode, encode,
    query::projection::{Projecting, translate_projection},
};

use super::{
    AT_ONCE,
    filters::Words,
    mixed::{Mixed, id},
};

#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    pub as_they_are: u64,
    /// Sent in part, and cut here.
    pub in_part: u64,
    pub whole: u64,
    pub refused: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.as_they_are += other.as_they_are;
        self.in_part += other.in_part;
        self.whole += other.whole;
        self.refused += other.refused;
    }
}

pub fn projections(words: &Words) -> impl Strategy<Value = Document> + use<> {
    let yes = select(vec![Bson::from(1), Bson::from(true), Bson::from(0.5), Bson::from(7_i64)]);
    let no = select(vec![Bson::from(0), Bson::from(false), Bson::from(0.0)]);
    let (path, id) = (select(words.paths.clone()), option::weighted(0.3, any::<bool>()));
    let parts = vec![doc! { "$slice": 1 }, doc! { "$elemMatch": { "name": "a" } }];
    let part = (select(words.paths.clone()), select(parts).prop_map(Bson::from));
    let fields = prop_oneof![vec((path.clone(), yes), 0..4), vec((path, no), 0..4)];
    (fields, option::weighted(0.2, part), id, any::<bool>()).prop_map(|(fields, part, id, nested)| {
        let mut projection = Document::new();
        for (path, value) in fields.into_iter().chain(part) {
            match path.split_once('.').filter(|_| nested) {
                Some((head, rest)) => projection.insert(head, doc! { rest: value }),
                None => projection.insert(path, value),
            };
        }
        projection.extend(id.map(|id| ("_id".to_owned(), Bson::from(id))));
        projection
    })
}

pub async fn the_same_is_left<T: DecodeOwned>(
    mixed: &Mixed,
    projections: &[Document],
) -> Result<Totals, TestCaseError> {
    stream::iter(projections)
        .map(|projection| is_left::<T>(mixed, projection))
        .buffer_unordered(AT_ONCE)
        .try_fold(Totals::default(), async |mut all, more| {
            all += more;
            Ok(all)
        })
        .await
}

async fn is_left<T: DecodeOwned>(mixed: &Mixed, projection: &Document) -> Result<Totals, TestCaseError> {
    let Ok(projecting) = translate_projection::<T>(T::CHAIN.oldest, projection.clone()) else {
        return Ok(Totals { refused: 1, ..Totals::default() });
    };
    let (sent, totals) = match &projecting {
        Projecting::AsItIs(sent) => (Some(sent), Totals { as_they_are: 1, ..Totals::default() }),
        Projecting::Here { sent: Some(sent), .. } => (Some(sent), Totals { in_part: 1, ..Totals::default() }),
        Projecting::Here { sent: None, .. } => (None, Totals { whole: 1, ..Totals::default() }),
    };
    let after = documents(&mixed.backfilled, Some(projection)).await;
    let sent = documents(&mixed.mixed, sent).await;
    let (after, sent) = match (after, sent) {
        (Ok(after), Ok(sent)) => (after, sent),
        (Err(_), Err(_)) => return Ok(totals),
        (after, sent) => {
            let which = format!("{projection}: {:?}, {projecting:?}: {:?}", after.err(), sent.err());
            return Err(TestCaseError::fail(which));
        }
    };
    for (number, (after, sent)) in after.iter().zip(&sent).enumerate() {
        let (stored, backfilled) = (&mixed.before[number], &mixed.after[number]);
        let is_older = mixed.older.contains(&id(stored));
        let is_certain = if is_older { is_known::<T>(stored, backfilled) } else { !has_a_name_twice(stored) };
        if !mixed.compared.contains(&id(stored)) || !is_certain {
            continue;
        }
        let left = match &projecting {
            Projecting::AsItIs(_) => sent.clone(),
            Projecting::Here { cut, .. } => {
                prop_assert_eq!(&cut.of(backfilled).unwrap(), after, "{} of {:?}", projection, backfilled);
                match is_older {
                    true => cut.of(&upgraded::<T>(sent)).unwrap(),
                    false => cut.of(sent).unwrap(),
                }
            }
        };
        prop_assert_eq!(
            fields(&left),
            fields(after),
            "{} of {:?}, with {:?}",
            projection,
            stored,
            projecting
        );
    }
    Ok(totals)
}

/// Whether there is nothing in a document that the types do not know.
fn is_known<T: DecodeOwned>(stored: &RawDocument, backfilled: &RawDocument) -> bool {
    fields(&upgraded::<T>(stored)) == fields(backfilled)
}

/// The server projects some of these to two fields of one name and one value.
fn has_a_name_twice(document: &RawDocument) -> bool {
    let mut names = BTreeSet::new();
    !document.iter_elements().all(|field| names.insert(field.unwrap().key().as_str().to_owned()))
}

fn upgraded<T: DecodeOwned>(stored: &RawDocument) -> RawDocumentBuf {
    encode(&decode::<T>(stored).unwrap()).unwrap()
}

/// A backfill does not move fields, and so it leaves them in another order than the type writes.
fn fields(document: &RawDocument) -> BTreeMap<String, String> {
    let fields = document.iter_elements().map(|field| field.unwrap());
    let text = |field: RawElement<'_>| format!("{:?}", field.value_utf8_lossy().unwrap());
    fields.map(|field| (field.key().to_string(), text(field))).collect()
}

async fn documents(
    collection: &Collection<RawDocumentBuf>,
    projection: Option<&Document>,
) -> error::Result<Vec<RawDocumentBuf>> {
    let found = collection.find(doc! {}).sort(doc! { "_id": 1 });
    match projection {
        Some(projection) => found.projection(projection.clone()).await?.try_collect().await,
        None => found.await?.try_collect().await,
    }
}
