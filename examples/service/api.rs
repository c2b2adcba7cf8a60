//! The API of one collection: list, create, read, update, replace, delete.
//!
//! No line here knows that there are versions. Whatever version a document is stored at, it is found by the names of this
//! release, read as its type and updated in its fields.

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, Query, State, rejection::JsonRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::StreamExt;
use mongodb::{
    bson::{doc, oid::ObjectId},
    options::ReturnDocument,
};
use schema_runtime::{VersionedCollection, collection::Replaced};

use crate::{
    problem::Problem,
    resource::{Resource, stored, whole},
    search::Search,
};

/// A collection for as long as the process lives, so that a response can stream from it.
pub(crate) type Documents<T> = &'static VersionedCollection<T>;

type Fields<T> = Result<Json<<T as Resource>::Fields>, JsonRejection>;

pub(crate) fn routes<T: Resource>(documents: Documents<T>) -> Router {
    Router::new()
        .route("/", get(list::<T>).post(create::<T>))
        .route("/{id}", get(read::<T>).patch(update::<T>).put(replace::<T>).delete(delete::<T>))
        .with_state(documents)
}

/// A line of JSON for each document, as they come from the server: no list is ever held in memory. A document that cannot be
/// read is a line that says why, and those behind it follow.
async fn list<T: Resource>(
    State(documents): State<Documents<T>>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let Search { filter, limit } = Search::of::<T>(parameters)?;
    let found = documents.find(filter).limit(limit).await?;
    let lines = found.stream().map(|document| {
        let mut line = match document {
            Ok(document) => serde_json::to_vec(&document)?,
            Err(error) => serde_json::to_vec(&Problem::from(error).into_json())?,
        };
        line.push(b'\n');
        Ok::<_, serde_json::Error>(Bytes::from(line))
    });
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response())
}

async fn create<T: Resource>(
    State(documents): State<Documents<T>>,
    fields: Fields<T>,
) -> Result<Response, Problem> {
    let id = ObjectId::new().to_hex();
    let document: T = whole(&id, stored::<T>(&fields?.0)?)?;
    documents.insert_one(&document).await?;
    let place = format!("/{}/{id}", documents.collection().name());
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(document)).into_response())
}

async fn read<T: Resource>(
    State(documents): State<Documents<T>>,
    Path(id): Path<String>,
) -> Result<Json<T>, Problem> {
    let found = documents.find_one(doc! { "_id": &id }).await?;
    found.map(Json).ok_or_else(|| Problem::not_found(&id))
}

/// Sets what the client has written, and nothing else: what others set at the same time stays.
async fn update<T: Resource>(
    State(documents): State<Documents<T>>,
    Path(id): Path<String>,
    fields: Fields<T>,
) -> Result<Json<T>, Problem> {
    let fields = stored::<T>(&fields?.0)?;
    if fields.is_empty() {
        return Err(Problem::unprocessable("there is nothing to change: name a field"));
    }
    let updated = documents
        .find_one_and_update(doc! { "_id": &id }, doc! { "$set": fields })
        .return_document(ReturnDocument::After)
        .await?;
    updated.map(Json).ok_or_else(|| Problem::not_found(&id))
}

async fn replace<T: Resource>(
    State(documents): State<Documents<T>>,
    Path(id): Path<String>,
    fields: Fields<T>,
) -> Result<Json<T>, Problem> {
    let document: T = whole(&id, stored::<T>(&fields?.0)?)?;
    match documents.replace_one(doc! { "_id": &id }, &document).await? {
        Replaced::Replaced | Replaced::Inserted => Ok(Json(document)),
        Replaced::NotFound => Err(Problem::not_found(&id)),
    }
}

async fn delete<T: Resource>(
    State(documents): State<Documents<T>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    match documents.delete_one(doc! { "_id": &id }).await?.deleted_count {
        0 => Err(Problem::not_found(&id)),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}
