//! What a webhook is told, by a server that keeps what it is told.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value, json};

use super::program::{MIGRATIONS, Shop};

/// Answers each request with the next of its answers, and the last one from then on.
struct Listener {
    url: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Listener {
    fn new(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/services/secret", listener.local_addr().unwrap());
        let (bodies, mut answers) = (Arc::default(), answers.iter().copied().collect::<VecDeque<_>>());
        let kept: Arc<Mutex<Vec<Value>>> = Arc::clone(&bodies);
        // Ends with the process of the tests.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().copied() };
                if let Some(body) = serve(stream.unwrap(), answer.unwrap_or("200 OK")) {
                    kept.lock().unwrap().push(body);
                }
            }
        });
        Self { url, bodies }
    }

    fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().unwrap().drain(..).collect()
    }
}

/// Reads one request, and answers it.
fn serve(stream: TcpStream, answer: &str) -> Option<Value> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    write!(&stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").ok()?;
    serde_json::from_slice(&body).ok()
}

fn events(bodies: &[Value]) -> Vec<&str> {
    bodies.iter().map(|body| body["event"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn it_is_told_of_migrations() {
    let shop = Shop::open().await;
    let listener = Listener::new(&["200 OK"]);
    let hook = ["--webhook", &*listener.url, "--environment", "staging"];
    shop.mark("stop", "<!channel> @everyone & more").await;
    shop.run(&[&["up", MIGRATIONS[1]], &hook[..]].concat()).await.text(1);
    let bodies = listener.bodies();
    assert_eq!(events(&bodies), ["started", "finished", "started", "failed"]);
    let subject = format!("{}, staging", shop.database.name());
    for body in &bodies {
        assert_eq!(body["subject"], *subject);
        assert_eq!(body["allowed_mentions"], json!({ "parse": [] }));
        assert!(
            body["content"].as_str().unwrap().starts_with(&format!("{subject}: migration `2026")),
            "{body}"
        );
    }
    assert!(
        bodies[0]["text"]
            .as_str()
            .unwrap()
            .ends_with("`20260101-price-list` starts, up (A price list to begin with)")
    );
    assert_eq!(
        (&bodies[1]["details"]["affected"], &bodies[1]["details"]["state"]),
        (&json!(3), &json!("completed"))
    );
    assert_eq!(bodies[3]["details"]["id"], MIGRATIONS[1]);
    let [text, content] = ["text", "content"].map(|field| bodies[3][field].as_str().unwrap());
    assert!(content.contains("has failed: step 2 of 2 (code): <!channel> @everyone & more"), "{content}");
    assert!(text.contains("&lt;!channel&gt; @everyone &amp; more"), "{text}");

    // What is refused, and what there is nothing of, is no news.
    shop.run(&[&["up", "nothing"], &hook[..]].concat()).await.error(2);
    shop.run(&[&["up", MIGRATIONS[0]], &hook[..]].concat()).await.text(0);
    shop.run(&[&["status"], &hook[..]].concat()).await.text(0);
    assert_eq!(listener.bodies(), [""; 0]);
}

#[tokio::test]
async fn it_is_told_of_backfills() {
    let shop = Shop::stocked().await;
    let listener = Listener::new(&["204 No Content"]);
    let hook = ["--webhook", &*listener.url];
    shop.run(&[&["backfill", "--all"], &hook[..]].concat()).await.text(1);
    let bodies = listener.bodies();
    assert_eq!(events(&bodies), ["started", "failed", "started", "finished"]);
    assert_eq!(bodies[0]["details"], json!({ "collection": "products", "target": 3, "total": 26 }));
    assert_eq!((&bodies[1]["details"]["upgraded"], &bodies[1]["details"]["failed"]), (&json!(25), &json!(1)));
    assert!(bodies[3]["content"].as_str().unwrap().contains("backfill of `messages$notice` has ended"));
    shop.mend().await;
    shop.run(&[&["retry-failed", "products"], &hook[..]].concat()).await.text(0);
    shop.run(&[&["rollback", "products", "--to-version", "1"], &hook[..]].concat()).await.text(0);
    let bodies = listener.bodies();
    assert_eq!(bodies.last().unwrap()["details"]["rolledBack"], 31);
    assert!(bodies.last().unwrap()["text"].as_str().unwrap().contains("rollback of `products` has ended"));
}

#[tokio::test]
async fn a_long_message_is_cut_and_not_its_details() {
    let shop = Shop::open().await;
    let listener = Listener::new(&["200 OK"]);
    let why = "ö<".repeat(5000);
    shop.mark("stop", &why).await;
    shop.run(&["up", MIGRATIONS[1], "--webhook", &listener.url]).await.text(1);
    let bodies = listener.bodies();
    let failed = bodies.last().unwrap();
    assert_eq!(failed["content"].as_str().unwrap().chars().count(), 2000);
    assert!(failed["text"].as_str().unwrap().chars().count() < 10_000);
    assert!(failed["details"]["error"].as_str().unwrap().contains(&why));
}

/// The work is done all the same; only a warning says so.
#[tokio::test]
async fn a_dead_one_changes_nothing() {
    let told = "warning: the webhook was not told everything: ";
    for (answers, sent, words) in [
        (&["500 Internal Server Error"][..], 2, "it answers 500"),
        (&["404 Not Found"], 2, "it answers 404"),
        (&["302 Found\r\nlocation: http://127.0.0.1:1/"], 2, "it answers 302"),
        // One that fails once is told the rest.
        (&["503 Service Unavailable", "200 OK"], 4, "it answers 503"),
    ] {
        let shop = Shop::open().await;
        let listener = Listener::new(answers);
        let ended = shop.run(&["up", MIGRATIONS[1], "--webhook", &listener.url]).await;
        ended.text(0);
        let warnings: Vec<&str> = ended.stderr.lines().filter(|line| line.starts_with("warning")).collect();
        assert_eq!(warnings.len(), 1, "{ended:?}");
        assert!(warnings[0].starts_with(told) && warnings[0].contains(words), "{ended:?}");
        assert_eq!((listener.bodies().len(), shop.count("closed").await), (sent, 1));
    }
    let shop = Shop::open().await;
    let ended = shop.run(&["up", MIGRATIONS[1], "--webhook", "http://127.0.0.1:1/", "--json"]).await;
    ended.json(0);
    let last = ended.events().pop().unwrap();
    assert_eq!(last["event"], "warning", "{ended:?}");
    // An empty one is none.
    let ended = shop.run(&["redo", "--webhook", ""]).await;
    assert!(ended.code == Some(0) && !ended.stderr.contains("warning"), "{ended:?}");
}

/// Discord wants a pause now and then.
#[tokio::test]
async fn one_that_is_told_too_much_is_told_again() {
    let shop = Shop::open().await;
    let listener = Listener::new(&["429 Too Many Requests\r\nretry-after: 0.05", "200 OK"]);
    let ended = shop.run(&["up", MIGRATIONS[0], "--webhook", &listener.url]).await;
    assert!(ended.code == Some(0) && !ended.stderr.contains("warning"), "{ended:?}");
    assert_eq!(events(&listener.bodies()), ["started", "started", "finished"]);
}
