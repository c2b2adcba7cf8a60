//! A setting in a sub-document that was stored as text. Everything but the two exact texts is left: whoever
//! reads the setting has to deal with it today, and a provider whose credentials are refused sends no mail.

use bson::{Bson, Document};
use schema_runtime::{Upgrade, VersionedDocument};
use serde::{Deserialize, Serialize};

use crate::{case::check, loose::present};

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "integrations")]
struct IntegrationV1 {
    /// Missing, null and a value stay what they are.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    credentials: Option<Option<CredentialsV1>>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = IntegrationV1)]
struct IntegrationV2 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    credentials: Option<Option<CredentialsV2>>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Serialize, Deserialize)]
struct CredentialsV1 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    secure: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = CredentialsV1)]
struct CredentialsV2 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[versioned(with = boolean)]
    secure: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

fn boolean(secure: Option<Bson>) -> Option<Bson> {
    match secure.as_ref().and_then(Bson::as_str) {
        Some("true") => Some(true.into()),
        Some("false") => Some(false.into()),
        _ => secure,
    }
}

#[test]
fn documents() {
    check::<IntegrationV2>(include_str!("../../data/cases/secure-text-to-boolean.json"), &[]);
}
