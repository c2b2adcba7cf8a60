//! Lines: a list that is sent while it is read.

use axum::body::{Body, Bytes};
use futures_util::stream;
use schema_runtime::Error;
use tokio::sync::mpsc::{Sender, channel};

use crate::{api::Documents, problem::Problem, resource::Resource, search::Search};

/// How many lines are read ahead of the client.
const AHEAD: usize = 16;

type Line = Result<Bytes, Error>;

/// A line of JSON for each document, as they come from the server: no list is ever held in memory. A document that cannot be
/// read is a line that says why, and those behind it follow.
pub(crate) async fn lines<T: Resource>(documents: Documents<T>, search: Search) -> Result<Body, Problem> {
    let (sender, mut lines) = channel(AHEAD);
    // A search borrows its collection, and the response is sent when whoever asked for it has returned. So a task has both.
    tokio::spawn(async move {
        if let Err(error) = send(&documents, search, &sender).await {
            // Whoever would hear of it has gone.
            let _ = sender.send(Err(error)).await;
        }
    });
    match lines.recv().await {
        Some(begun) => drop(begun?),
        None => return Err(Problem::unavailable("the list was given up; try again")),
    }
    Ok(Body::from_stream(stream::poll_fn(move |context| lines.poll_recv(context))))
}

/// Sends a line of nothing when the search has begun, and then the documents until the client has gone.
async fn send<T: Resource>(
    documents: &Documents<T>,
    Search { filter, limit }: Search,
    lines: &Sender<Line>,
) -> Result<(), Error> {
    let mut found = documents.find(filter).limit(limit).await?;
    let mut is_there = lines.send(Ok(Bytes::new())).await.is_ok();
    while is_there && let Some(document) = found.next().await {
        is_there = lines.send(Ok(line(document))).await.is_ok();
    }
    Ok(())
}

fn line<T: Resource>(document: Result<T, Error>) -> Bytes {
    let document = document.map_err(Problem::from);
    let line = document.and_then(|document| serde_json::to_string(&document).map_err(Problem::internal));
    let mut line = line.unwrap_or_else(|problem| problem.into_json().to_string());
    line.push('\n');
    line.into()
}
