//! The server behind a collection: its version, and what it is part of.

use std::fmt;

use bson::{Document, RawDocumentBuf, doc};
use mongodb::Collection;
use serde::Serialize;

use super::namespace::database;
use crate::{
    error::{During, Error},
    numbers::integer,
    retry::with_retries,
};

/// The guarded write takes fields out with `$unsetField`, which came with this version.
pub(super) const NEEDED: (u32, u32) = (5, 0);

/// The server behind a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// Its version, as in `6.0.5`.
    pub version: String,
    /// What it is part of.
    pub topology: Topology,
}

/// What a server is part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Topology {
    /// Nothing: what is written to it is lost with it.
    StandAlone,
    /// A replica set.
    ReplicaSet {
        /// Its name.
        name: String,
        /// The addresses of the members that hold data.
        members: Vec<String>,
    },
    /// A sharded cluster, reached through a `mongos`.
    Sharded,
}

impl Server {
    pub(super) async fn ask(collection: &Collection<RawDocumentBuf>) -> Result<Self, Error> {
        let build = run(collection, "buildInfo", doc! { "buildInfo": 1 }).await?;
        let hello = run(collection, "hello", doc! { "hello": 1 }).await?;
        let version = build.get_str("version").map_err(|_| answer(collection, "buildInfo", &build))?;
        Ok(Self { version: version.to_owned(), topology: Topology::of(&hello) })
    }

    /// A version that cannot be read is taken for a new one.
    pub(super) fn is_older_than(&self, needed: (u32, u32)) -> bool {
        let mut parts = self.version.split('.').map_while(|part| part.parse::<u32>().ok());
        matches!((parts.next(), parts.next()), (Some(major), Some(minor)) if (major, minor) < needed)
    }
}

impl Topology {
    fn of(hello: &Document) -> Self {
        if hello.get_str("msg").is_ok_and(|msg| msg == "isdbgrid") {
            return Self::Sharded;
        }
        let Ok(name) = hello.get_str("setName") else { return Self::StandAlone };
        let members = ["hosts", "passives"].into_iter().filter_map(|field| hello.get_array(field).ok());
        let members = members.flatten().filter_map(|member| Some(member.as_str()?.to_owned())).collect();
        Self::ReplicaSet { name: name.to_owned(), members }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MongoDB {}, ", self.version)?;
        match &self.topology {
            Topology::StandAlone => f.write_str("stand-alone: what is written is lost with the server"),
            Topology::ReplicaSet { name, members } => {
                let s = if members.len() == 1 { "" } else { "s" };
                write!(f, "replica set `{name}` of {} member{s}", members.len())
            }
            Topology::Sharded => f.write_str("sharded cluster"),
        }
    }
}

/// One command to the collection's database.
pub(super) async fn run(
    collection: &Collection<RawDocumentBuf>,
    name: &'static str,
    command: Document,
) -> Result<Document, Error> {
    let database = database(collection);
    let answered = with_retries(|| database.run_command(command.clone())).await;
    let answered = answered.during("ask the server what it is", collection.name())?;
    match answered.get("ok").and_then(integer) {
        Some(1) => Ok(answered),
        _ => Err(answer(collection, name, &answered)),
    }
}

pub(super) fn answer(
    collection: &Collection<RawDocumentBuf>,
    command: &'static str,
    answer: &Document,
) -> Error {
    Error::Answer { command, collection: collection.name().to_owned(), answer: answer.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_tells_what_it_is_part_of() {
        assert_eq!(Topology::of(&doc! { "msg": "isdbgrid", "isWritablePrimary": true }), Topology::Sharded);
        assert_eq!(Topology::of(&doc! { "isWritablePrimary": true }), Topology::StandAlone);
        let member =
            doc! { "setName": "rs0", "hosts": ["a:1", "b:1"], "passives": ["c:1"], "arbiters": ["d:1"] };
        let members = ["a:1", "b:1", "c:1"].map(str::to_owned).to_vec();
        assert_eq!(Topology::of(&member), Topology::ReplicaSet { name: "rs0".to_owned(), members });
    }

    #[test]
    fn versions_compare_as_numbers() {
        let older = |version: &str| {
            Server { version: version.to_owned(), topology: Topology::StandAlone }.is_older_than((5, 0))
        };
        assert!(older("4.4.29") && older("3.10.1"));
        assert!(!older("5.0.0") && !older("10.0.1-rc0") && !older("unheard of"));
    }
}
