//! The plan of a backfill over everything that a name can stand for: what can be worked with, what is refused, and what is said.

use mongodb::{
    Database,
    bson::{Document, doc},
    options::{Collation, CollationStrength, TimeseriesOptions, ValidationAction, ValidationLevel},
};
use schema_runtime::{
    Error, VersionedCollection,
    backfill::{
        Failure, Plan,
        plan::{CannotRun, NamespaceKind, Topology},
    },
    local::LocalServer,
};

use crate::{model::Article, state::state, support::database};

fn old(id: i32) -> Document {
    doc! { "_id": id, "name": "Kettle", "price": "1.00", "stock": 1 }
}

async fn insert(database: &Database, documents: impl IntoIterator<Item = Document>) {
    database.collection::<Document>("articles").insert_many(documents).await.unwrap();
}

/// The plan, after it was seen that nothing was written for it.
async fn plan(database: &Database) -> Plan {
    let before = state(database).await;
    let plan = VersionedCollection::<Article>::new(database).backfill().plan().await.unwrap();
    assert_eq!(state(database).await, before);
    plan
}

/// The one reason that the plan gives, after it was seen that a run refuses for it and writes nothing.
async fn refused(database: &Database) -> CannotRun {
    let mut plan = plan(database).await;
    assert!(!plan.can_run());
    assert!(plan.to_string().ends_with(&format!("cannot run:\n  - {}\n", plan.cannot_run[0])), "{plan}");
    let before = state(database).await;
    for dry_run in [false, true] {
        let backfill = VersionedCollection::<Article>::new(database);
        let error = backfill.backfill().dry_run(dry_run).run().await.unwrap_err();
        let Error::CannotRun { collection, reasons } = &error else { panic!("{error}") };
        assert_eq!((collection.as_str(), reasons), ("articles", &plan.cannot_run));
        assert!(error.to_string().contains(&reasons[0].to_string()));
    }
    assert_eq!(state(database).await, before);
    assert_eq!(plan.cannot_run.len(), 1);
    plan.cannot_run.remove(0)
}

#[tokio::test]
async fn a_view_is_refused_with_its_collection() {
    let database = database().await;
    let things = database.collection::<Document>("things");
    things.insert_one(old(1)).await.unwrap();
    database.create_collection("articles").view_on("things".to_owned()).pipeline([]).await.unwrap();
    let reason = refused(&database).await;
    assert_eq!(reason, CannotRun::View { on: "things".to_owned() });
    assert!(reason.to_string().contains("run on the collection `things`"), "{reason}");
}

#[tokio::test]
async fn a_time_series_is_refused() {
    let database = database().await;
    let options = TimeseriesOptions::builder().time_field("at".to_owned()).build();
    database.create_collection("articles").timeseries(options).await.unwrap();
    assert_eq!(refused(&database).await, CannotRun::TimeSeries);
}

/// What the refusal is for: the server takes the larger document, and the oldest ones are gone with the next insert.
#[tokio::test]
async fn a_capped_collection_is_refused_because_growth_pushes_documents_out() {
    let database = database().await;
    database.create_collection("articles").capped(true).size(4096).await.unwrap();
    insert(&database, (0..4).map(|id| doc! { "_id": id, "text": "x".repeat(900) })).await;
    assert_eq!(refused(&database).await, CannotRun::Capped);

    let articles = database.collection::<Document>("articles");
    let grow = doc! { "$set": { "text": "x".repeat(1800) } };
    assert_eq!(articles.update_many(doc! {}, grow).await.unwrap().modified_count, 4);
    insert(&database, [doc! { "_id": 4 }]).await;
    assert!(articles.count_documents(doc! {}).await.unwrap() < 4);
}

#[tokio::test]
async fn a_collection_that_is_not_there_has_nothing_to_do() {
    let database = database().await;
    let plan = plan(&database).await;
    assert!(plan.can_run() && plan.trial.versions.is_empty());
    assert_eq!((plan.namespace.kind.clone(), plan.census.total()), (NamespaceKind::Missing, 0));
    assert!(plan.to_string().contains("there is no collection of that name"), "{plan}");
}

#[tokio::test]
async fn an_empty_collection_has_nothing_to_do() {
    let database = database().await;
    database.create_collection("articles").await.unwrap();
    let plan = plan(&database).await;
    assert!(plan.can_run() && plan.trial.complete);
    assert_eq!((plan.namespace.kind, plan.census.total()), (NamespaceKind::Collection, 0));
    assert_eq!(plan.notes, Vec::<String>::new());
}

#[tokio::test]
async fn a_collation_is_told_and_does_not_stand_in_the_way() {
    let database = database().await;
    let collation = Collation::builder().locale("en").strength(CollationStrength::Primary).build();
    database.create_collection("articles").collation(collation).await.unwrap();
    insert(&database, [old(1)]).await;
    let plan = plan(&database).await;
    assert!(plan.can_run());
    assert_eq!(plan.namespace.collation.as_ref().unwrap().get_str("locale").unwrap(), "en");
    assert_eq!(plan.trial.upgraded(), 1);
    assert!(plan.notes[0].contains("collation, `en`"), "{plan}");
}

