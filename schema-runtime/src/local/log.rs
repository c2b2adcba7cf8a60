//! The part of a server's log that explains a failure.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

const TAIL_BYTES: u64 = 256 * 1024;
const MAX_LINES: usize = 8;
const MAX_LINE_CHARS: usize = 600;

/// The last telling lines of the log at `path`, for an error message.
pub(super) fn excerpt(path: &Path) -> String {
    match tail(path) {
        Ok(text) => telling_lines(&text),
        Err(error) => format!("(no log at {}: {error})", path.display()),
    }
}

fn tail(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A failing mongod logs the cause first and then thirty lines about its shutdown, so errors go before
/// the mere end of the log.
fn telling_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let errors: Vec<&str> = lines.iter().copied().filter(|line| is_error(line)).collect();
    let chosen = if errors.is_empty() { lines } else { errors };
    let skipped = chosen.len().saturating_sub(MAX_LINES);
    let kept: Vec<String> =
        chosen.into_iter().skip(skipped).map(|line| line.chars().take(MAX_LINE_CHARS).collect()).collect();
    kept.join("\n")
}

/// Whether the server behind the log takes connections.
pub(super) fn says_listening(path: &Path) -> bool {
    tail(path).is_ok_and(|log| log.contains(r#""msg":"Waiting for connections""#))
}

/// Entries are JSON with a severity; anything else is a complaint from before logging began, such as that
/// of the option parser or of the loader.
fn is_error(line: &str) -> bool {
    !line.starts_with('{') || line.contains(r#""s":"E""#) || line.contains(r#""s":"F""#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_go_before_the_end_of_the_log() {
        let log =
            "{\"s\":\"I\", \"msg\":\"starting\"}\n{\"s\":\"E\", \"msg\":\"port taken\"}\n{\"s\":\"I\"}\n";
        assert_eq!(telling_lines(log), "{\"s\":\"E\", \"msg\":\"port taken\"}");
    }

    #[test]
    fn plain_text_is_an_error() {
        assert_eq!(telling_lines("{\"s\":\"I\"}\nunrecognised option\n\n"), "unrecognised option");
    }

    #[test]
    fn without_errors_the_last_lines_remain() {
        let log: String = (0..20).map(|n| format!("{{\"n\":{n}}}\n")).collect();
        let kept = telling_lines(&log);
        assert_eq!(kept.lines().count(), MAX_LINES);
        assert!(kept.ends_with("{\"n\":19}"));
    }

    #[test]
    fn a_missing_log_is_said_to_be_missing() {
        assert!(excerpt(Path::new("no/such/log")).starts_with("(no log at no/such/log"));
    }
}
