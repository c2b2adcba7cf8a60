//! Forming a replica set, and waiting for it.

use std::time::{Duration, Instant};

use bson::{Document, doc};
use mongodb::error::{Error, ErrorKind};
use tokio::time::sleep;

use super::{LocalServerError, admin, launch};

pub(super) const NAME: &str = "rs0";
/// MongoDB's limit for members with a vote.
pub(super) const MAX_MEMBERS: u8 = 7;

const LIMIT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(100);
const ALREADY_INITIALIZED: i32 = 23;

/// Makes the servers behind `ports`, which `uri` names too, one replica set, and waits until all take part.
pub(super) async fn form(uri: &str, ports: &[u16]) -> Result<(), LocalServerError> {
    let Some(&first) = ports.first() else {
        return Ok(());
    };
    let initiate = doc! { "replSetInitiate": config(ports) };
    match admin::command(first, LIMIT, initiate).await {
        Ok(_) => {}
        Err(error) if code(&error) == Some(ALREADY_INITIALIZED) => move_to(ports, first).await?,
        Err(error) => return Err(LocalServerError::driver("form a replica set")(error)),
    }
    // A fresh member first copies the data of another. To lose the primary before that is done is to lose
    // the set, so it is not enough to have a primary.
    for port in ports {
        wait_until_serving(*port).await?;
    }
    primary_port(uri).await.map(drop)
}

/// Kept data remembers the ports of its last run, which are others now; without a majority at the old
/// addresses the change has to be forced.
async fn move_to(ports: &[u16], first: u16) -> Result<(), LocalServerError> {
    let refused = || LocalServerError::driver("move its replica set to new ports");
    let answer = admin::command(first, LIMIT, doc! { "replSetGetConfig": 1 }).await.map_err(refused())?;
    let mut moved = answer.get_document("config").map_err(Error::custom).map_err(refused())?.clone();
    moved.extend(config(ports));
    let version = moved.get_i32("version").unwrap_or(0);
    moved.insert("version", version.saturating_add(1));
    let reconfigure = doc! { "replSetReconfig": moved, "force": true };
    admin::command(first, LIMIT, reconfigure).await.map_err(refused())?;
    Ok(())
}

fn config(ports: &[u16]) -> Document {
    let members: Vec<Document> =
        (0_i32..).zip(ports).map(|(id, port)| doc! { "_id": id, "host": launch::address(*port) }).collect();
    // A third of the default time-outs: elections on one machine need not wait ten seconds.
    let settings = doc! { "electionTimeoutMillis": 3_000, "heartbeatIntervalMillis": 600 };
    doc! { "_id": NAME, "members": members, "settings": settings }
}

/// Waits until the server behind `port` takes reads, or reads and writes.
pub(super) async fn wait_until_serving(port: u16) -> Result<(), LocalServerError> {
    let started = Instant::now();
    loop {
        let limit = LIMIT.saturating_sub(started.elapsed());
        // An error here may be part of the coming up, such as a connection closed on a change of state.
        let hello = admin::command(port, limit, doc! { "hello": 1 }).await.unwrap_or_default();
        if ["isWritablePrimary", "secondary"].iter().any(|role| hello.get_bool(role).unwrap_or(false)) {
            return Ok(());
        }
        if started.elapsed() >= LIMIT {
            return Err(LocalServerError::NotServing { port, limit: LIMIT });
        }
        sleep(POLL_INTERVAL).await;
    }
}

/// The port of the primary, once there is one; a stand-alone server is its own.
pub(super) async fn primary_port(uri: &str) -> Result<u16, LocalServerError> {
    let none = |source| LocalServerError::NoPrimary { uri: uri.to_owned(), source };
    let hello =
        admin::command_to_primary(uri, LIMIT, doc! { "hello": 1 }).await.map_err(|e| none(Some(e)))?;
    // Only members of a replica set tell who they are.
    let address = hello.get_str("me").unwrap_or(uri);
    port_of(address).ok_or_else(|| none(None))
}

fn port_of(address: &str) -> Option<u16> {
    address.trim_end_matches('/').rsplit_once(':')?.1.parse().ok()
}

fn code(error: &Error) -> Option<i32> {
    match error.kind.as_ref() {
        ErrorKind::Command(refusal) => Some(refusal.code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_numbered_in_the_order_of_their_ports() {
        let config = config(&[4001, 4002]);
        let members = config.get_array("members").unwrap();
        let expected = doc! { "_id": 1, "host": "127.0.0.1:4002" };
        assert_eq!(members[1].as_document(), Some(&expected));
    }

    #[test]
    fn a_port_is_read_from_an_address_and_from_a_uri() {
        assert_eq!(port_of("127.0.0.1:4001"), Some(4001));
        assert_eq!(port_of("mongodb://127.0.0.1:4001/"), Some(4001));
        assert_eq!(port_of("127.0.0.1"), None);
    }
}
