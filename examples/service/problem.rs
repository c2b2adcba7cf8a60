//! Problem: what went wrong, as an HTTP status and a body that says what to do (RFC 9457).
//!
//! | status | when |
//! | --- | --- |
//! | 400 | the list cannot be asked for that while there are documents of older versions; no JSON |
//! | 404 | there is no such document |
//! | 409 | the document is newer than this release; others were changing it at the same time; a rule of the database refuses it |
//! | 422 | the body or the query is not what the type says |
//! | 500 | what is stored cannot be read or written as the type; somebody has to look at it |
//! | 503 | the database is away, this process is not ready yet, or what is asked for can be stored when the release before has ended |

use std::fmt;

use axum::{
    Json,
    extract::rejection::JsonRejection,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use mongodb::error::{ErrorKind, WriteFailure};
use schema_runtime::{DecodeErrorKind, Error, cli::sentence};
use serde_json::{Map, Value, json};

use crate::say;

// The server's codes.
const DUPLICATE_KEY: i32 = 11000;
const DOCUMENT_VALIDATION_FAILURE: i32 = 121;

/// An answer that is not what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.body.get("detail").and_then(Value::as_str).unwrap_or_default())]
pub(crate) struct Problem {
    status: StatusCode,
    body: Map<String, Value>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("status".to_owned(), json!(status.as_u16()));
        body.insert("title".to_owned(), json!(status.canonical_reason()));
        body.insert("detail".to_owned(), json!(detail.into()));
        Self { status, body }
    }

    pub(crate) fn not_found(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is no `{id}`"))
    }

    pub(crate) fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// For a document that has no form: none of these types.
    pub(crate) fn internal(error: impl fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }

    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// For what an older version has no place for, which is written for the time being.
    pub(crate) fn not_yet(fields: &[&String], written: u32) -> Self {
        let names: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
        let detail = format!(
            "{} cannot be stored like this while processes of the release before are alive, which read version {written}",
            names.join(" and ")
        );
        Self::unavailable(detail).with("fields", json!(fields)).with("writtenVersion", json!(written)).with(
            "todo",
            json!("try again when the deploy is done; nothing was written, and all other fields can be"),
        )
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.body.insert(name.to_owned(), value);
        self
    }

    /// For the place of a document in a list.
    pub(crate) fn into_json(self) -> Value {
        json!({ "problem": self.body })
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = sentence(&error);
        let error = match error {
            // It is the API itself that has said so, in the middle of a change.
            Error::Declined { source, .. } => {
                return source.downcast().map_or_else(|_| Self::unprocessable(detail), |problem| *problem);
            }
            error => error,
        };
        let problem = match &error {
            Error::Decode(decode) => match decode.kind() {
                DecodeErrorKind::Newer { stored } => {
                    let chain = decode.chain();
                    return Self::new(StatusCode::CONFLICT, detail)
                        .with("storedVersion", json!(stored))
                        .with("knownVersions", json!([chain.oldest, chain.version]))
                        .with("todo", json!("ask a newer release of this service"));
                }
                _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
                    .with("storedVersion", json!(decode.stored_version()))
                    .with("field", json!(decode.path().map(ToString::to_string))),
            },
            Error::Changed { .. } | Error::Conflict { .. } | Error::NewerLeft { .. } => {
                return Self::new(StatusCode::CONFLICT, detail).with("todo", json!("read it and try again"));
            }
            Error::Untranslatable(_) => return Self::new(StatusCode::BAD_REQUEST, detail),
            Error::StampInUpdate { .. } => return Self::unprocessable(detail),
            Error::Database { source, .. } if is_refused(source) => {
                Self::new(StatusCode::CONFLICT, "a rule of the database refuses the document")
            }
            // What the driver says is for the operator.
            Error::Database { .. } => Self::unavailable("the database is not available; try again"),
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail),
        };
        say(format_args!("{}: {}", problem.status, sentence(&error)));
        problem
    }
}

/// Whether a unique index or a validator has refused a document: to try again would not help.
fn is_refused(error: &mongodb::error::Error) -> bool {
    let code = match error.kind.as_ref() {
        ErrorKind::Write(WriteFailure::WriteError(error)) => error.code,
        ErrorKind::Command(error) => error.code,
        _ => return false,
    };
    [DUPLICATE_KEY, DOCUMENT_VALIDATION_FAILURE].contains(&code)
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Before the body, so that it wins over that of `Json`.
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status, kind, Json(self.body)).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::Bson;

    use super::*;

    /// What hardly ever happens, and so is not met by asking a running service.
    #[test]
    fn who_was_slower_is_told_to_try_again() {
        let collection = || "products".to_owned();
        let errors = [
            Error::Changed { collection: collection(), id: Box::new(Bson::Null) },
            Error::Conflict { collection: collection(), attempts: 10 },
            Error::NewerLeft { collection: collection(), id: Box::new(Bson::Null), updated: 1 },
        ];
        for error in errors {
            let problem = Problem::from(error);
            assert_eq!(problem.status, StatusCode::CONFLICT);
            assert_eq!(problem.body.get("todo"), Some(&json!("read it and try again")));
        }
    }
}
