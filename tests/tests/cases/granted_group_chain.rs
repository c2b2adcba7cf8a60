//! Two steps: one group became a list, then the list stopped being nullable.
//!
//! The id of a group is a `Bson`, not an `ObjectId`: bson reads the latter out of text too, and an id stored as text
//! would change its type without anybody having asked.

use bson::{Bson, Document};
use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

use crate::{
    case::{check, check_back, check_intermediate},
    loose::present,
};

const CASE: &str = include_str!("../../data/cases/granted-group-chain.json");

#[derive(Serialize, Deserialize)]
struct GrantedGroup {
    r#type: String,
    item: Bson,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "pages")]
#[serde(rename_all = "camelCase")]
struct PageV1 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    granted_group: Option<Option<Bson>>,
    /// Some documents were converted before they had a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_groups: Option<Vec<GrantedGroup>>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = PageV1, reversible)]
#[serde(rename_all = "camelCase")]
struct PageV2 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[versioned(from(granted_groups, granted_group), with = as_list, back_with = as_group)]
    granted_groups: Option<Option<Vec<GrantedGroup>>>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = PageV2)]
#[serde(rename_all = "camelCase")]
struct PageV3 {
    #[versioned(with = |groups: Option<Option<Vec<_>>>| groups.flatten().unwrap_or_default())]
    granted_groups: Vec<GrantedGroup>,
    #[serde(flatten)]
    rest: Document,
}

fn as_list(
    groups: Option<Vec<GrantedGroup>>,
    group: Option<Option<Bson>>,
) -> Option<Option<Vec<GrantedGroup>>> {
    let wrapped = |item| vec![GrantedGroup { r#type: "UserGroup".into(), item }];
    groups.map(Some).or_else(|| group.map(|group| group.map(wrapped)))
}

/// There is no place for more than one group in the old field; it gets the first.
fn as_group(groups: Option<Option<Vec<GrantedGroup>>>) -> (Option<Vec<GrantedGroup>>, Option<Option<Bson>>) {
    let first = |groups: Vec<GrantedGroup>| groups.into_iter().next().map(|group| group.item);
    (None, groups.map(|groups| groups.and_then(first)))
}

#[test]
fn documents() {
    check::<PageV3>(CASE, &[]);
}

#[test]
fn the_way_back() {
    assert_eq!(check_back::<PageV2>(CASE), 1);
}

#[test]
fn documents_behind_the_first_step() {
    assert_eq!(check_intermediate::<PageV2>(CASE), 4);
}
