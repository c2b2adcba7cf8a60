//! Trouble between the job and the servers, made by the servers' own fail points: only the job's connections have it, by
//! the name of its application.

use std::{fmt, time::Duration};

use mongodb::bson::{Document, doc};

use super::cluster::{Outcome, command};

/// The name that processes of the job connect with.
pub const APPLICATION: &str = "backfill";

#[derive(Debug, Clone, Copy)]
pub enum Trouble {
    /// Every connection is closed as soon as it is used, for this time.
    Cut(Duration),
    /// So many commands are answered with this error and not done.
    Refused { code: i32, times: i32 },
    /// So many writes are done, and answered as if they were not replicated.
    Unsure { code: i32, times: i32 },
}

/// Errors of a server that has lost a cursor, shuts down, steps down or is no primary any more.
pub const CODES: [i32; 6] = [43, 91, 189, 10107, 11600, 11602];

const WRITES: [&str; 4] = ["update", "insert", "delete", "findAndModify"];
const ALL: [&str; 9] =
    ["update", "insert", "delete", "findAndModify", "find", "getMore", "aggregate", "hello", "isMaster"];

impl Trouble {
    /// Begins it on all members. One that is not running has none.
    pub async fn begin(self, ports: &[u16]) {
        let (mode, mut data) = match self {
            Self::Cut(_) => {
                ("alwaysOn".into(), doc! { "failCommands": ALL.to_vec(), "closeConnection": true })
            }
            Self::Refused { code, times } => (
                doc! { "times": times }.into(),
                doc! { "failCommands": ALL[..7].to_vec(), "errorCode": code },
            ),
            Self::Unsure { code, times } => {
                let error = doc! { "code": code, "errmsg": "made by a fail point" };
                let data = doc! { "failCommands": WRITES.to_vec(), "writeConcernError": error };
                (doc! { "times": times }.into(), data)
            }
        };
        data.insert("appName", APPLICATION);
        set(ports, mode, data).await;
    }

    /// How long it lasts; `None` if it ends by itself.
    pub fn time(self) -> Option<Duration> {
        match self {
            Self::Cut(time) => Some(time),
            Self::Refused { .. } | Self::Unsure { .. } => None,
        }
    }
}

/// Ends all trouble on those members that are running, and says whether all are.
pub async fn end(ports: &[u16]) -> bool {
    set(ports, "off".into(), Document::new()).await
}

async fn set(ports: &[u16], mode: mongodb::bson::Bson, data: Document) -> bool {
    let mut all = true;
    for port in ports {
        let set = doc! { "configureFailPoint": "failCommand", "mode": mode.clone(), "data": data.clone() };
        let done: Outcome<_> = command(*port, set).await;
        all &= done.is_ok();
    }
    all
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut(time) => write!(f, "cut the job off for {time:?}"),
            Self::Refused { code, times } => write!(f, "refuse {times} command(s) with code {code}"),
            Self::Unsure { code, times } => write!(f, "do {times} write(s) and answer with code {code}"),
        }
    }
}
