//! A renamed field that is indexed under both names is searched by both.

use mongodb::{
    IndexModel,
    bson::{Bson, Document, doc},
};
use schema_runtime::{VersionedCollection, VersionedDocument};

use crate::support::database;

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "users")]
struct UserV1 {
    mail: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct User {
    #[versioned(from = mail)]
    login: String,
}

/// The names of all stages of the plan that is used.
fn stages(plan: &Bson, found: &mut Vec<String>) {
    match plan {
        Bson::Document(plan) => {
            found.extend(plan.get_str("stage").ok().map(str::to_owned));
            plan.values().for_each(|inside| stages(inside, found));
        }
        Bson::Array(plans) => plans.iter().for_each(|inside| stages(inside, found)),
        _ => {}
    }
}

#[tokio::test]
async fn each_name_is_searched_by_its_index() {
    let database = database().await;
    let users = VersionedCollection::<User>::new(&database);
    let raw = database.collection::<Document>("users");
    let documents = (0..300).map(|number| match number % 3 {
        0 => doc! { "_id": number, "schemaVersion": 2, "login": format!("user {number}") },
        1 => doc! { "_id": number, "schemaVersion": 1, "mail": format!("user {number}") },
        _ => doc! { "_id": number, "mail": format!("user {number}") },
    });
    raw.insert_many(documents).await.unwrap();
    for name in ["login", "mail", "schemaVersion"] {
        raw.create_index(IndexModel::builder().keys(doc! { name: 1 }).build()).await.unwrap();
    }
    for number in [9, 10, 11] {
        let filter = users.translate(doc! { "login": format!("user {number}") }).unwrap();
        let explain = doc! {
            "explain": { "find": "users", "filter": filter.clone() }, "verbosity": "executionStats",
        };
        let explained = database.run_command(explain).await.unwrap();
        let mut plan = Vec::new();
        stages(explained.get_document("queryPlanner").unwrap().get("winningPlan").unwrap(), &mut plan);
        assert_eq!(plan.iter().filter(|stage| *stage == "IXSCAN").count(), 2, "{plan:?}");
        assert!(!plan.iter().any(|stage| stage == "COLLSCAN"), "{plan:?}");
        let stats = explained.get_document("executionStats").unwrap();
        assert_eq!(stats.get_i32("totalDocsExamined").unwrap(), 1);

        let found = users.collection().find_one(filter).await.unwrap().unwrap();
        assert_eq!(found.login, format!("user {number}"));
    }
}
