//! Paths that are refused, by every step that has one, and errors that can be told by their type.

use mongodb::bson::doc;
use schema_runtime::migration::{Context, Direction, Migration, steps};

use super::{insert, is_refused, refusal};
use crate::support::database;

#[tokio::test]
async fn paths_that_no_field_has_are_refused() {
    let database = database().await;
    insert(&database, "c", [doc! { "_id": { "a": 1 }, "b": 1 }]).await;
    for path in ["", "a..b", "$a", "_id", "_id.a", "b.$[].c"] {
        let mut refusals = vec![
            refusal(&database, Direction::Up, steps::add_field("c", path, 1)).await,
            refusal(&database, Direction::Up, steps::rename_field("c", "b", path)).await,
            refusal(&database, Direction::Up, steps::set_where("c", doc! {}, doc! { path: 1 })).await,
        ];
        refusals.push(refusal(&database, Direction::Up, steps::remove_field("c", path)).await);
        refusals.push(refusal(&database, Direction::Up, steps::rename_field("c", path, "d")).await);
        refusals.push(refusal(&database, Direction::Up, steps::convert_values("c", path, [(1, 2)])).await);
        refusals.push(refusal(&database, Direction::Up, steps::to_list("c", path)).await);
        refusals.push(
            refusal(&database, Direction::Up, steps::convert_type("c", path, steps::ValueType::Text)).await,
        );
        for said in refusals {
            assert!(said.contains(&format!("`{path}` is no path for a step")), "{said}");
        }
    }
    for (from, to) in [("a", "a"), ("a", "a.b"), ("a.b", "a")] {
        let said = refusal(&database, Direction::Up, steps::rename_field("c", from, to)).await;
        assert!(said.contains("within it, around it, or it"), "{said}");
    }
}

/// A step may be used within code, which can look what has become of it.
#[tokio::test]
async fn a_refusal_can_be_told_from_other_errors() {
    let database = database().await;
    insert(&database, "c", [doc! { "_id": 1 }]).await;
    let migration = Migration::new("m").transaction(schema_runtime::migration::Transaction::Never).up(
        async |context: Context| {
            let error = schema_runtime::migration::Step::up(&steps::add_field("c", "_id", 1), &context).await;
            if is_refused(&error.expect_err("a refusal")) { Ok(()) } else { Err("another error".into()) }
        },
    );
    let report = schema_runtime::Schema::new(&database).migration(migration).up().run().await.unwrap();
    assert!(report.is_done(), "{report}");
}