#[tokio::test]
async fn a_validator_is_told_with_what_it_does() {
    for (level, action, expected) in [
        (ValidationLevel::Strict, ValidationAction::Error, Some(("strict", "error", "is a failure"))),
        (ValidationLevel::Moderate, ValidationAction::Warn, Some(("moderate", "warn", "refuses nothing"))),
        (ValidationLevel::Off, ValidationAction::Error, None),
    ] {
        let database = database().await;
        let create = database.create_collection("articles").validator(doc! { "name": { "$type": "string" } });
        create.validation_level(level).validation_action(action).await.unwrap();
        insert(&database, [old(1)]).await;
        let plan = plan(&database).await;
        assert!(plan.can_run());
        let told = plan.namespace.validator.as_ref().map(|told| (told.level, told.action));
        assert_eq!(told, expected.map(|(level, action, _)| (level, action)));
        assert_eq!(plan.notes.len(), usize::from(expected.is_some()));
        assert!(expected.is_none_or(|(_, _, note)| plan.notes[0].contains(note)), "{plan}");
    }
}

#[tokio::test]
async fn a_clustered_collection_is_as_good_as_any() {
    let database = database().await;
    let index = doc! { "key": { "_id": 1 }, "unique": true };
    database.run_command(doc! { "create": "articles", "clusteredIndex": index }).await.unwrap();
    insert(&database, (0..10).map(old)).await;
    assert!(plan(&database).await.can_run());
    let report = VersionedCollection::<Article>::new(&database).backfill().batch_size(3).run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (10, 0), "{report}");
}

#[tokio::test]
async fn the_server_is_told() {
    let database = database().await;
    let plan = plan(&database).await;
    let build = database.run_command(doc! { "buildInfo": 1 }).await.unwrap();
    assert_eq!(plan.server.version, build.get_str("version").unwrap());
    let Topology::ReplicaSet { name, members } = &plan.server.topology else { panic!("{plan:?}") };
    let hello = database.run_command(doc! { "hello": 1 }).await.unwrap();
    assert_eq!(name, hello.get_str("setName").unwrap());
    assert!(members.iter().any(|member| member == hello.get_str("me").unwrap()));
    assert!(plan.permissions.users.is_empty() && plan.permissions.missing.is_empty());
}

#[tokio::test]
async fn a_stand_alone_server_is_told() {
    let server = LocalServer::start().await.unwrap();
    let database = server.client().await.unwrap().database("shop");
    insert(&database, [old(1)]).await;
    let articles = VersionedCollection::<Article>::new(&database);
    let plan = articles.backfill().plan().await.unwrap();
    assert_eq!(plan.server.topology, Topology::StandAlone);
    assert!(plan.can_run() && plan.to_string().contains("stand-alone"), "{plan}");
    articles.backfill().run().await.unwrap();
    assert!(articles.verify().run().await.unwrap().is_clean());
    server.stop().await.unwrap();
}

/// The common mistake: a schema that knows all fields does not know the stamp.
#[tokio::test]
async fn what_a_validator_will_refuse_is_foreseen() {
    let of_version_1 = doc! { "$jsonSchema": {
        "additionalProperties": false,
        "properties": { "_id": {}, "name": {}, "price": {}, "stock": {} },
    } };
    let of_version_3 =
        doc! { "$jsonSchema": { "required": ["title"], "properties": { "slug": { "enum": ["kettle"] } } } };
    let mut pan = old(2);
    pan.insert("name", "Pan");
    for (rule, level, refused) in [
        (of_version_1.clone(), "strict", 2),
        (of_version_1, "moderate", 2),
        (of_version_3.clone(), "strict", 1),
        // What broke the rule before may go on to break it.
        (of_version_3, "moderate", 0),
    ] {
        let database = database().await;
        insert(&database, [old(1), pan.clone()]).await;
        let change = doc! { "collMod": "articles", "validator": rule, "validationLevel": level };
        database.run_command(change).await.unwrap();

        let plan = plan(&database).await;
        let articles = VersionedCollection::<Article>::new(&database);
        let all = articles.backfill().plan().all().await.unwrap();
        assert_eq!((plan.trial.failed(), all.trial.failed()), (refused, refused), "{plan}");
        assert_eq!(plan.trial.examples.len() as u64, 2 - refused);
        let report = articles.backfill().run().await.unwrap();
        assert_eq!((report.failed, report.upgraded), (refused, 2 - refused), "{report}");
        let sorted = |failures: &[Failure]| {
            let mut failures = failures.to_vec();
            failures.sort_by_key(|failure| failure.id.as_i32());
            failures
        };
        assert_eq!(sorted(&all.trial.first_failures), sorted(&report.first_failures));
    }
}
