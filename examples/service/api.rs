//! The API of one collection: list, create, read, update, replace, delete.
//!
//! Whatever version a document is stored at, it is found by the names of this release, read as its type and updated in its fields.
//! What is left to say of versions is what the one that is written has no place for, as long as the release before lives: `kept.rs`.

use axum::{
    Json, Router,
    extract::{Path, Query, State, rejection::JsonRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use mongodb::{
    bson::{doc, oid::ObjectId},
    options::ReturnDocument,
};
use schema_runtime::{Error, VersionedCollection, collection::Replaced};

use crate::{
    kept::kept,
    lines::lines,
    problem::Problem,
    resource::{Resource, changed, stored, whole},
    search::Search,
};

/// A collection. Its clones are the same handle: what one of them writes and knows, all do.
pub(crate) type Documents<T> = VersionedCollection<T>;

type Fields<T> = Result<Json<<T as Resource>::Fields>, JsonRejection>;

pub(crate) fn routes<T: Resource>(documents: Documents<T>) -> Router {
    Router::new()
        .route("/", get(list::<T>).post(create::<T>))
        .route("/{id}", get(read::<T>).patch(update::<T>).put(replace::<T>).delete(delete::<T>))
        .with_state(documents)
}

async fn list<T: Resource>(
    State(documents): State<Documents<T>>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let lines = lines(documents, Search::of::<T>(parameters)?).await?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}

async fn create<T: Resource>(
    State(documents): State<Documents<T>>,
    fields: Fields<T>,
) -> Result<Response, Problem> {
    let (id, fields) = (ObjectId::new().to_hex(), stored::<T>(&fields?.0)?);
    let document: T = whole(&id, &fields)?;
    kept(&documents, &document, &fields)?;
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
    let filter = doc! { "_id": &id };
    let updated = documents
        .find_one_and_update(filter.clone(), doc! { "$set": &fields })
        .return_document(ReturnDocument::After)
        .await;
    let updated = match updated {
        // The version that is written has other fields: the types know which.
        Err(Error::OlderUpdate { .. }) => {
            let change = |document: &mut T| {
                *document = changed(document, &fields)?;
                kept(&documents, document, &fields)
            };
            documents.try_modify(filter, change).await
        }
        updated => updated,
    };
    updated?.map(Json).ok_or_else(|| Problem::not_found(&id))
}

async fn replace<T: Resource>(
    State(documents): State<Documents<T>>,
    Path(id): Path<String>,
    fields: Fields<T>,
) -> Result<Json<T>, Problem> {
    let fields = stored::<T>(&fields?.0)?;
    let document: T = whole(&id, &fields)?;
    kept(&documents, &document, &fields)?;
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
