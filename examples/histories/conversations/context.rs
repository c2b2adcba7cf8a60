//! What the assistant knows of a user, in two versions, of which the first is 0.

use mongodb::bson::{Bson, DateTime, Document};
use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

/// The type that the service works with. The next version changes this line.
pub(super) type UserContext = UserContextV1;

/// From before there were versions: a field for each fact, whatever it is about.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 0, unversioned = 0, version_field = "schema_version", collection = "user_contexts")]
pub(super) struct UserContextV0 {
    #[serde(rename = "_id")]
    user: String,
    facts: Document,
}

/// A fact that says since when it holds has no place in a field that is a text.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, previous = UserContextV0, reversible)]
pub(super) struct UserContextV1 {
    #[serde(rename = "_id")]
    user: String,
    #[versioned(try_with = listed, back_with = fields)]
    facts: Vec<Fact>,
    #[versioned(added = "en".to_owned())]
    language: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Fact {
    about: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<DateTime>,
}

/// In the order in which they were learned.
fn listed(facts: Document) -> Result<Vec<Fact>, String> {
    let listed = facts.into_iter().map(|(about, text)| match text {
        Bson::String(text) => Ok(Fact { about, text, since: None }),
        other => Err(format!("what is known about `{about}` is no text: {other}")),
    });
    listed.collect()
}

fn fields(facts: Vec<Fact>) -> Document {
    facts.into_iter().map(|Fact { about, text, .. }| (about, Bson::String(text))).collect()
}
