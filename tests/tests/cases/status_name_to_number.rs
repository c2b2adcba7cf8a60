//! Thirteen status names became numbers. What is not in the table is left, so that a deployment of a newer
//! release with a status of its own is not held up.

use bson::{Bson, Document};
use schema_runtime::VersionedDocument;

use crate::{
    case::{check, table},
    loose::present,
};

const CASE: &str = include_str!("../../data/cases/status-name-to-number.json");

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "devices")]
struct DeviceDeploymentV1 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    status: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = DeviceDeploymentV1)]
struct DeviceDeploymentV2 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[versioned(with = |status: Option<Bson>| status.map(|status| number_of(&status).map_or(status, Bson::Int32)))]
    status: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

fn number_of(status: &Bson) -> Option<i32> {
    Some(match status.as_str()? {
        "failure" => 256,
        "aborted" => 512,
        "pause_before_installing" => 768,
        "pause_before_committing" => 1024,
        "pause_before_rebooting" => 1280,
        "downloading" => 1536,
        "installing" => 1792,
        "rebooting" => 2048,
        "pending" => 2304,
        "success" => 2560,
        "noartifact" => 2816,
        "already-installed" => 3072,
        "decommissioned" => 3328,
        _ => return None,
    })
}

#[test]
fn documents() {
    check::<DeviceDeploymentV2>(CASE, &[]);
}

#[test]
fn the_table_is_complete() {
    let table = table(CASE);
    assert_eq!(table.len(), 13);
    for (name, number) in table {
        assert_eq!(number_of(&Bson::from(name)), number.as_i32());
    }
}
