//! The guard is identity: between read and write, documents become others that the server takes for equal. None of these
//! changes may be overlooked, and none of the documents that stay as they are may be taken for changed.

use mongodb::{
    bson::{Bson, Decimal128, Document, RawDocumentBuf, doc},
    options::{Collation, CollationStrength},
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::VersionedCollection;
use schema_tests::stored::all;

use crate::{
    concurrent_writers::{PageV2, TURN, meanwhile},
    support::database,
};

/// A value and its other self: equal to the server, and not the same.
fn twins() -> impl Strategy<Value = (Bson, Bson)> {
    let decimal = |text: String| Bson::from(text.parse::<Decimal128>().expect("a decimal"));
    prop_oneof![
        (-9..9i32).prop_map(|n| (n.into(), i64::from(n).into())),
        (-9..9i32).prop_map(|n| (i64::from(n).into(), n.into())),
        (-9..9i32).prop_map(|n| (i64::from(n).into(), f64::from(n).into())),
        (1..9i32).prop_map(|n| (f64::from(n).into(), i64::from(n).into())),
        (0..9i32).prop_map(move |n| (decimal(format!("{n}.0")), decimal(format!("{n}.00")))),
        (0..9i32).prop_map(move |n| (decimal(n.to_string()), n.into())),
        (0..9i32).prop_map(move |n| (decimal(format!("{n}E+3")), decimal(format!("{n}0E+2")))),
        Just((0.0.into(), (-0.0).into())),
        Just(((-0.0).into(), 0.0.into())),
        Just((0.5.into(), decimal("0.5".to_owned()))),
    ]
}

/// One that has no other self, so that forms and sizes differ.
fn single() -> impl Strategy<Value = (Bson, Bson)> {
    prop_oneof![Just(Bson::Null), Just(f64::NAN.into()), "[a-z]{0,3}".prop_map(Bson::from), Just(2.5.into())]
        .prop_map(|value| (value.clone(), value))
}

/// Only in a collection with a collation are these equal.
fn letters() -> impl Strategy<Value = (Bson, Bson)> {
    "[a-z]{1,4}".prop_map(|text| (text.clone().into(), text.to_uppercase().into()))
}

/// A document with pairs at several depths, under names that no path can say, and what it is with all pairs turned.
fn documents(pair: BoxedStrategy<(Bson, Bson)>) -> impl Strategy<Value = (Document, Document)> {
    let value = pair.prop_recursive(2, 6, 3, |inner| {
        let name = prop_oneof!["[ab]", Just("a.b".to_owned()), Just("$a".to_owned()), Just(String::new())];
        prop_oneof![
            vec((name, inner.clone()), 1..3).prop_map(|fields| {
                let side = |pick: fn(&(Bson, Bson)) -> Bson| {
                    fields.iter().map(|(name, pair)| (name.clone(), pick(pair))).collect::<Document>().into()
                };
                (side(|pair| pair.0.clone()), side(|pair| pair.1.clone()))
            }),
            vec(inner, 1..3).prop_map(|elements| {
                let (a, b): (Vec<Bson>, Vec<Bson>) = elements.into_iter().unzip();
                (a.into(), b.into())
            }),
        ]
    });
    vec(("[c-e]", value), 0..4).prop_map(|fields| {
        let (mut a, mut b) = (Document::new(), Document::new());
        for (name, (one, other)) in fields {
            a.insert(name.clone(), one);
            b.insert(name, other);
        }
        (a, b)
    })
}

/// Documents as they are read, what others make of them, and which of them others leave alone.
type Case = Vec<(Document, Document, bool)>;

fn cases(pair: BoxedStrategy<(Bson, Bson)>) -> impl Strategy<Value = Case> {
    let case = (documents(pair), any::<bool>()).prop_map(|((a, b), left)| (a, b, left));
    // Twice the same, so that some share a statement.
    vec(case, 1..40).prop_map(|cases| cases.iter().chain(&cases).cloned().collect())
}

fn check(collation: Option<Collation>, pair: BoxedStrategy<(Bson, Bson)>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _turn = runtime.block_on(TURN.lock());
    let database = runtime.block_on(database());
    let raw = database.collection::<Document>("pages");
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let run = |cases: Case| {
        runtime.block_on(async {
            raw.drop().await.unwrap();
            let mut create = database.create_collection("pages");
            if let Some(collation) = &collation {
                create = create.collation(collation.clone());
            }
            create.await.unwrap();
            let page = |id: i32, extra: &Document| doc! { "_id": id, "hits": 1, "text": "", "extra": extra };
            let before = (0..).zip(&cases).map(|(id, (a, ..))| page(id, a));
            raw.insert_many(before).await.unwrap();
            let changes: Vec<Document> =
                (0..).zip(&cases).filter(|(_, case)| !case.2).map(|(id, (_, b, _))| page(id, b)).collect();
            meanwhile(&database, |pages| async move {
                for page in changes {
                    pages.replace_one(doc! { "_id": page.get("_id") }, page).await.unwrap();
                }
            })
            .await;
            let report = VersionedCollection::<PageV2>::new(&database).backfill().run().await.unwrap();
            prop_assert!(report.is_clean(), "{report}");

            let stored = all(&raw.clone_with_type::<RawDocumentBuf>()).await.unwrap();
            for (stored, (a, b, left)) in stored.iter().zip(&cases) {
                let extra = stored.get_document("extra").unwrap();
                let expected = RawDocumentBuf::try_from(if *left { a } else { b }).unwrap();
                prop_assert_eq!(extra.as_bytes(), expected.as_bytes(), "{:?}", stored);
                prop_assert_eq!(stored.get_i32("schemaVersion").unwrap(), 2);
            }
            let different = |(a, b, left): &&(Document, Document, bool)| {
                let bytes = |document| RawDocumentBuf::try_from(document).unwrap().into_bytes();
                !left && bytes(a) != bytes(b)
            };
            prop_assert_eq!(report.conflicts, cases.iter().filter(different).count() as u64, "{}", report);
            Ok(())
        })
    };
    TestRunner::new(config).run(&cases(pair), run).unwrap();
}

#[test]
fn equal_numbers_are_not_the_same_number() {
    check(None, prop_oneof![3 => twins(), 1 => single()].boxed());
}

#[test]
fn equal_texts_are_not_the_same_text() {
    let collation = Collation::builder()
        .locale("en")
        .strength(CollationStrength::Primary)
        .numeric_ordering(true)
        .alternate(mongodb::options::CollationAlternate::Shifted)
        .build();
    check(Some(collation), prop_oneof![2 => letters(), 2 => twins(), 1 => single()].boxed());
}
