//! Decode and encode, from any bytes, for types that have a field for each kind of value.

mod borrowed;
mod kinds;
mod open;
mod thing;

use std::{error::Error, fmt::Debug};

use schema_core::{
    Chain, Decode, DecodeError, DecodeErrorKind, DecodeOwned, PeekError, Unversioned, VersionedDocument,
    bson::{
        Document, RawDocument, RawDocumentBuf, deserialize_from_document, deserialize_from_slice,
        serialize_to_vec,
    },
    decode, decode_stored, encode, encode_at, peek,
};
use serde::de::{Deserialize, DeserializeOwned};

use self::{borrowed::Borrowed, kinds::Content, open::Open, thing::Thing};

/// Documents of every version, to start from.
pub fn examples() -> Vec<RawDocumentBuf> {
    [thing::examples(), open::examples(), borrowed::examples(), kinds::examples()].concat()
}

/// All ways of reading a document agree about it, and what was read can be written and read again.
pub fn check(input: &[u8]) {
    agree::<Thing>(input);
    agree::<Open>(input);
    agree::<Borrowed>(input);
    agrees_with_document::<Thing>(input);
    agrees_with_document::<Open>(input);
    kinds::agree(input);
}

/// Whether one of the types can read these bytes.
pub fn is_read(input: &[u8]) -> bool {
    deserialize_from_slice::<Thing>(input).is_ok()
        || deserialize_from_slice::<Open>(input).is_ok()
        || deserialize_from_slice::<<Borrowed as Family>::Of<'_>>(input).is_ok()
        || deserialize_from_slice::<Content>(input).is_ok()
}

/// A type that may borrow from what it is read from.
trait Family {
    type Of<'a>: Decode<'a> + Deserialize<'a> + Debug;
}

fn agree<F: Family>(input: &[u8]) {
    let by_serde = deserialize_from_slice::<F::Of<'_>>(input);
    let Ok(document) = RawDocument::from_bytes(input) else {
        assert!(by_serde.is_err(), "decoded from no document: {input:x?}");
        return;
    };
    let decoded = decode::<F::Of<'_>>(document);
    let stored = decode_stored::<F::Of<'_>>(document);
    let expected = expected(&<F::Of<'_> as VersionedDocument>::CHAIN, input);
    match (decoded, by_serde, stored) {
        (Ok(decoded), Ok(by_serde), Ok(stored)) => {
            let written = written(&decoded);
            assert_eq!(written, self::written(&by_serde), "{document:?}");
            assert_eq!(written, self::written(&stored.document), "{document:?}");
            assert_eq!(Ok(stored.stored_version), expected, "{document:?}");
            assert_eq!(peek_of::<F>(&stored.stored), Ok(Some(stored.stored_version)), "{document:?}");
            if let Some(written) = written {
                reads_again::<F>(&written, decoded);
            }
        }
        (Err(error), Err(_), Err(_)) => describes(&error, expected, document),
        outcomes => panic!("of {document:?} came {outcomes:?}"),
    }
}

/// `None` where a catch-all has an entry of the name that a step has given to another field.
fn written<T: VersionedDocument + Debug>(value: &T) -> Option<RawDocumentBuf> {
    encode(value)
        .inspect_err(|error| {
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            assert!(cause.contains("twice, because a flattened field"), "{cause}: {value:?}");
        })
        .ok()
}

fn peek_of<F: Family>(document: &RawDocument) -> Result<Option<u32>, PeekError> {
    peek(document.as_bytes(), <F::Of<'_> as VersionedDocument>::CHAIN.version_field)
}

/// What was written is of the current version and means the same; so is what was written for older readers.
fn reads_again<F: Family>(written: &RawDocument, value: F::Of<'_>) {
    let chain = <F::Of<'_> as VersionedDocument>::CHAIN;
    assert_eq!(peek_of::<F>(written), Ok(Some(chain.version)));
    let again =
        decode::<F::Of<'_>>(written).unwrap_or_else(|error| panic!("{}: {written:?}", error.one_line()));
    assert_eq!(self::written(&again).as_deref(), Some(written));
    let older = chain.version - 1;
    if let Ok(written) = encode_at(value, older) {
        assert_eq!(peek_of::<F>(&written), Ok(Some(older)));
        let again = decode::<F::Of<'_>>(&written);
        let again = again.unwrap_or_else(|error| panic!("{}: {written:?}", error.one_line()));
        assert_eq!(encode_at(again, older).ok(), Some(written));
    }
}

/// The version to decode at, or the name of the error, as far as the version field decides it.
fn expected(chain: &Chain, input: &[u8]) -> Result<u32, &'static str> {
    let stored = match (peek(input, chain.version_field), chain.unversioned) {
        (Ok(Some(stored)), _) => stored,
        (Ok(None), Unversioned::Version(version)) => version,
        (Ok(None), Unversioned::Reject) => return Err("unversioned"),
        (Err(PeekError::Invalid(_)), _) => return Err("invalid_version"),
        (Err(_), _) => return Err("malformed"),
    };
    match stored {
        _ if stored > chain.version => Err("newer"),
        _ if stored < chain.oldest => Err("older"),
        _ => Ok(stored),
    }
}

/// The error says what is wrong with the version, or with a body of that version.
fn describes(error: &DecodeError, expected: Result<u32, &'static str>, document: &RawDocument) {
    match (error.kind(), expected) {
        (DecodeErrorKind::Body { stored, .. } | DecodeErrorKind::Step { stored, .. }, Ok(version)) => {
            assert_eq!(*stored, version, "{document:?}");
        }
        (kind, expected) => assert_eq!(Err(kind.name()), expected, "{document:?}"),
    }
    assert!(error.one_line().starts_with(&error.to_string()));
}

/// A `Document` between the bytes and the type changes nothing, where it is the same document: one that says
/// everything the bytes do.
fn agrees_with_document<T: DecodeOwned + DeserializeOwned + Debug>(input: &[u8]) {
    let Ok(document) = deserialize_from_slice::<Document>(input) else { return };
    let says_all = |document: &Document| serialize_to_vec(document).is_ok_and(|bytes| bytes == input);
    // On its own way from a `Document`, bson moves dates after the year 9999, and takes extended JSON for values.
    let unchanged = deserialize_from_document::<Document>(document.clone());
    if !says_all(&document) || !unchanged.is_ok_and(|unchanged| says_all(&unchanged)) {
        return;
    }
    let through_document = deserialize_from_document::<T>(document.clone());
    match (deserialize_from_slice::<T>(input), through_document) {
        (Ok(direct), Ok(through_document)) => {
            assert_eq!(written(&direct), written(&through_document), "{document:?}");
        }
        (Err(_), Err(_)) => {}
        (Ok(_), Err(error)) if LENIENT.iter().any(|refusal| error.to_string().contains(refusal)) => {}
        (Err(error), Ok(_)) if error.to_string().contains(SUBTYPE) => {}
        outcomes => panic!("of {document:?} came {outcomes:?}"),
    }
}

/// What bson takes from bytes, and buffers like serde's do not: several fields where an enum has one variant, and an array
/// longer than the one of the type.
const LENIENT: [&str; 3] = ["map with a single key", "elements in sequence", "more in it than expected"];

/// No format tells serde the subtype of all binary data, so what is kept until the version is known loses it.
const SUBTYPE: &str = "expected binary subtype";
