//! Two flags became lists of the users who set them, which at first are all users of the project.
//!
//! A step by hand: both fields need the same list. What is no flag is left, null and text alike; it is not for this
//! step to judge it.

use bson::{Bson, Document, oid::ObjectId};
use schema_runtime::VersionedDocument;

use crate::{case::check, loose::present};

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "projects")]
struct ProjectV1 {
    owner_ref: Option<ObjectId>,
    #[serde(flatten)]
    members: Members,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    archived: Option<Bson>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    trashed: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = ProjectV1, manual)]
struct ProjectV2 {
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_ref: Option<ObjectId>,
    #[serde(flatten)]
    members: Members,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    archived: Option<Bson>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    trashed: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

/// The lists may be missing or null, and stay so.
#[derive(serde::Serialize, serde::Deserialize)]
struct Members {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    collaberator_refs: Option<Option<Vec<Bson>>>,
    #[serde(rename = "readOnly_refs")]
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    read_only_refs: Option<Option<Vec<Bson>>>,
    #[serde(rename = "tokenAccessReadAndWrite_refs")]
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    token_read_write_refs: Option<Option<Vec<Bson>>>,
    #[serde(rename = "tokenAccessReadOnly_refs")]
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    token_read_only_refs: Option<Option<Vec<Bson>>>,
}

impl TryFrom<ProjectV1> for ProjectV2 {
    type Error = String;

    fn try_from(old: ProjectV1) -> Result<Self, String> {
        let archived = flag_to_users(old.archived, old.owner_ref, &old.members)?;
        let trashed = flag_to_users(old.trashed, old.owner_ref, &old.members)?;
        Ok(Self { owner_ref: old.owner_ref, members: old.members, archived, trashed, rest: old.rest })
    }
}

fn flag_to_users(
    flag: Option<Bson>,
    owner: Option<ObjectId>,
    members: &Members,
) -> Result<Option<Bson>, String> {
    match flag {
        Some(Bson::Boolean(false)) => Ok(Some(Bson::Array(vec![]))),
        Some(Bson::Boolean(true)) => Ok(Some(users(owner, members)?.into())),
        other => Ok(other),
    }
}

/// The owner, then the members in the order of their lists, each once.
fn users(owner: Option<ObjectId>, members: &Members) -> Result<Vec<ObjectId>, String> {
    let mut users = vec![owner.ok_or("the project has no owner")?];
    let lists = [
        &members.collaberator_refs,
        &members.read_only_refs,
        &members.token_read_write_refs,
        &members.token_read_only_refs,
    ];
    for user in lists.into_iter().flatten().flatten().flatten() {
        let user = match user {
            Bson::ObjectId(id) => *id,
            Bson::String(text) => ObjectId::parse_str(text).map_err(|error| error.to_string())?,
            other => return Err(format!("{other} is not the id of a user")),
        };
        if !users.contains(&user) {
            users.push(user);
        }
    }
    Ok(users)
}

#[test]
fn documents() {
    check::<ProjectV2>(include_str!("../../data/cases/archived-flag-to-user-list.json"), &[]);
}
