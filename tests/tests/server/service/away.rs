//! A database that goes away and comes back.

use schema_runtime::local::LocalServer;

use super::process::Service;

#[tokio::test]
async fn a_service_without_its_database_is_alive_and_not_ready() {
    let mut server = LocalServer::builder().replica_set(1).start().await.unwrap();
    let uri = format!("{}&serverSelectionTimeoutMS=300", server.uri());
    let service = Service::start_with(&["--uri", &uri]);
    service.ready().await;
    // Nothing of an upgrade is to be in the way.
    let ended = |answer: &serde_json::Value| {
        ["products", "contacts"]
            .iter()
            .all(|name| answer[name].is_null() || answer[name]["state"] == "finished")
    };
    service.until("/upgrades", ended).await;

    server.members_mut()[0].kill().unwrap();
    let answer = service.http.get("/products/x");
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert!(!answer.text.contains("127.0.0.1"), "{answer:?}");
    assert_eq!(service.http.get("/healthz").status, 200);
    assert_eq!(service.http.get("/readyz").json(503)["ready"], false);
    assert_eq!(service.http.get("/upgrades").status, 503);

    server.members_mut()[0].restart().await.unwrap();
    service.ready().await;
    assert_eq!(service.http.get("/products/x").status, 404);
    service.terminate();
    server.stop().await.unwrap();
}
