//! Users of a server with access control: who is not let in, and who may not do what was asked.

use mongodb::{Client, Database, bson::doc};
use schema_runtime::local::LocalServer;

use super::program::{Ended, bare, picture};

const PASSWORD: &str = "hunter2";

struct Guarded {
    server: LocalServer,
    root: Database,
}

impl Guarded {
    async fn start() -> Self {
        let server = LocalServer::builder().arg("--auth").start().await.unwrap();
        let open = server.client().await.unwrap();
        // The first user may be created without one.
        let create = doc! { "createUser": "root", "pwd": PASSWORD, "roles": ["root"] };
        open.database("admin").run_command(create).await.unwrap();
        let root = Client::with_uri_str(uri(&server, "root", PASSWORD)).await.unwrap().database("shop");
        for (name, role) in [("reader", "read"), ("writer", "readWrite")] {
            let role = doc! { "db": "shop", "role": role };
            let create = doc! { "createUser": name, "pwd": PASSWORD, "roles": [role] };
            root.client().database("admin").run_command(create).await.unwrap();
        }
        let create = doc! { "createUser": "stranger", "pwd": PASSWORD, "roles": [] };
        root.client().database("admin").run_command(create).await.unwrap();
        root.collection("products")
            .insert_one(doc! { "_id": 1, "name": "Kettle", "price": "1" })
            .await
            .unwrap();
        Self { server, root }
    }

    async fn run(&self, user: &str, password: &str, arguments: &[&str]) -> Ended {
        let output =
            bare().args(arguments).env("MONGODB_URI", uri(&self.server, user, password)).output().await;
        let ended = Ended::of(output.unwrap());
        assert!(![&ended.stdout, &ended.stderr].iter().any(|text| text.contains(password)), "{ended:?}");
        ended
    }
}

fn uri(server: &LocalServer, user: &str, password: &str) -> String {
    let uri = server.uri().replace("mongodb://", &format!("mongodb://{user}:{password}@"));
    let place = uri.split_once("/?").map_or(uri.trim_end_matches('/'), |(place, _)| place);
    format!("{place}/shop?authSource=admin&directConnection=true")
}

#[tokio::test]
async fn who_may_not_is_told_what_and_nothing_is_done() {
    let server = Guarded::start().await;
    let before = picture(&server.root).await;
    for command in [&["status"][..], &["up"], &["backfill", "products"]] {
        let ended = server.run("reader", "wrong-one", command).await;
        assert!(ended.error(3).starts_with("error: the server does not let this user in: "), "{ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }

    server.run("reader", PASSWORD, &["status"]).await.text(0);
    server.run("reader", PASSWORD, &["plan"]).await.text(1);
    server.run("reader", PASSWORD, &["census", "products"]).await.text(0);
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let folder = folder.to_str().unwrap();
    for (user, command) in [
        ("reader", &["up", "20260101-price-list"][..]),
        ("reader", &["mark-applied", "20260101-price-list"]),
        ("reader", &["backfill", "products"]),
        ("reader", &["rollback", "products", "--to-version", "1"]),
        ("reader", &["indexes", "products", "--create"]),
        ("reader", &["floor", "products"]),
        ("reader", &["pause", "products"]),
        ("reader", &["reset", "--environment", "development", "--confirm", "shop"]),
        ("stranger", &["status"]),
        ("stranger", &["plan"]),
        ("stranger", &["census", "products"]),
        ("stranger", &["backup", folder]),
        ("stranger", &["verify", "products"]),
    ] {
        let ended = server.run(user, PASSWORD, command).await;
        let error = ended.error(4);
        let is_said = error.contains("this user may not do that: not authorized on shop")
            || error.contains("the user may not")
            || command[0] == "pause" && error.contains("no backfill under way");
        assert!(is_said && !error.contains("lsid"), "{user} {command:?}: {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
    assert_eq!(picture(&server.root).await, before);
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);

    server.run("writer", PASSWORD, &["up", "20260201-close-orders"]).await.text(0);
    server.run("writer", PASSWORD, &["backfill", "products"]).await.text(0);
}
