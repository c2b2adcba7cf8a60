//! Cell: a value of the table as it was imported, a number or a text.

use serde::{Deserialize, Serialize};

/// What the table has where a value is missing.
pub(super) const MISSING: &str = "NA";

/// A number, or the text that stands in its place.
///
/// Importers disagree on the type of the numbers: some write Int32, some Double. Both are read as `f64`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// `517`, or NaN for a missing value.
    Number(f64),
    /// `"NA"` for a missing value, and whatever else people have typed.
    Text(String),
}

impl Cell {
    /// The value, or `None` where it is missing.
    ///
    /// # Errors
    ///
    /// The error of `T` for anything else that is no `T`.
    pub fn known<T: TryFrom<Self>>(self) -> Result<Option<T>, T::Error> {
        let missing = match &self {
            Self::Number(number) => number.is_nan(),
            Self::Text(text) => text == MISSING,
        };
        if missing { Ok(None) } else { T::try_from(self).map(Some) }
    }
}

/// A cell that has no whole number in it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CellError {
    /// It holds text.
    #[error("expected a whole number, found the text {0:?}")]
    Text(String),
    /// It holds a number with a fraction, or one that no column of the table can have.
    #[error("expected a whole number of at most 32 bits, found {0}")]
    Number(f64),
}

impl TryFrom<Cell> for i32 {
    type Error = CellError;

    fn try_from(cell: Cell) -> Result<Self, CellError> {
        match cell {
            #[expect(clippy::cast_possible_truncation, reason = "integral and within the range of i32")]
            Cell::Number(number) if number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX) => {
                Ok(number as i32)
            }
            Cell::Number(number) => Err(CellError::Number(number)),
            Cell::Text(text) => Err(CellError::Text(text)),
        }
    }
}
