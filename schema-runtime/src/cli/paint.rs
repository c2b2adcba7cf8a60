//! Colour, where there is somebody to see it.

use std::{env, io::IsTerminal};

/// What a text tells, as a colour.
#[derive(Debug, Clone, Copy)]
pub(super) enum Colour {
    Good,
    Bad,
}

/// The text in this colour if standard error is a terminal and nobody minds (<https://no-color.org>).
pub(super) fn on_stderr(text: &str, colour: Colour) -> String {
    if !std::io::stderr().is_terminal() || env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty()) {
        return text.to_owned();
    }
    let code = match colour {
        Colour::Good => 32,
        Colour::Bad => 31,
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}
