//! One line of a shape: a place, and what is there.

use std::{borrow::Cow, fmt, str::FromStr};

use sha2::{Digest, Sha256};

/// A place in a document and what is said of it: `email: text or null, may be missing`.
///
/// ```
/// use schema_core::shape::Line;
///
/// let line: Line = "legs[].port: text".parse()?;
/// assert_eq!((line.path.as_str(), line.text.as_str()), ("legs[].port", "text"));
/// # Ok::<(), schema_core::shape::InvalidLine>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Line {
    /// The place: `.` for the whole document, `a.b` for a field, `a[]` for the items of a list, `a{}` for the values of a
    /// map, `a(Card)` for a variant. Names with other signs than letters, digits, `_`, `-` and `$` stand in quotes.
    pub path: String,
    /// What is there.
    pub text: String,
}

impl Line {
    /// A line about a place.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// A line about a field of the outermost document, whatever signs its name has.
    #[must_use]
    pub fn of_field(name: &str, text: impl Into<String>) -> Self {
        Self::new(quoted(name), text)
    }

    /// A line about a variant of the outermost document, or about what it holds under that name.
    pub(crate) fn of_variant(variant: &str, field: Option<&str>, text: impl Into<String>) -> Self {
        let field = field.map(|field| format!(".{}", quoted(field))).unwrap_or_default();
        Self::new(format!(".({}){field}", quoted(variant)), text)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// Text that is no line of a shape: it has no `: ` behind a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no line of a shape; a line is a path and a text, as in `address.zip: text`")]
pub struct InvalidLine(String);

impl FromStr for Line {
    type Err = InvalidLine;

    fn from_str(line: &str) -> Result<Self, InvalidLine> {
        let (mut quoted, mut escaped) = (false, false);
        for (at, sign) in line.char_indices() {
            match sign {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                ':' if !quoted => {
                    return match (line.get(..at), line.get(at..).and_then(|rest| rest.strip_prefix(": "))) {
                        (Some(path), Some(text)) if !path.is_empty() => Ok(Self::new(path, text)),
                        _ => break,
                    };
                }
                _ => {}
            }
        }
        Err(InvalidLine(line.to_owned()))
    }
}

/// A name as it stands in a path.
pub(super) fn quoted(name: &str) -> Cow<'_, str> {
    let plain = |sign: char| sign.is_alphanumeric() || "_-$".contains(sign);
    if !name.is_empty() && name.chars().all(plain) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(format!("{name:?}"))
    }
}

/// A short text that is the same for the same lines, and another one for others: 16 hexadecimal digits of a SHA-256.
///
/// ```
/// use schema_core::shape::{Line, fingerprint};
///
/// let (text, number) = (Line::new("zip", "text"), Line::new("zip", "int32"));
/// assert_eq!(fingerprint([&text]).len(), 16);
/// assert_ne!(fingerprint([&text]), fingerprint([&number]));
/// ```
#[must_use]
pub fn fingerprint<'l>(lines: impl IntoIterator<Item = &'l Line>) -> String {
    let mut hash = Sha256::new();
    for Line { path, text } in lines {
        for part in [path, text] {
            // The length first, so that no two lists of lines are the same bytes.
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_line_is_read_as_it_was_written(name: String, text: String) {
            let line = Line::of_field(&name, text);
            prop_assert_eq!(line.to_string().parse::<Line>(), Ok(line));
        }

        #[test]
        fn whatever_is_read_is_written_again(text in ".{0,4}\"?.{0,4}(: )?.{0,4}") {
            if let Ok(line) = text.parse::<Line>() {
                prop_assert_eq!(line.to_string(), text);
            }
        }

        #[test]
        fn a_fingerprint_is_that_of_its_lines(
            one in prop::collection::vec(("[ab]{0,2}", "[ab]{0,2}"), 0..3),
            other in prop::collection::vec(("[ab]{0,2}", "[ab]{0,2}"), 0..3),
        ) {
            let lines = |parts: &[(String, String)]| -> Vec<Line> {
                parts.iter().map(|(path, text)| Line::new(path, text)).collect()
            };
            prop_assert_eq!(fingerprint(&lines(&one)) == fingerprint(&lines(&other)), one == other);
        }
    }
}
