//! One certificate became a list of them, and two attributes that may be null became ones that may be missing.
//!
//! Where both fields are there the new one is taken and the old one goes, or every later version would have to
//! carry it. A certificate that is no text is refused: nobody could sign in with it.

use bson::Document;
use schema_runtime::VersionedDocument;

use crate::{
    case::{check, check_back},
    loose::present,
};

const CASE: &str = include_str!("../../data/cases/sso-certificate-to-array.json");

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "ssoConfigs")]
#[serde(rename_all = "camelCase")]
struct SsoConfigV1 {
    /// May be missing but not null.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    /// Some documents were converted before they had a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    user_first_name_attribute: Option<Option<String>>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    user_last_name_attribute: Option<Option<String>>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = SsoConfigV1, reversible)]
#[serde(rename_all = "camelCase")]
struct SsoConfigV2 {
    #[versioned(from(certificates, certificate), with = all, back_with = first)]
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<Vec<String>>,
    #[versioned(with = Option::flatten, back_with = |name: Option<_>| name.map(Some))]
    #[serde(skip_serializing_if = "Option::is_none")]
    user_first_name_attribute: Option<String>,
    #[versioned(with = Option::flatten, back_with = |name: Option<_>| name.map(Some))]
    #[serde(skip_serializing_if = "Option::is_none")]
    user_last_name_attribute: Option<String>,
    #[serde(flatten)]
    rest: Document,
}

fn all(list: Option<Vec<String>>, single: Option<String>) -> Option<Vec<String>> {
    list.or(single.map(|single| vec![single]))
}

/// The old field has a place for one.
fn first(list: Option<Vec<String>>) -> (Option<Vec<String>>, Option<String>) {
    (None, list.and_then(|list| list.into_iter().next()))
}

#[test]
fn documents() {
    let chosen = [
        "both old and new present: left alone",
        "null certificate is wrapped too",
        "wrong type is wrapped as it is",
    ];
    check::<SsoConfigV2>(CASE, &chosen);
}

#[test]
fn the_way_back() {
    assert_eq!(check_back::<SsoConfigV2>(CASE), 2);
}
