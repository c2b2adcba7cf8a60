//! The chain: as it was published, with every union of one or many as a list, and with enums.

use std::collections::BTreeMap;

use schema_runtime::{Upgrade, VersionedDocument};
use serde::{Deserialize, Serialize};

use crate::{
    since::{Since, VersionV1},
    union::{OneOrMany, listed, unlisted},
};

pub type Feature = FeatureV3;

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "features")]
pub struct FeatureV1 {
    #[serde(rename = "_id")]
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdn_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spec_url: Option<OneOrMany<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    support: BTreeMap<String, OneOrMany<StatementV1>>,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = FeatureV1, reversible)]
pub struct FeatureV2 {
    #[serde(rename = "_id")]
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdn_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_file: Option<String>,
    #[versioned(with = listed, back_with = unlisted)]
    spec_url: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    support: BTreeMap<String, Vec<StatementV2>>,
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = FeatureV2, reversible)]
pub struct FeatureV3 {
    #[serde(rename = "_id")]
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdn_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_file: Option<String>,
    #[versioned(from = spec_url)]
    specifications: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    support: BTreeMap<String, Vec<StatementV3>>,
}

#[derive(Serialize, Deserialize)]
struct Status {
    deprecated: bool,
    experimental: bool,
    standard_track: bool,
}

#[derive(Serialize, Deserialize)]
struct StatementV1 {
    version_added: VersionV1,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_removed: Option<VersionV1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_last: Option<VersionV1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alternative_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_implementation: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<Vec<FlagV1>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impl_url: Option<OneOrMany<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<OneOrMany<String>>,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = StatementV1, reversible)]
struct StatementV2 {
    version_added: VersionV1,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_removed: Option<VersionV1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_last: Option<VersionV1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alternative_name: Option<String>,
    /// False was never stored.
    #[versioned(with = Option::unwrap_or_default, back_with = |partial: bool| partial.then_some(true))]
    partial_implementation: bool,
    #[versioned(with = Option::unwrap_or_default, back_with = |flags: Vec<_>| Some(flags).filter(|flags| !flags.is_empty()))]
    flags: Vec<FlagV1>,
    #[versioned(with = listed, back_with = unlisted)]
    impl_url: Vec<String>,
    #[versioned(with = listed, back_with = unlisted)]
    notes: Vec<String>,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = StatementV2, reversible)]
struct StatementV3 {
    #[versioned(from = version_added)]
    added: Since,
    #[versioned(from = version_removed)]
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<Since>,
    #[versioned(from = version_last)]
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Since>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alternative_name: Option<String>,
    partial_implementation: bool,
    flags: Vec<FlagV3>,
    impl_url: Vec<String>,
    notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct FlagV1 {
    r#type: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_to_set: Option<String>,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = FlagV1, reversible)]
struct FlagV3 {
    #[versioned(try_with = kind, back_with = kind_name)]
    r#type: FlagKind,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_to_set: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum FlagKind {
    Preference,
    RuntimeFlag,
}

fn kind(name: String) -> Result<FlagKind, String> {
    match name.as_str() {
        "preference" => Ok(FlagKind::Preference),
        "runtime_flag" => Ok(FlagKind::RuntimeFlag),
        _ => Err(format!("there is no kind of flag `{name}`")),
    }
}

fn kind_name(kind: FlagKind) -> String {
    match kind {
        FlagKind::Preference => "preference".to_owned(),
        FlagKind::RuntimeFlag => "runtime_flag".to_owned(),
    }
}
