//! Contacts: the two versions that two releases have stored, and what clients may write of each.

use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

use crate::resource::{Kind, Resource};

/// Of the previous release.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(collection = "contacts", version = 1)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContactV1 {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) city: String,
}

/// Of the current release.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = ContactV1, reversible)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContactV2 {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    #[versioned(from(first_name, last_name), with = full, back_with = first_and_last)]
    pub(crate) name: String,
    #[versioned(from = email, with = |email| vec![email], back_with = first)]
    pub(crate) emails: Vec<String>,
    pub(crate) city: String,
}

fn full(first: String, last: String) -> String {
    format!("{first} {last}").trim().to_owned()
}

fn first_and_last(name: String) -> (String, String) {
    let (first, last) = name.rsplit_once(' ').unwrap_or((&name, ""));
    (first.to_owned(), last.to_owned())
}

/// A second address has no place there.
fn first(emails: Vec<String>) -> String {
    emails.into_iter().next().unwrap_or_default()
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FieldsV1 {
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    city: Option<String>,
}

impl Resource for ContactV1 {
    const READ_BY_RELEASE_BEFORE: u32 = 1;

    type Fields = FieldsV1;

    const ASKED: &'static [(&'static str, Kind)] =
        &[("lastName", Kind::Text), ("email", Kind::Text), ("city", Kind::Text)];
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FieldsV2 {
    name: Option<String>,
    emails: Option<Vec<String>>,
    city: Option<String>,
}

impl Resource for ContactV2 {
    const READ_BY_RELEASE_BEFORE: u32 = 1;

    type Fields = FieldsV2;

    const ASKED: &'static [(&'static str, Kind)] =
        &[("name", Kind::Text), ("emails", Kind::Text), ("city", Kind::Text)];
}
