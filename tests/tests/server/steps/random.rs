//! Properties of steps over documents of any shape.

use mongodb::{
    Database,
    bson::{Bson, Document, bson, doc},
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use schema_runtime::migration::{
    Step,
    steps::{self, ValueType},
};

use super::{Twice, down, up};
use crate::{
    state::{bytes, dump},
    support::database,
};

const PATHS: [&str; 8] = ["a", "b", "z", "a.b", "a.c", "b.a.c", "z.a", "a.b.c"];

fn value() -> impl Strategy<Value = Bson> {
    let scalar = prop_oneof![
        (-2..3_i32).prop_map(Bson::from),
        (-2..3_i64).prop_map(Bson::from),
        select(vec![0.0, 1.0, 1.5]).prop_map(Bson::from),
        select(vec!["", "1", "x"]).prop_map(Bson::from),
        any::<bool>().prop_map(Bson::from),
        Just(Bson::Null),
    ];
    scalar.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            1 => vec(inner.clone(), 0..3).prop_map(Bson::from),
            3 => fields(inner).prop_map(Bson::from),
        ]
    })
}

fn fields(value: impl Strategy<Value = Bson>) -> impl Strategy<Value = Document> {
    vec((select(vec!["a", "b", "c", "z"]), value), 0..4)
        .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Documents of any shape, and more often those that have no lists at all.
fn documents() -> impl Strategy<Value = Vec<Document>> {
    vec(fields(value()), 1..6).prop_map(|documents| {
        let with_ids = documents.into_iter().zip(0..).map(|(mut fields, id)| {
            let mut document = doc! { "_id": id };
            document.extend(std::mem::take(&mut fields));
            document
        });
        with_ids.collect()
    })
}

async fn put(database: &Database, documents: &[Document]) {
    for name in ["c", "d", "schema_migrations"] {
        database.collection::<Document>(name).delete_many(doc! {}).await.unwrap();
    }
    database.collection::<Document>("c").insert_many(documents).await.unwrap();
}

/// A document without what a step leaves behind: the order of fields, and documents that it has made or emptied.
fn bare(document: &Document) -> Document {
    let mut fields: Vec<_> = document.iter().collect();
    fields.sort_by_key(|(name, _)| name.as_str());
    let fields = fields.into_iter().map(|(name, value)| match value {
        Bson::Document(nested) => (name.clone(), Bson::from(bare(nested))),
        value => (name.clone(), value.clone()),
    });
    fields.filter(|(_, value)| *value != bson!({})).collect()
}

fn all_bare(documents: &[Document]) -> Vec<Document> {
    documents.iter().map(bare).collect()
}

/// Goes there and back, and says whether it was not refused. A refusal has changed nothing.
async fn returns<S: Step + 'static>(
    database: &Database,
    documents: &[Document],
    step: impl Fn() -> S,
) -> Result<bool, TestCaseError> {
    put(database, documents).await;
    let before = bytes(database, "c").await;
    if let Err(refused) = up(database, step()).await {
        prop_assert!(refused.contains("nothing was written"), "{}", refused);
        prop_assert_eq!(bytes(database, "c").await, before);
        return Ok(false);
    }
    if let Err(error) = down(database, Twice(step())).await {
        return Err(TestCaseError::fail(error));
    }
    Ok(true)
}

/// Tries a property on as many random inputs as it takes seconds for.
fn holds<I: std::fmt::Debug>(
    cases: u32,
    inputs: impl Strategy<Value = I>,
    property: impl AsyncFn(&Database, I) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner.run(&inputs, |input| runtime.block_on(property(&database, input))).unwrap();
}

#[test]
fn a_field_renamed_there_and_back_is_the_same_but_for_the_order() {
    let inputs = (documents(), select(PATHS.to_vec()), select(PATHS.to_vec()));
    let inputs = inputs.prop_filter("two places", |(_, from, to)| {
        from != to && !from.starts_with(&format!("{to}.")) && !to.starts_with(&format!("{from}."))
    });
    holds(64, inputs, async |database, (documents, from, to)| {
        put(database, &documents).await;
        let collection = database.collection::<Document>("c");
        // The way back renames those as well that had the new name before.
        let had_none = collection.count_documents(doc! { to: { "$exists": true } }).await.unwrap() == 0;
        if had_none && returns(database, &documents, || steps::rename_field("c", from, to)).await? {
            prop_assert_eq!(all_bare(&dump(database, "c").await), all_bare(&documents));
        }
        Ok(())
    });
}

