//! Running a tool for what it does rather than for what it prints.

use std::io::ErrorKind;
use std::process::Command;

/// Runs `command` to its end; or the reason why it did not succeed, in the words of the tool.
pub(super) fn run(command: &mut Command) -> Result<(), String> {
    let tool = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("there is no {tool}"),
        _ => format!("cannot run {tool}: {error}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // pip says much before it comes to the point, and marks the point.
    let cause = said.lines().rfind(|line| line.starts_with("ERROR")).unwrap_or(said.trim());
    Err(format!("{tool} failed ({}): {cause}", output.status))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn script(text: &str) -> Result<(), String> {
        run(Command::new("sh").args(["-c", text]))
    }

    #[test]
    fn a_missing_tool_is_said_to_be_missing() {
        assert_eq!(run(&mut Command::new("no-such-tool")), Err("there is no no-such-tool".to_owned()));
    }

    #[test]
    fn a_failing_tool_gives_its_status_and_its_words() {
        assert_eq!(script("echo fine"), Ok(()));
        let expected = "sh failed (exit status: 3): first\nsecond";
        assert_eq!(script("echo first >&2; echo second >&2; exit 3"), Err(expected.to_owned()));
    }

    #[test]
    fn a_marked_error_goes_before_the_rest() {
        let expected = "sh failed (exit status: 1): ERROR: told";
        assert_eq!(script("echo a; echo ERROR: told >&2; echo hint >&2; exit 1"), Err(expected.to_owned()));
    }
}
