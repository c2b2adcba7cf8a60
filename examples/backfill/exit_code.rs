//! Exit codes, as `--help` promises them.

use mongodb::error::ErrorKind;
use schema_runtime::local::LocalServerError;

use crate::story::Ending;

const DONE: u8 = 0;
const FAILURES_RECORDED: u8 = 1;
const USAGE: u8 = 2;
const NO_SERVER: u8 = 3;
const OTHER: u8 = 4;

pub(crate) fn exit_code(ending: &anyhow::Result<Ending>) -> u8 {
    match ending {
        Ok(Ending::AllCurrent) => DONE,
        Ok(Ending::FailuresRecorded) => FAILURES_RECORDED,
        // The cause decides, wherever in the chain of errors it is.
        Err(error) => error.chain().find_map(of_cause).unwrap_or(OTHER),
    }
}

fn of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<u8> {
    if cause.is::<LocalServerError>() {
        return Some(NO_SERVER);
    }
    match *cause.downcast_ref::<mongodb::error::Error>()?.kind {
        // The driver's answer to a URI that is none.
        ErrorKind::InvalidArgument { .. } => Some(USAGE),
        ErrorKind::ServerSelection { .. }
        | ErrorKind::DnsResolve { .. }
        | ErrorKind::Authentication { .. }
        | ErrorKind::InvalidTlsConfig { .. }
        | ErrorKind::ConnectionPoolCleared { .. }
        | ErrorKind::Io(_) => Some(NO_SERVER),
        _ => None,
    }
}
