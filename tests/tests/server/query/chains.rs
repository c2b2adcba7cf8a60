//! A chain with what a filter may look into: documents in fields and in lists, lists in lists, and values that may be missing in
//! all the ways there are.

use mongodb::bson::{Bson, Document, doc};
use proptest::{collection::vec, option, prelude::*, sample::select};
use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "trips", version = 1)]
pub struct TripV1 {
    _id: i32,
    start: Stop,
    end: Option<Stop>,
    #[serde(default, alias = "halts")]
    stops: Vec<Stop>,
    grid: Vec<Vec<i32>>,
    #[serde(alias = "note")]
    text: Box<Option<String>>,
    hint: Hint,
    code: Option<String>,
    any: Bson,
    fare: Option<Bson>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    tags: Vec<String>,
    count: i32,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = TripV1)]
pub struct TripV2 {
    _id: i32,
    #[versioned(from = start)]
    origin: Stop,
    #[versioned(from = end)]
    goal: Option<Stop>,
    #[versioned(from = stops)]
    via: Vec<Stop>,
    #[versioned(from = grid)]
    cells: Vec<Vec<i32>>,
    #[versioned(from = text)]
    note: Box<Option<String>>,
    hint: Hint,
    code: Option<String>,
    #[versioned(from = any)]
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<Bson>,
    #[versioned(from = fare)]
    price: Option<Bson>,
    #[versioned(from = tags)]
    words: Vec<String>,
    count: i32,
    #[versioned(added = vec![])]
    legs: Vec<Stop>,
    #[versioned(added = "EUR".to_owned())]
    money: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = TripV2)]
pub struct TripV3 {
    _id: i32,
    origin: Stop,
    #[versioned(from = goal)]
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Stop>,
    // The name that the end had is another field's.
    #[versioned(from = via)]
    stops: Vec<Stop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cells: Vec<Vec<i32>>,
    note: Box<Option<String>>,
    hint: Hint,
    // Always in its place, and not always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<Bson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Bson>,
    #[versioned(from = words)]
    tags: Vec<String>,
    #[versioned(from = count)]
    number: Option<i32>,
    #[versioned(from = legs)]
    parts: Vec<Stop>,
    #[versioned(from = money)]
    currency: String,
    #[versioned(added = 7)]
    rank: i64,
}

pub type Trip = TripV3;

#[derive(Debug, Serialize, Deserialize)]
pub struct Stop {
    name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    codes: Vec<i32>,
}

/// What is read as an option though nothing says so.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hint(Option<String>);

pub fn trip(version: u32, id: i32) -> BoxedStrategy<Document> {
    let words = || select(vec!["", "a", "b", "EUR"]).prop_map(str::to_owned);
    let places = (stop(), option::of(stop()), vec(stop(), 0..3), vec(vec(0..3, 0..3), 0..3));
    let texts = (option::of(words()), option::of(words()), vec(words(), 0..3));
    let anything = (any_value(), any_value(), any::<bool>(), 0..4i32);
    let document = (places, texts, anything).prop_map(
        move |((start, end, stops, grid), (text, hint, tags), (any, fare, bare, count))| {
            let mut document = match version {
                1 => doc! {
                    "_id": id, "start": start, "end": end, "stops": stops, "grid": grid, "text": text.clone(), "hint": hint, "code": text,
                    "any": any, "fare": fare, "tags": tags, "count": count,
                },
                _ => doc! {
                    "_id": id, "origin": start, "goal": end, "via": stops, "cells": grid, "note": text.clone(), "hint": hint, "code": text,
                    "more": any, "price": fare, "words": tags, "count": count, "legs": [], "money": "EUR",
                },
            };
            if bare {
                // As other writers leave out what is null or empty, where it may be missing.
                for name in ["end", "goal", "text", "note", "hint", "fare", "price", "more", "tags", "stops"] {
                    let is_empty = document.get(name).is_some_and(|value| {
                        *value == Bson::Null || *value == Bson::Array(Vec::new())
                    });
                    if is_empty {
                        document.remove(name);
                    }
                }
            } else if version == 1 && id % 4 == 0 {
                for (name, alias) in [("stops", "halts"), ("text", "note")] {
                    document = document
                        .into_iter()
                        .map(|(key, value)| (if key == name { alias.to_owned() } else { key }, value))
                        .collect();
                }
            }
            document
        },
    );
    document.boxed()
}

fn stop() -> impl Strategy<Value = Bson> {
    (select(vec!["a", "b", "c"]), vec(0..3, 0..3)).prop_map(|(name, codes): (&str, Vec<i32>)| {
        let mut stop = doc! { "name": name };
        if !codes.is_empty() {
            stop.insert("codes", codes);
        }
        Bson::from(stop)
    })
}

fn any_value() -> impl Strategy<Value = Bson> {
    select(vec![
        Bson::Null,
        Bson::from(1),
        Bson::from(1.0),
        Bson::from("a"),
        Bson::Array(Vec::new()),
        Bson::from(vec![Bson::Null]),
        Bson::from(vec![Bson::from(1), Bson::from("b")]),
        Bson::from(doc! {}),
        Bson::from(doc! { "name": Bson::Null }),
        Bson::from(vec![doc! { "name": "a", "codes": [1] }, doc! {}]),
    ])
}
