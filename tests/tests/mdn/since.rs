//! Since when a browser supports something, which was a text, a boolean or null.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum VersionV1 {
    Known(bool),
    Text(String),
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Since {
    Unknown,
    Never,
    SomeVersion,
    Preview,
    Version(String),
    AtTheLatest(String),
}

impl From<VersionV1> for Since {
    fn from(version: VersionV1) -> Self {
        match version {
            VersionV1::Unknown => Self::Unknown,
            VersionV1::Known(false) => Self::Never,
            VersionV1::Known(true) => Self::SomeVersion,
            VersionV1::Text(text) if text == "preview" => Self::Preview,
            VersionV1::Text(text) => match text.strip_prefix('≤') {
                Some(latest) => Self::AtTheLatest(latest.to_owned()),
                None => Self::Version(text),
            },
        }
    }
}

impl From<Since> for VersionV1 {
    fn from(since: Since) -> Self {
        match since {
            Since::Unknown => Self::Unknown,
            Since::Never => Self::Known(false),
            Since::SomeVersion => Self::Known(true),
            Since::Preview => Self::Text("preview".to_owned()),
            Since::Version(version) => Self::Text(version),
            Since::AtTheLatest(version) => Self::Text(format!("≤{version}")),
        }
    }
}
