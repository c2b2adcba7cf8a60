//! Peek, against bson's own walk over the elements: slower, and by other people.

use schema_core::{
    PeekError,
    bson::{self, RawBsonRef, RawDocument},
    peek,
};

/// The name that the documents of [`examples`](crate::decode::examples) have their version under, and some that come by chance.
const FIELDS: [&str; 4] = ["schemaVersion", "v", "a", ""];

/// A version that peek reads is there, and one that is there it reads.
///
/// Of broken bytes, peek and the walk may find different parts broken; then both have to refuse.
pub fn check(input: &[u8]) {
    let valid = RawDocument::from_bytes(input).is_ok_and(|document| is_valid(document).is_ok());
    for field in FIELDS {
        let walked = walk(input, field);
        match peek(input, field) {
            Ok(peeked) => assert_eq!(Ok(peeked), walked, "{field:?} in {input:x?}"),
            Err(error) => {
                assert!(
                    !(valid && walked.is_ok()),
                    "{error} for {field:?}, which is {walked:?} in {input:x?}"
                );
                assert!(!valid || matches!(error, PeekError::Invalid(_)), "{error}: {input:x?}");
                assert!(error.to_string().len() < 500);
            }
        }
    }
}

/// The first field of that name at the top level, read as a version.
fn walk(bytes: &[u8], field: &str) -> Result<Option<u32>, String> {
    let document = RawDocument::from_bytes(bytes).map_err(|error| error.to_string())?;
    for element in document.iter_elements() {
        let element = element.map_err(|error| error.to_string())?;
        if element.key().as_str() == field {
            let value = element.value().map_err(|error| error.to_string())?;
            return version(value).map(Some).ok_or_else(|| format!("{value:?} is no version"));
        }
    }
    Ok(None)
}

fn version(value: RawBsonRef<'_>) -> Option<u32> {
    let number: i32 = match value {
        RawBsonRef::Int32(number) => number,
        RawBsonRef::Int64(number) => number.try_into().ok()?,
        // The cast saturates: the way back shows whether it did.
        RawBsonRef::Double(number) => Some(number as i32).filter(|integer| f64::from(*integer) == number)?,
        _ => return None,
    };
    number.try_into().ok()
}

/// Every key and every value, at any depth.
fn is_valid(document: &RawDocument) -> bson::error::Result<()> {
    for element in document {
        match element?.1 {
            RawBsonRef::Document(inner) => is_valid(inner)?,
            RawBsonRef::Array(inner) => inner.into_iter().try_for_each(|value| match value? {
                RawBsonRef::Document(inner) => is_valid(inner),
                _ => Ok(()),
            })?,
            RawBsonRef::JavaScriptCodeWithScope(code) => is_valid(code.scope)?,
            _ => {}
        }
    }
    Ok(())
}
