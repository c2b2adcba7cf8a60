//! One certificate became a list of them, and two attributes that may be null became ones that may be missing.
//!
//! Where both fields are there the new one is taken and the old one goes, or every later version would have to
//! carry it. A certificate that is no text is refused: nobody could sign in with it.

use bson::Document;
use schema_runtime::VersionedDocument;

use crate::{case::check, loose::present};

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "ssoConfigs")]
#[serde(rename_all = "camelCase")]
struct SsoConfigV1 {
    /// May be missing but not null.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    /// Some documents were converted before they had a version.
    certificates: Option<Vec<String>>,
    user_first_name_attribute: Option<String>,
    user_last_name_attribute: Option<String>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = SsoConfigV1)]
#[serde(rename_all = "camelCase")]
struct SsoConfigV2 {
    #[versioned(from(certificates, certificate), with = |new: Option<_>, old: Option<_>| new.or(old.map(|old| vec![old])))]
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_first_name_attribute: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_last_name_attribute: Option<String>,
    #[serde(flatten)]
    rest: Document,
}

#[test]
fn documents() {
    let chosen = [
        "both old and new present: left alone",
        "null certificate is wrapped too",
        "wrong type is wrapped as it is",
    ];
    check::<SsoConfigV2>(include_str!("../../data/cases/sso-certificate-to-array.json"), &chosen);
}
