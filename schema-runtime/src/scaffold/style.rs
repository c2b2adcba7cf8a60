//! How wide the team's `rustfmt` lets a line be.

use std::{fs, path::Path};

use serde::Deserialize;

/// Widths in characters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// What stands between the parentheses of an attribute on one line.
    pub(super) attribute: usize,
    /// A list on one line.
    pub(super) list: usize,
}

#[derive(Debug, Default, Deserialize)]
struct Settings {
    max_width: Option<usize>,
    use_small_heuristics: Option<String>,
    attr_fn_like_width: Option<usize>,
    array_width: Option<usize>,
}

impl Style {
    /// The settings that hold for this file; the defaults where there are none that can be read.
    pub(super) fn of(file: &Path) -> Self {
        let mut candidates = file
            .ancestors()
            .skip(1)
            .flat_map(|folder| [folder.join("rustfmt.toml"), folder.join(".rustfmt.toml")]);
        let text = candidates.find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        let settings: Settings = toml::from_str(&text).unwrap_or_default();
        let max = settings.max_width.unwrap_or(100);
        // The defaults are for lines of 100.
        let share = |of_100: usize| match settings.use_small_heuristics.as_deref() {
            Some("Max") => max,
            Some("Off") => 0,
            _ => (max * of_100 / 100).min(max),
        };
        Self {
            attribute: settings.attr_fn_like_width.unwrap_or_else(|| share(70)),
            list: settings.array_width.unwrap_or_else(|| share(60)),
        }
    }
}
