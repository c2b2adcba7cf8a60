//! Peek: the stored version off the raw bytes, without decoding the document.
//!
//! One pass over the element headers of the top level, stopping at the version field; keys must be
//! UTF-8, and values are skipped by their lengths. The layout of the elements is that of the BSON
//! specification, version 1.1 (<https://bsonspec.org/spec.html>).

use std::borrow::Cow;

use crate::{
    error::PeekError,
    stored::{self, InvalidVersion},
};

/// Reads the version a BSON document says it has; `None` when it has no field of that name.
///
/// The first field named `version_field` counts, at the top level only. Nothing behind it is looked at, so
/// `Ok` does not mean that the rest of the document is valid.
///
/// # Errors
///
/// [`PeekError::Invalid`] when the field holds anything but a version,
/// [`PeekError::Malformed`] when the bytes up to the field are not BSON.
///
/// ```
/// use schema_core::{bson::{doc, serialize_to_vec}, peek};
///
/// let bytes = serialize_to_vec(&doc! { "_id": 1, "schemaVersion": 3 })?;
/// assert_eq!(peek(&bytes, "schemaVersion")?, Some(3));
/// assert_eq!(peek(&bytes, "v")?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[inline]
pub fn peek(document: &[u8], version_field: &str) -> Result<Option<u32>, PeekError> {
    match find(document, version_field.as_bytes()) {
        Some(Some((kind, value))) => match ours(kind, value) {
            Some(version) => Ok(Some(version)),
            None => read(kind, value).map(Some),
        },
        Some(None) => Ok(None),
        None => Err(PeekError::Malformed),
    }
}

/// What is under a key that holds a text, if anything.
pub(crate) enum Peeked<'a> {
    /// Nothing, or null.
    Nothing,
    Text(Cow<'a, str>),
    /// A value of another type, described for a person.
    Other(&'static str),
}

pub(crate) fn peek_text<'a>(document: &'a [u8], key: &str) -> Result<Peeked<'a>, PeekError> {
    match find(document, key.as_bytes()).ok_or(PeekError::Malformed)? {
        None | Some((0x0A, _)) => Ok(Peeked::Nothing),
        Some((TEXT, value)) => text(value).map(Peeked::Text).ok_or(PeekError::Malformed),
        Some((kind, _)) => Ok(Peeked::Other(type_name(kind))),
    }
}

const TEXT: u8 = 0x02;
const INT32: u8 = 0x10;

/// The type and the bytes from the value on of the element named `key`; the outer `None` is malformed bytes.
#[inline]
fn find<'a>(document: &'a [u8], key: &[u8]) -> Option<Option<(u8, &'a [u8])>> {
    let (length, mut rest) = split_i32(document)?;
    if usize::try_from(length) != Ok(document.len()) || document.last() != Some(&0) {
        return None;
    }
    loop {
        let (&kind, after) = rest.split_first()?;
        if kind == 0 {
            return after.is_empty().then_some(None);
        }
        let (name, value) = split_cstring(after)?;
        if name == key {
            return Some(Some((kind, value)));
        }
        rest = skip_value(kind, value)?;
    }
}

/// A version in the form that this crate writes, without leaving the caller.
#[inline]
fn ours(kind: u8, value: &[u8]) -> Option<u32> {
    match kind {
        INT32 => u32::try_from(split_i32(value)?.0).ok(),
        _ => None,
    }
}

/// Any other version, and what is none.
#[cold]
fn read(kind: u8, value: &[u8]) -> Result<u32, PeekError> {
    let version = match kind {
        INT32 => stored::from_integer(split_i32(value).ok_or(PeekError::Malformed)?.0.into()),
        0x12 => {
            let bytes = value.first_chunk().ok_or(PeekError::Malformed)?;
            stored::from_integer(i64::from_le_bytes(*bytes))
        }
        0x01 => {
            let bytes = value.first_chunk().ok_or(PeekError::Malformed)?;
            stored::from_double(f64::from_le_bytes(*bytes))
        }
        TEXT => Err(InvalidVersion::text(&text(value).ok_or(PeekError::Malformed)?)),
        other => Err(InvalidVersion::new(type_name(other))),
    };
    version.map_err(PeekError::Invalid)
}

