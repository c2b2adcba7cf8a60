//! Exit codes, as `--help` promises them.

use mongodb::error::ErrorKind;
use schema_runtime::{cli::is_away, local::LocalServerError};

use crate::startup::Refused;

const ENDED: u8 = 0;
const REFUSED: u8 = 1;
const USAGE: u8 = 2;
const NO_SERVER: u8 = 3;
const OTHER: u8 = 4;

pub(crate) fn exit_code(ending: &anyhow::Result<()>) -> u8 {
    match ending {
        Ok(()) => ENDED,
        // The cause decides, wherever in the chain of errors it is.
        Err(error) => error.chain().find_map(of_cause).unwrap_or(OTHER),
    }
}

fn of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<u8> {
    if cause.is::<Refused>() {
        return Some(REFUSED);
    }
    if cause.is::<LocalServerError>() {
        return Some(NO_SERVER);
    }
    let error = cause.downcast_ref::<mongodb::error::Error>()?;
    // The driver's answer to a URI that is none.
    let is_usage = matches!(error.kind.as_ref(), ErrorKind::InvalidArgument { .. });
    is_usage.then_some(USAGE).or_else(|| is_away(error).then_some(NO_SERVER))
}
