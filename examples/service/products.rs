//! Products: the three versions that three releases have stored, and what clients may write of the last two.

use std::num::ParseFloatError;

use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

use crate::resource::{Kind, Resource};

/// Of the first release, from before there were versions.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(collection = "products", version = 1)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductV1 {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) category: String,
    pub(crate) price: String,
    pub(crate) legacy_sku: Option<String>,
}

/// Of the previous release.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = ProductV1, removed(legacy_sku))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductV2 {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    #[versioned(from = name)]
    pub(crate) title: String,
    #[versioned(from = category, with = |category| vec![category])]
    pub(crate) tags: Vec<String>,
    #[versioned(try_with = amount)]
    pub(crate) price: f64,
}

/// Of the current release.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 3, previous = ProductV2, reversible)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductV3 {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) tags: Vec<String>,
    #[versioned(from = price)]
    pub(crate) unit_price: f64,
    #[versioned(added)]
    pub(crate) stock: i64,
}

fn amount(price: String) -> Result<f64, ParseFloatError> {
    price.trim().parse()
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FieldsV2 {
    title: Option<String>,
    tags: Option<Vec<String>>,
    price: Option<f64>,
}

impl Resource for ProductV2 {
    const READ_BY_RELEASE_BEFORE: u32 = 2;

    type Fields = FieldsV2;

    const ASKED: &'static [(&'static str, Kind)] =
        &[("title", Kind::Text), ("tags", Kind::Text), ("price", Kind::Number)];
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FieldsV3 {
    title: Option<String>,
    tags: Option<Vec<String>>,
    unit_price: Option<f64>,
    stock: Option<i64>,
}

impl Resource for ProductV3 {
    const READ_BY_RELEASE_BEFORE: u32 = 2;

    type Fields = FieldsV3;

    const ASKED: &'static [(&'static str, Kind)] =
        &[("title", Kind::Text), ("tags", Kind::Text), ("unitPrice", Kind::Number), ("stock", Kind::Number)];
}
