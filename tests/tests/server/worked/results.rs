//! A numbered list of migrations, with target versions both ways.

use mongodb::bson::{Bson, Document, doc};
use schema_examples::histories::results::{HISTORY, schema};

use super::{Way, answer, arrived, begun, bytes, expected, old, run, stored};
use crate::support::database;

const IDS: [&str; 4] =
    ["001-keys-in-camel-case", "002-result-fields", "003-json-schema", "004-response-schema"];

#[tokio::test]
async fn each_target_on_the_way_up_is_what_its_migrations_say() {
    let database = begun(&HISTORY).await;
    HISTORY.repair(&database).await.unwrap();
    let [mut r1, mut r2, mut r3] = [
        doc! { "_id": "r1", "model": "small", "promptId": "invoice", "response": "{\"total\": 12.5}" },
        doc! { "_id": "r2", "model": "large", "promptId": "invoice", "response": "{\"total\": 125}", "score": 0.25 },
        doc! { "_id": "r3", "model": "large", "promptId": "letter", "response": null },
    ];
    let mut extractors = vec![
        doc! {
            "_id": "invoice",
            "schema": [
                { "name": "total", "type": "number", "required": true },
                { "name": "paid", "type": "flag", "required": false },
            ],
            "owner": "ada",
        },
        doc! { "_id": "nothing", "schema": [] },
        doc! {
            "_id": "letter",
            "schema": { "type": "object", "properties": { "from": { "type": "string" } }, "required": ["from"] },
        },
        doc! { "_id": "diary", "schema": [{ "name": "day", "type": "text", "required": true }] },
    ];
    let runs = vec![r1.clone(), r2.clone(), r3.clone()];
    answer(&HISTORY, &database, 0, &["up", IDS[0]]).await;
    let state = expected([("runs", runs), ("extractors", extractors.clone())]);
    assert_eq!(stored::<Document>(&database).await, state);

    for run in [&mut r1, &mut r3] {
        run.extend(doc! { "score": null, "tokens": 0_i64 });
    }
    r2.insert("tokens", 0_i64);
    let runs = vec![r1, r2, r3];
    answer(&HISTORY, &database, 0, &["to", IDS[1]]).await;
    let state = expected([("runs", runs.clone()), ("extractors", extractors.clone())]);
    assert_eq!(stored::<Document>(&database).await, state);

    let of = |properties: Document, required: &[&str]| {
        doc! { "type": "object", "properties": properties, "required": required }
    };
    let schemas = [
        of(doc! { "total": { "type": "number" }, "paid": { "type": "boolean" } }, &["total"]),
        of(doc! {}, &[]),
        of(doc! { "from": { "type": "string" } }, &["from"]),
        of(doc! { "day": { "type": "string" } }, &["day"]),
    ];
    for (extractor, schema) in extractors.iter_mut().zip(&schemas) {
        extractor.insert("schema", schema);
    }
    answer(&HISTORY, &database, 0, &["to", IDS[2]]).await;
    let state = expected([("runs", runs.clone()), ("extractors", extractors.clone())]);
    assert_eq!(stored::<Document>(&database).await, state);

    for extractor in &mut extractors {
        let schema = extractor.remove("schema").unwrap();
        extractor.insert("responseSchema", schema);
    }
    answer(&HISTORY, &database, 0, &["up"]).await;
    let state = expected([("runs", runs), ("extractors", extractors)]);
    assert_eq!(stored::<Document>(&database).await, state);
}

/// What is stored behind a migration does not depend on where one comes from.
#[tokio::test]
async fn from_any_target_to_any_other() {
    let database = arrived(&HISTORY, Way::Before).await;
    let schema = schema(&database);
    let mut behind = Vec::new();
    for id in IDS.into_iter().rev() {
        assert!(schema.to(id).run().await.unwrap().is_done());
        behind.insert(0, stored::<Document>(&database).await);
    }
    for from in IDS {
        for (to, there) in IDS.into_iter().zip(&behind) {
            assert!(schema.to(from).run().await.unwrap().is_done());
            assert!(schema.to(to).run().await.unwrap().is_done());
            assert_eq!(stored::<Document>(&database).await, *there, "from {from} to {to}");
        }
    }
}

