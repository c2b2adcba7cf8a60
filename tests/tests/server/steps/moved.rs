//! Documents that are moved to another collection.

use mongodb::bson::{Document, doc};
use schema_runtime::migration::{Direction, steps};

use super::{down, insert, refusal, there_and_back, up};
use crate::{state::dump, support::database};

fn redirects() -> Document {
    doc! { "redirect": { "$exists": true } }
}

#[tokio::test]
async fn documents_are_moved_and_moved_back() {
    let database = database().await;
    let pages = (0..1_300).map(|id| match id % 2 {
        0 => doc! { "_id": id, "redirect": "/" },
        _ => doc! { "_id": id },
    });
    database.collection("pages").insert_many(pages).await.unwrap();
    database.collection::<Document>("redirects").insert_one(doc! { "_id": "another" }).await.unwrap();
    there_and_back(&database, || steps::move_documents("pages", redirects(), "redirects")).await;
    assert_eq!(
        dump(&database, "pages").await,
        (0..650).map(|n| doc! { "_id": 2 * n + 1 }).collect::<Vec<_>>()
    );
    assert_eq!(dump(&database, "redirects").await.len(), 651);
    assert_eq!(down(&database, steps::move_documents("pages", redirects(), "redirects")).await, Ok(650));
}

#[tokio::test]
async fn nothing_is_moved_over_another_document() {
    let database = database().await;
    insert(&database, "pages", [1, 2, 3].map(|id| doc! { "_id": id, "redirect": "/" })).await;
    insert(&database, "redirects", [doc! { "_id": 2, "redirect": "/else" }]).await;
    let step = || steps::move_documents("pages", redirects(), "redirects");
    let said = refusal(&database, Direction::Up, step()).await;
    assert!(
        said.contains("`redirects` has other documents under 1 of the ids that come from `pages`, 2 for one"),
        "{said}"
    );
    database.collection::<Document>("redirects").delete_many(doc! {}).await.unwrap();
    assert_eq!(up(&database, step()).await, Ok(3));
}

#[tokio::test]
async fn a_document_that_is_in_both_is_moved() {
    let database = database().await;
    insert(&database, "pages", [1, 2, 3].map(|id| doc! { "_id": id, "redirect": "/" })).await;
    insert(&database, "redirects", [doc! { "_id": 2, "redirect": "/" }]).await;
    up(&database, steps::move_documents("pages", redirects(), "redirects")).await.unwrap();
    assert_eq!(dump(&database, "redirects").await.len(), 3);
    assert!(dump(&database, "pages").await.is_empty());
}

#[tokio::test]
async fn documents_are_not_moved_to_where_they_are() {
    let database = database().await;
    insert(&database, "pages", [doc! { "_id": 1 }]).await;
    let said = refusal(&database, Direction::Up, steps::move_documents("pages", doc! {}, "pages")).await;
    assert!(said.contains("moved to where they are"), "{said}");
}
