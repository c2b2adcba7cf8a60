//! How far the secondaries are behind.

use std::time::Duration;

use bson::{Bson, DateTime, Document, doc};
use mongodb::{Database, error::ErrorKind};

use crate::{backfill::preflight::is_unauthorized, retry::with_retries};

const PRIMARY: i32 = 1;
const SECONDARY: i32 = 2;
const NOT_A_REPLICA_SET: i32 = 76;

/// The lag of the slowest secondary that is there; `None` where there is none. Users that may not ask for that
/// (`replSetGetStatus` needs `clusterMonitor`) get the lag of the majority, which `hello` tells everybody.
pub(super) async fn replication_lag(database: &Database) -> mongodb::error::Result<Option<Duration>> {
    let admin = database.client().database("admin");
    match with_retries(|| admin.run_command(doc! { "replSetGetStatus": 1 })).await {
        Ok(status) => Ok(of_slowest(&status)),
        Err(error) if is_unauthorized(&error) => {
            let hello = with_retries(|| admin.run_command(doc! { "hello": 1 })).await?;
            Ok(of_majority(&hello))
        }
        Err(error) => match error.kind.as_ref() {
            ErrorKind::Command(command) if command.code == NOT_A_REPLICA_SET => Ok(None),
            _ => Err(error),
        },
    }
}

fn of_slowest(status: &Document) -> Option<Duration> {
    let members: Vec<(i32, DateTime)> = status
        .get_array("members")
        .ok()?
        .iter()
        .filter_map(Bson::as_document)
        .filter_map(|member| Some((member.get_i32("state").ok()?, *member.get_datetime("optimeDate").ok()?)))
        .collect();
    let at = |state: i32| members.iter().filter(move |(its, _)| *its == state).map(|(_, at)| *at);
    Some(between(at(SECONDARY).min()?, at(PRIMARY).max()?))
}

fn of_majority(hello: &Document) -> Option<Duration> {
    let last = hello.get_document("lastWrite").ok()?;
    Some(between(*last.get_datetime("majorityWriteDate").ok()?, *last.get_datetime("lastWriteDate").ok()?))
}

fn between(earlier: DateTime, later: DateTime) -> Duration {
    later.checked_duration_since(earlier).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(state: i32, seconds: i64) -> Document {
        doc! { "state": state, "optimeDate": DateTime::from_millis(seconds * 1000) }
    }

    #[test]
    fn the_slowest_secondary_counts_and_one_that_is_down_does_not() {
        let down = doc! { "state": 8, "optimeDate": DateTime::from_millis(0) };
        let status = doc! { "members": [member(1, 100), member(2, 98), member(2, 93), down] };
        assert_eq!(of_slowest(&status), Some(Duration::from_secs(7)));
        assert_eq!(of_slowest(&doc! { "members": [member(1, 100)] }), None);
        assert_eq!(of_slowest(&doc! { "members": [member(1, 100), member(2, 101)] }), Some(Duration::ZERO));
    }

    #[test]
    fn everybody_is_told_the_lag_of_the_majority() {
        let at = |seconds: i64| DateTime::from_millis(seconds * 1000);
        let hello = doc! { "lastWrite": { "lastWriteDate": at(10), "majorityWriteDate": at(7) } };
        assert_eq!(of_majority(&hello), Some(Duration::from_secs(3)));
        assert_eq!(of_majority(&doc! {}), None);
    }
}