#[tokio::test]
async fn all_the_way_back_is_the_beginning() {
    let database = arrived(&HISTORY, Way::Commands).await;
    let report = answer(&HISTORY, &database, 0, &["down", "--all"]).await;
    assert_eq!(report["migrations"].as_array().unwrap().len(), 4);
    let [mut runs, mut extractors] = (HISTORY.old)().try_into().unwrap();
    // What somebody had written in the new form before its time goes back to the old one, as everything that came since would.
    let prompt = runs.1[2].remove("promptId").unwrap();
    runs.1[2].insert("prompt_id", prompt);
    let field = |name: &str| vec![doc! { "name": name, "type": "text", "required": true }];
    extractors.1[2].insert("schema", field("from"));
    // And this is what it was repaired to.
    extractors.1[3].insert("schema", field("day"));
    let expected = expected([runs, extractors]);
    assert_eq!(stored::<Document>(&database).await, expected);
    assert_eq!(answer(&HISTORY, &database, 0, &["down", "--all"]).await["ending"]["ending"], "nothingToDo");
}

/// Behind the renamed field there is nothing, so that not even the order of the fields is another one.
#[tokio::test]
async fn any_list_of_fields_becomes_a_json_schema_and_comes_back_byte_for_byte() {
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let database = database().await;
    let names = ["total", "a.b", "$ref", "", "type", "é", "0"];
    let extractors = (0..100).map(|id| {
        let names = random.choose_multiple(names, random.clone().usize(..names.len()));
        let mut field = |name: &str| {
            let kind = random.choice(["text", "whole", "number", "flag"]).unwrap();
            Bson::from(doc! { "name": name, "type": kind, "required": random.bool() })
        };
        let fields: Vec<Bson> = names.into_iter().map(&mut field).collect();
        doc! { "_id": format!("x{id}"), "schema": fields }
    });
    let extractors: Vec<Document> = extractors.collect();
    database.collection::<Document>("extractors").insert_many(&extractors).await.unwrap();
    let before = bytes(&database).await;
    let schema = schema(&database);
    let up = schema.up().run().await.unwrap();
    assert!(up.is_done(), "seed {seed}: {up}");
    let converted = doc! { "responseSchema.type": "object" };
    assert_eq!(database.collection::<Document>("extractors").count_documents(converted).await.unwrap(), 100);
    let down = schema.down_all().run().await.unwrap();
    assert!(down.is_done(), "seed {seed}: {down}");
    assert_eq!(bytes(&database).await, before, "seed {seed}");
}

#[tokio::test]
async fn an_extractor_that_cannot_be_converted_keeps_all_as_they_are() {
    let strange = [
        doc! { "_id": "x", "schema": [{ "name": "a", "type": "text" }] },
        doc! { "_id": "x", "schema": [{ "name": "a", "type": "text", "required": true, "hint": "h" }] },
        doc! { "_id": "x", "schema": [
            { "name": "a", "type": "text", "required": true }, { "name": "a", "type": "flag", "required": true },
        ] },
        doc! { "_id": "x", "schema": ["a"] },
    ];
    for strange in strange {
        let database = database().await;
        let extractors = [doc! { "_id": "a", "schema": [] }, strange, doc! { "_id": "z", "schema": [] }];
        database.collection::<Document>("extractors").insert_many(extractors).await.unwrap();
        let before = bytes(&database).await;
        let report = schema(&database).up().run().await.unwrap();
        assert!(
            report.to_string().contains("extractors cannot be converted, and none was: \"x\""),
            "{report}"
        );
        assert_eq!(bytes(&database).await, before);
    }
}

#[tokio::test]
async fn a_run_with_both_keys_is_told_before_anything_is_renamed() {
    let database = begun(&HISTORY).await;
    let both = doc! { "_id": "r0", "prompt_id": "old", "promptId": "new" };
    database.collection::<Document>("runs").insert_one(&both).await.unwrap();
    let before = bytes(&database).await;
    let output = run(&HISTORY, &database, &["up"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("promptId"));
    assert_eq!(bytes(&database).await, before);
    assert_ne!(before, old(&HISTORY));
}