fn text(value: &[u8]) -> Option<Cow<'_, str>> {
    let (length, rest) = split_i32(value)?;
    let text = rest.get(..usize::try_from(length).ok()?.checked_sub(1)?)?;
    Some(String::from_utf8_lossy(text))
}

#[inline]
pub(crate) fn split_i32(bytes: &[u8]) -> Option<(i32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((i32::from_le_bytes(*number), rest))
}

/// A text that ends with the first NUL, and the bytes behind it.
///
/// Eight bytes at a time, which few keys fill twice, as long as they are ASCII, which nearly all are.
#[inline]
pub(crate) fn split_cstring(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    const LOW_BITS: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);
    let (words, _) = bytes.as_chunks();
    let mut length = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // The high bit of the first NUL, found by the borrow it causes; bytes behind it may be marked too.
        let nul = word.wrapping_sub(LOW_BITS) & !word & HIGH_BITS;
        let up_to_nul = nul ^ nul.wrapping_sub(1);
        if word & up_to_nul & HIGH_BITS != 0 {
            break;
        }
        if nul != 0 {
            length += nul.trailing_zeros() as usize / 8;
            let (text, rest) = bytes.split_at_checked(length)?;
            return Some((text, rest.get(1..)?));
        }
        length += 8;
    }
    split_rare_cstring(bytes)
}

/// Beyond ASCII, or within the last bytes of the document.
#[cold]
fn split_rare_cstring(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (text, rest) = bytes.split_at_checked(bytes.iter().position(|byte| *byte == 0)?)?;
    str::from_utf8(text).ok()?;
    Some((text, rest.get(1..)?))
}

pub(crate) fn skip_value(kind: u8, value: &[u8]) -> Option<&[u8]> {
    match kind {
        // undefined, null, MinKey, MaxKey
        0x06 | 0x0A | 0xFF | 0x7F => Some(value),
        // boolean
        0x08 => value.get(1..),
        // Int32
        INT32 => value.get(4..),
        // Double, date, timestamp, Int64
        0x01 | 0x09 | 0x11 | 0x12 => value.get(8..),
        // ObjectId
        0x07 => value.get(12..),
        // Decimal128
        0x13 => value.get(16..),
        // text, code, symbol: a length that counts the closing NUL
        TEXT | 0x0D | 0x0E => skip_text(value),
        // database pointer: text and an ObjectId
        0x0C => skip_text(value)?.get(12..),
        // document, array, code with scope: a length that counts itself
        0x03 | 0x04 | 0x0F => {
            let (length, _) = split_i32(value)?;
            let length = usize::try_from(length).ok().filter(|length| *length >= 5)?;
            (value.get(length - 1) == Some(&0)).then(|| value.get(length..))?
        }
        // binary: a length and a subtype before the bytes
        0x05 => {
            let (length, rest) = split_i32(value)?;
            rest.get(1..)?.get(usize::try_from(length).ok()?..)
        }
        // regular expression: pattern and options
        0x0B => {
            let (_pattern, rest) = split_cstring(value)?;
            let (_options, rest) = split_cstring(rest)?;
            Some(rest)
        }
        _ => None,
    }
}

fn skip_text(value: &[u8]) -> Option<&[u8]> {
    let (length, rest) = split_i32(value)?;
    let length = usize::try_from(length).ok()?;
    (rest.get(length.checked_sub(1)?) == Some(&0)).then(|| rest.get(length..))?
}

fn type_name(kind: u8) -> &'static str {
    match kind {
        0x03 => "a document",
        0x04 => "an array",
        0x05 => "binary data",
        0x06 => "undefined",
        0x07 => "an ObjectId",
        0x08 => "a boolean",
        0x09 => "a date",
        0x0A => "null",
        0x0B => "a regular expression",
        0x11 => "a timestamp",
        0x13 => "a Decimal128",
        0x7F => "MaxKey",
        0xFF => "MinKey",
        0x01 | INT32 | 0x12 => "a number",
        _ => "a value of a type that is no number",
    }
}
