//! Videos: defaults, a list out of a single value, an enum out of a text, a relation, and indexes.
//!
//! | collection | version | what has changed |
//! | --- | --- | --- |
//! | `videos` | 2 | views and language with defaults, a list of tags, a visibility that is one of three |
//! | | 3 | a channel has an id beside its name; the indexes that this release searches by |
//! | `channels` | 1 | new |
//!
//! | migration | does |
//! | --- | --- |
//! | `20260210-channels-have-names` | a validator, which all programs are held to |
//! | `20260301-channels-of-videos` | makes the channels of the names that videos have, when all videos are of version 3 |
//!
//! A channel's id is in the video, so it is a matter of the video's version. The channels themselves are documents of another collection: no
//! step of a video can write one, so a migration does. It waits for version 3, because then it can be done in the server and no video is left
//! that knows of no channel. Indexes are declared with the version that needs them, and not in a migration: they are data about the type, which
//! every start compares with what there is.

mod channel;
mod channels_of_videos;
mod old;
mod video;
mod visibility;

use mongodb::{Database, bson::doc};
use schema_runtime::{
    Schema,
    migration::{Migration, steps},
    startup::Startup,
};

use self::{channel::Channel, video::Video};
use super::{
    History,
    Scene::{Command, Repair, Say, Show, Start},
};

/// What the service says about its database.
#[must_use]
pub fn schema(database: &Database) -> Schema {
    let named = doc! { "name": { "$type": "string", "$ne": "" } };
    let channels_have_names = Migration::new("20260210-channels-have-names")
        .description("Whoever stores a channel gives it a name")
        .step(steps::validator("channels", named));
    Schema::new(database)
        .document::<Video>()
        .document::<Channel>()
        .migration(channels_have_names)
        .migration(channels_of_videos::migration())
}

/// How it is told.
pub const HISTORY: History = History {
    name: "videos",
    about: "videos: versions with indexes, and a relation that is made when all documents are of a version",
    schema,
    old: old::documents,
    repairs: old::repairs,
    scenes: &[
        Say("Videos of two releases; a channel is a name."),
        Show("videos"),
        Command("plan", 0),
        Say("The channels wait for the videos, and one of these has a visibility that nobody knows."),
        Command("up", 1),
        Say("A service starts all the same: it brings up the videos that it can, and creates the indexes."),
        Start(Startup::UpgradeUpTo(100_000)),
        Command("list-failed videos", 0),
        Repair,
        Say("The next start brings up the last video, and makes the channels then."),
        Start(Startup::UpgradeUpTo(100_000)),
        Show("videos"),
        Show("channels"),
        Command("indexes videos", 0),
        Command("status", 0),
        Say("And back: first what came behind the versions, and then these."),
        Command("down --all", 0),
        Command("rollback videos --to-version 1", 0),
        Show("videos"),
        Show("channels"),
    ],
};
