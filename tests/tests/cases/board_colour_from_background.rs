//! A background with a colour code became the name of a colour, and nothing else is left of it.
//!
//! A background that has no colour of the table is refused: the script lost such backgrounds, and a board that is
//! reported can still be given a colour.

use bson::Document;
use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

use crate::case::{check, table};

const CASE: &str = include_str!("../../data/cases/board-colour-from-background.json");

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "boards")]
struct BoardV1 {
    background: Background,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Serialize, Deserialize)]
struct Background {
    color: Option<String>,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = BoardV1)]
struct BoardV2 {
    #[versioned(from = background, try_with = colour)]
    color: Colour,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Nephritis,
    Pomegranate,
    Belize,
    Wisteria,
}

fn colour(background: Background) -> Result<Colour, String> {
    match background.color.as_deref() {
        Some("#27AE60") => Ok(Colour::Nephritis),
        Some("#C0392B") => Ok(Colour::Pomegranate),
        Some("#2980B9") => Ok(Colour::Belize),
        Some("#8E44AD") => Ok(Colour::Wisteria),
        Some(code) => Err(format!("there is no name for the colour {code}")),
        None => Err("the background has no colour".into()),
    }
}

#[test]
fn documents() {
    check::<BoardV2>(CASE, &[]);
}

#[test]
fn the_table_is_complete() {
    let table = table(CASE);
    assert_eq!(table.len(), 4);
    for (code, name) in table {
        let colour = colour(Background { color: Some(code) }).unwrap();
        assert_eq!(bson::serialize_to_bson(&colour).unwrap(), name);
    }
}
