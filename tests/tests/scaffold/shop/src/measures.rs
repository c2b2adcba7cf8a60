//! Parameters of all sorts.

use schema_runtime::VersionedDocument;

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "measures")]
pub struct MeasureV1<'a, T: PartialOrd, const N: usize> {
    pub name: &'a str,
    pub value: T,
    #[serde(skip)]
    pub cached: Option<[u8; N]>,
}

pub type Measure<'a, T> = MeasureV1<'a, T, 0>;

/// A sample of something.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "samples")]
pub struct Sample<T = i32>
where
    T: Clone,
{
    pub of: T,
}

pub fn of_numbers(sample: &Sample) -> i32 {
    sample.of
}

pub fn of_texts(sample: &Sample<String>) -> &str {
    &sample.of
}
