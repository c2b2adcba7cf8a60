//! What the users of a server with access control may do, and what the plan and the run say to that.

use mongodb::{
    Client, Database,
    bson::{Document, doc},
};
use schema_runtime::{
    Error, VersionedCollection,
    backfill::plan::{CannotRun, Missing},
    local::LocalServer,
};

use crate::{
    model::{Article, fixed_samples},
    state::state,
};

const BOOKS: [&str; 3] = ["schema_backfills", "schema_backfill_failures", "schema_preimages"];
const VERSIONS: &str = "schema_versions";
const ON_BOOKS: [&str; 5] = ["find", "insert", "update", "remove", "createIndex"];

struct Guarded {
    server: LocalServer,
    root: Database,
}

impl Guarded {
    /// A server that demands a login, with articles in a shop.
    async fn start() -> Self {
        let server = LocalServer::builder().arg("--auth").start().await.unwrap();
        // The first user may be created without one.
        create_user(&server.client().await.unwrap(), "root", role("admin", "root")).await;
        let root = login(&server, "root").await;
        // One that all documents keep, to see who may have the validator asked.
        root.create_collection("articles").validator(doc! { "stock": { "$exists": true } }).await.unwrap();
        root.collection("articles")
            .insert_many(fixed_samples(50).into_iter().map(|sample| sample.stored))
            .await
            .unwrap();
        Self { server, root }
    }

    async fn user(&self, name: &str, role: Document) -> VersionedCollection<Article> {
        create_user(self.root.client(), name, role).await;
        VersionedCollection::new(&login(&self.server, name).await)
    }
}

async fn create_user(client: &Client, name: &str, role: Document) {
    let command = doc! { "createUser": name, "pwd": "secret", "roles": [role] };
    client.database("admin").run_command(command).await.unwrap();
}

async fn login(server: &LocalServer, name: &str) -> Database {
    let uri = server.uri().replace("mongodb://", &format!("mongodb://{name}:secret@"));
    Client::with_uri_str(uri).await.unwrap().database("shop")
}

/// What a user lacks, as pairs of a collection and the actions there.
fn lacks(missing: &[Missing]) -> Vec<(&str, &[&'static str])> {
    missing.iter().map(|missing| (missing.collection.as_str(), missing.actions.as_slice())).collect()
}

fn role(database: &str, role: &str) -> Document {
    doc! { "db": database, "role": role }
}

#[tokio::test]
async fn who_may_only_read_may_plan_and_verify_and_not_run() {
    let server = Guarded::start().await;
    let articles = server.user("reader", role("shop", "read")).await;
    let before = state(&server.root).await;

    let plan = articles.backfill().plan().all().await.unwrap();
    assert_eq!(plan.permissions.users, ["admin.reader"]);
    let mut expected = vec![("articles", &["update"][..])];
    expected.extend(BOOKS.map(|books| (books, &ON_BOOKS[1..])));
    expected.push((VERSIONS, &["update"]));
    assert_eq!(lacks(&plan.permissions.missing), expected);
    assert!(!plan.can_run() && plan.trial.complete);
    assert!(plan.to_string().contains("the user may not update in `articles`"), "{plan}");

    let error = articles.backfill().run().await.unwrap_err();
    let Error::CannotRun { reasons, .. } = &error else { panic!("{error}") };
    assert_eq!(*reasons, plan.cannot_run);
    // Pre-images are for those who ask for them.
    assert_eq!(reasons.len(), 4);
    assert!(reasons.iter().all(|reason| matches!(reason, CannotRun::NotPermitted(_))), "{error}");

    let dry = articles.backfill().dry_run(true).run().await.unwrap();
    assert_eq!((dry.upgraded, dry.failed), (plan.trial.upgraded(), plan.trial.failed()));
    let verification = articles.verify().run().await.unwrap();
    assert_eq!((verification.documents, verification.decoded), (50, 50), "{verification}");
    assert_eq!(state(&server.root).await, before);
}

#[tokio::test]
async fn who_may_write_may_run() {
    let server = Guarded::start().await;
    for (user, its_role) in
        [("writer", role("shop", "readWrite")), ("admin", role("admin", "readWriteAnyDatabase"))]
    {
        let articles = server.user(user, its_role).await;
        let plan = articles.backfill().plan().await.unwrap();
        assert!(plan.can_run() && plan.permissions.missing.is_empty(), "{plan}");
        assert!(articles.backfill().run().await.unwrap().is_clean());
    }
}

/// A role of no more than what is said to be needed is enough, so nothing is left out there; and each of them is missed.
#[tokio::test]
async fn what_is_said_to_be_needed_is_enough() {
    let server = Guarded::start().await;
    // One that is recorded.
    let bad = doc! { "_id": -1, "name": "Bad", "price": "cheap", "stock": 1 };
    server.root.collection("articles").insert_one(bad).await.unwrap();
    let on = |collection: &str, actions: &[&str]| {
        doc! { "resource": { "db": "shop", "collection": collection }, "actions": actions.to_vec() }
    };
    let mut privileges = vec![on("", &["listCollections"]), on("articles", &["find", "update"])];
    privileges.push(on(VERSIONS, &["find", "update"]));
    privileges.extend(BOOKS[..2].iter().map(|books| on(books, &ON_BOOKS)));
    let create = doc! { "createRole": "upgrader", "privileges": privileges, "roles": [] };
    server.root.client().database("admin").run_command(create).await.unwrap();
    let articles = server.user("upgrader", role("admin", "upgrader")).await;

    let plan = articles.backfill().plan().await.unwrap();
    assert_eq!(lacks(&plan.permissions.missing), [("schema_preimages", &ON_BOOKS[..])]);
    assert!(plan.can_run(), "{plan}");
    let report = articles.backfill().run().await.unwrap();
    assert_eq!((report.failed, report.remaining), (1, 0), "{report}");
}

/// Nothing but the documents themselves: not what an earlier backfill has left, for one.
#[tokio::test]
async fn a_plan_takes_no_more_than_reading_the_collection() {
    let server = Guarded::start().await;
    let on = |collection: &str, action: &str| {
        doc! { "resource": { "db": "shop", "collection": collection }, "actions": [action] }
    };
    let privileges = [on("", "listCollections"), on("articles", "find")];
    let create = doc! { "createRole": "looker", "privileges": privileges.to_vec(), "roles": [] };
    server.root.client().database("admin").run_command(create).await.unwrap();
    let articles = server.user("looker", role("admin", "looker")).await;
    let plan = articles.backfill().plan().await.unwrap();
    assert_eq!(
        (plan.permissions.missing.len(), plan.earlier.is_none(), plan.trial.complete),
        (5, true, true)
    );
    assert!(articles.verify().run().await.unwrap().complete);
}

#[tokio::test]
async fn who_has_not_logged_in_is_told_so() {
    let server = Guarded::start().await;
    let stranger = server.server.client().await.unwrap().database("shop");
    let error = VersionedCollection::<Article>::new(&stranger).backfill().plan().await.unwrap_err();
    let Error::Database { action, source, .. } = &error else { panic!("{error}") };
    assert_eq!(*action, "look up what kind it is");
    assert!(source.to_string().contains("requires authentication"), "{source}");
}
