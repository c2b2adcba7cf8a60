//! Versions that begin at 0, which is what a document without one is.

use mongodb::bson::{Document, doc};
use schema_examples::histories::conversations::HISTORY;
use serde_json::json;

use super::{Way, answer, arrived, begun, bytes, expected, go, old, one, stored};

#[tokio::test]
async fn the_newest_version_is_what_the_types_say() {
    let database = arrived(&HISTORY, Way::Background).await;
    let said = |role: &str, text: &str| doc! { "role": role, "text": text };
    let conversation = |id: &str, user: &str, messages: Vec<Document>, title: &str, archived: bool| {
        doc! {
            "_id": id, "schema_version": 2, "user": user, "messages": messages, "title": title, "archived": archived,
        }
    };
    let first = vec![said("user", "What is an engine?"), said("assistant", "A machine: it weaves patterns.")];
    let mut second = conversation(
        "c2",
        "ada",
        vec![said("assistant", "Hello"), said("user", "Hello, you")],
        "Hello, you",
        false,
    );
    second.insert("client", "web");
    let fourth = vec![said("user", "Are you there?"), said("system", "(line lost)")];
    let conversations = vec![
        conversation("c1", "ada", first, "What is an engine?", false),
        second,
        conversation("c3", "bob", vec![said("system", "Be brief.")], "", true),
        conversation("c4", "bob", fourth, "Are you there?", false),
    ];
    let fact = |about: &str, text: &str| doc! { "about": about, "text": text };
    let context = |user: &str, facts: Vec<Document>| {
        doc! { "_id": user, "schema_version": 1, "facts": facts, "language": "en" }
    };
    let contexts = vec![
        context("ada", vec![fact("name", "Ada"), fact("field", "mathematics")]),
        context("bob", vec![]),
        context("eve", vec![fact("name", "Eve"), fact("age", "33")]),
    ];
    let expected = expected([("conversations", conversations), ("user_contexts", contexts)]);
    assert_eq!(stored::<Document>(&database).await, expected);
}

#[tokio::test]
async fn what_has_no_version_is_version_zero_and_not_the_first() {
    let database = begun(&HISTORY).await;
    let census = answer(&HISTORY, &database, 0, &["census", "conversations"]).await;
    assert_eq!(census["unversioned"], 2);
    assert_eq!(census["versions"], json!({ "1": 1, "2": 1 }));

    // The shape of version 0 under the stamp of version 1 is no conversation of either.
    let wrong = doc! { "_id": "c0", "schema_version": 1, "user": "eve", "messages": ["user: hello"] };
    database.collection::<Document>("conversations").insert_one(wrong).await.unwrap();
    let before = one(&database, "conversations", "c0").await;
    go(&HISTORY, &database, Way::Background).await;
    assert_eq!(one(&database, "conversations", "c0").await, before);
    let failed = answer(&HISTORY, &database, 0, &["list-failed", "conversations"]).await;
    assert_eq!(failed.as_array().unwrap().len(), 2, "{failed}");
}

#[tokio::test]
async fn a_current_document_is_not_touched() {
    let database = begun(&HISTORY).await;
    let before = one(&database, "conversations", "c3").await;
    go(&HISTORY, &database, Way::Background).await;
    assert_eq!(one(&database, "conversations", "c3").await, before);
}

#[tokio::test]
async fn back_by_the_steps_is_version_zero() {
    let database = arrived(&HISTORY, Way::Commands).await;
    for collection in ["conversations", "user_contexts"] {
        answer(&HISTORY, &database, 0, &["rollback", collection, "--to-version", "0"]).await;
    }
    let conversation = |id: &str, user: &str, messages: &[&str]| {
        doc! { "_id": id, "schema_version": 0, "user": user, "messages": messages }
    };
    let mut second = conversation("c2", "ada", &["assistant: Hello", "user: Hello, you"]);
    second.insert("client", "web");
    let conversations = vec![
        conversation("c1", "ada", &["user: What is an engine?", "assistant: A machine: it weaves patterns."]),
        second,
        conversation("c3", "bob", &["system: Be brief."]),
        conversation("c4", "bob", &["user: Are you there?", "system: (line lost)"]),
    ];
    let contexts = vec![
        doc! { "_id": "ada", "schema_version": 0, "facts": { "name": "Ada", "field": "mathematics" } },
        doc! { "_id": "bob", "schema_version": 0, "facts": {} },
        doc! { "_id": "eve", "schema_version": 0, "facts": { "name": "Eve", "age": "33" } },
    ];
    let expected = expected([("conversations", conversations), ("user_contexts", contexts)]);
    assert_eq!(stored::<Document>(&database).await, expected);
}

#[tokio::test]
async fn back_by_preimages_is_what_it_was_byte_for_byte() {
    let database = begun(&HISTORY).await;
    answer(&HISTORY, &database, 1, &["backfill", "--all", "--keep-preimages", "1"]).await;
    assert_ne!(bytes(&database).await, old(&HISTORY));
    for collection in ["conversations", "user_contexts"] {
        answer(&HISTORY, &database, 0, &["rollback", collection]).await;
    }
    assert_eq!(bytes(&database).await, old(&HISTORY));
}