#[test]
fn a_field_added_and_removed_leaves_nothing() {
    let inputs = (documents(), select(vec!["new", "a.new", "a.b.new"]), value());
    holds(48, inputs, async |database, (documents, path, value)| {
        if returns(database, &documents, || steps::add_field("c", path, value.clone())).await? {
            prop_assert_eq!(all_bare(&dump(database, "c").await), all_bare(&documents));
        }
        Ok(())
    });
}

#[test]
fn a_field_that_was_added_is_everywhere() {
    holds(48, (documents(), select(PATHS.to_vec())), async |database, (documents, path)| {
        put(database, &documents).await;
        let refused = up(database, Twice(steps::add_field("c", path, "here"))).await.is_err();
        let collection = database.collection::<Document>("c");
        let missing = collection.count_documents(doc! { path: { "$exists": false } }).await.unwrap();
        prop_assert!(refused || missing == 0);
        Ok(())
    });
}

#[test]
fn values_exchanged_for_new_ones_come_back() {
    let pairs = [(bson!("x"), bson!("new")), (bson!(null), bson!("none")), (bson!(1.5), bson!([1, 2]))];
    holds(48, (documents(), select(PATHS.to_vec())), async |database, (documents, path)| {
        if returns(database, &documents, || steps::convert_values("c", path, pairs.clone())).await? {
            prop_assert_eq!(dump(database, "c").await, documents);
        }
        Ok(())
    });
}

#[test]
fn single_values_come_back_out_of_their_lists() {
    holds(48, (documents(), select(PATHS.to_vec())), async |database, (documents, path)| {
        put(database, &documents).await;
        if up(database, Twice(steps::to_list("c", path))).await.is_err() {
            return Ok(());
        }
        let single = doc! { path: { "$exists": true }, "$nor": [{ path: { "$type": "array" } }] };
        let collection = database.collection::<Document>("c");
        prop_assert_eq!(collection.count_documents(single).await.unwrap(), 0);
        let lists = doc! { path: { "$type": "array" } };
        put(database, &documents).await;
        let had_none = collection.count_documents(lists).await.unwrap() == 0;
        if had_none && returns(database, &documents, || steps::to_list("c", path)).await? {
            prop_assert_eq!(dump(database, "c").await, documents);
        }
        Ok(())
    });
}

#[test]
fn after_a_conversion_there_is_one_type_or_nothing_was_done() {
    let types =
        vec![ValueType::Int32, ValueType::Double, ValueType::Decimal, ValueType::Text, ValueType::Boolean];
    holds(
        64,
        (documents(), select(PATHS.to_vec()), select(types)),
        async |database, (documents, path, to)| {
            put(database, &documents).await;
            let converted = up(database, Twice(steps::convert_type("c", path, to))).await;
            let collection = database.collection::<Document>("c");
            if converted.is_err() {
                prop_assert_eq!(dump(database, "c").await, documents);
                return Ok(());
            }
            let type_of = doc! { "$type": format!("${path}") };
            let other = doc! { path: { "$exists": true }, "$expr": { "$not": [{ "$in": [type_of, ["missing", "null", to.to_string()]] }] } };
            prop_assert_eq!(collection.count_documents(other).await.unwrap(), 0);
            Ok(())
        },
    );
}

#[test]
fn moved_documents_come_back_byte_for_byte() {
    holds(32, (documents(), -2..3_i32), async |database, (documents, threshold)| {
        put(database, &documents).await;
        let before = bytes(database, "c").await;
        let step = || steps::move_documents("c", doc! { "a": { "$gte": threshold } }, "d");
        up(database, Twice(step())).await.map_err(TestCaseError::fail)?;
        let moved = bytes(database, "d").await;
        prop_assert_eq!(moved.len() + bytes(database, "c").await.len(), before.len());
        down(database, Twice(step())).await.map_err(TestCaseError::fail)?;
        prop_assert_eq!(bytes(database, "c").await, before);
        prop_assert!(bytes(database, "d").await.is_empty());
        Ok(())
    });
}
