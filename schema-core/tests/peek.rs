//! Peek against bson's own iteration over the elements of a document.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "test helpers; a failed expectation is the point"
)]

use proptest::{collection::vec, prelude::*};
use schema_core::{
    PeekError,
    bson::{
        Binary, DateTime, Decimal128, RawArrayBuf, RawBson, RawBsonRef, RawDocument, RawDocumentBuf,
        RawJavaScriptCodeWithScope, Regex, Timestamp,
        oid::ObjectId,
        raw::{CString, cstr},
        rawdoc,
        spec::BinarySubtype,
    },
    peek,
};

const FIELD: &str = "schemaVersion";
/// Names that fields may have by chance as well.
const FIELDS: [&str; 4] = [FIELD, "", "a", "ab"];

/// What there is to find, or why nothing can be said.
#[derive(Debug, PartialEq)]
enum Wrong {
    Invalid,
    Malformed,
}

/// The same answer, found by iteration: slower, and by other people.
fn by_iteration(bytes: &[u8], field: &str) -> Result<Option<u32>, Wrong> {
    let document = RawDocument::from_bytes(bytes).map_err(|_| Wrong::Malformed)?;
    // By elements, which are strict about keys and lengths; peek reads no other value than the version.
    for element in document.iter_elements() {
        let element = element.map_err(|_| Wrong::Malformed)?;
        if element.key().as_str() == field {
            let value = element.value().map_err(|_| Wrong::Malformed)?;
            return version(value).map(Some).ok_or(Wrong::Invalid);
        }
    }
    Ok(None)
}

fn version(value: RawBsonRef<'_>) -> Option<u32> {
    let integer = match value {
        RawBsonRef::Int32(value) => value,
        RawBsonRef::Int64(value) => value.try_into().ok()?,
        // A saturating cast: the way back shows whether it was one.
        RawBsonRef::Double(value) => Some(value as i32).filter(|integer| f64::from(*integer) == value)?,
        _ => return None,
    };
    integer.try_into().ok()
}

fn by_peek(bytes: &[u8], field: &str) -> Result<Option<u32>, Wrong> {
    peek(bytes, field).map_err(|error| match error {
        PeekError::Malformed => Wrong::Malformed,
        _ => Wrong::Invalid,
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{0,20}", "[^\0]{0,10}"]
}

fn key() -> impl Strategy<Value = CString> {
    prop_oneof![
        // Short and long ones, the empty one, and few letters so that some occur twice.
        3 => "[ab]{0,2}",
        3 => "[a-zA-Z_]{1,30}",
        1 => "[^\0]{1,12}",
        // Almost the field, and the field.
        1 => Just("schemaVersio".to_owned()),
        1 => Just("schemaVersion2".to_owned()),
        2 => Just(FIELD.to_owned()),
    ]
    .prop_map(|key| CString::try_from(key).unwrap())
}

fn number() -> impl Strategy<Value = RawBson> {
    prop_oneof![
        (-2..9i32).prop_map(RawBson::Int32),
        any::<i32>().prop_map(RawBson::Int32),
        (-2..9i64).prop_map(RawBson::Int64),
        any::<i64>().prop_map(RawBson::Int64),
        (-2..9i32).prop_map(|value| RawBson::Double(value.into())),
        any::<f64>().prop_map(RawBson::Double),
    ]
}

/// A value of every type that holds no other values.
fn scalar() -> impl Strategy<Value = RawBson> {
    let regex = ("[^\0]{0,9}", "[imx]{0,3}").prop_map(|(pattern, options)| Regex {
        pattern: pattern.try_into().unwrap(),
        options: options.try_into().unwrap(),
    });
    prop_oneof![
        5 => number(),
        1 => text().prop_map(RawBson::String),
        1 => any::<bool>().prop_map(RawBson::Boolean),
        1 => Just(RawBson::Null),
        1 => regex.prop_map(RawBson::RegularExpression),
        1 => text().prop_map(RawBson::JavaScriptCode),
        1 => any::<[u32; 2]>()
            .prop_map(|[time, increment]| RawBson::Timestamp(Timestamp { time, increment })),
        1 => (any::<u8>(), vec(any::<u8>(), 0..30)).prop_map(binary),
        1 => any::<[u8; 12]>().prop_map(|bytes| RawBson::ObjectId(ObjectId::from_bytes(bytes))),
        1 => any::<i64>().prop_map(|millis| RawBson::DateTime(DateTime::from_millis(millis))),
        1 => text().prop_map(RawBson::Symbol),
        1 => any::<[u8; 16]>().prop_map(|bytes| RawBson::Decimal128(Decimal128::from_bytes(bytes))),
        1 => Just(RawBson::Undefined),
        1 => Just(RawBson::MaxKey),
        1 => Just(RawBson::MinKey),
        1 => (text(), any::<[u8; 12]>()).prop_map(|(namespace, id)| database_pointer(&namespace, id)),
    ]
}

fn binary((subtype, bytes): (u8, Vec<u8>)) -> RawBson {
    RawBson::Binary(Binary { subtype: BinarySubtype::from(subtype), bytes })
}

/// Nothing but bytes makes one of these.
fn database_pointer(namespace: &str, id: [u8; 12]) -> RawBson {
    let mut bytes = vec![0, 0, 0, 0, 0x0C, b'p', 0];
    bytes.extend(u32::try_from(namespace.len() + 1).unwrap().to_le_bytes());
    bytes.extend(namespace.bytes().chain([0]).chain(id).chain([0]));
    set_length(&mut bytes);
    RawDocument::from_bytes(&bytes).unwrap().get("p").unwrap().unwrap().into()
}

fn value() -> impl Strategy<Value = RawBson> {
    scalar().prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            entries(inner.clone()).prop_map(RawBson::Document),
            vec(inner.clone(), 0..5)
                .prop_map(|values| RawBson::Array(values.into_iter().collect::<RawArrayBuf>())),
            (text(), entries(inner)).prop_map(|(code, scope)| {
                RawBson::JavaScriptCodeWithScope(RawJavaScriptCodeWithScope { code, scope })
            }),
        ]
    })
}

/// A document, some of whose keys may be the same.
fn entries(value: impl Strategy<Value = RawBson>) -> impl Strategy<Value = RawDocumentBuf> {
    vec((key(), value), 0..8).prop_map(|entries| {
        let mut document = RawDocumentBuf::new();
        for (key, value) in entries {
            document.append(key, value);
        }
        document
    })
}

fn document() -> impl Strategy<Value = Vec<u8>> {
    entries(value()).prop_map(RawDocumentBuf::into_bytes)
}

/// One value of each type, the version behind them all.
fn every_type() -> Vec<u8> {
    let scope = rawdoc! { "schemaVersion": 9 };
    let regex = Regex { pattern: cstr!("^\u{e4}b").to_owned(), options: cstr!("i").to_owned() };
    let values = [
        RawBson::Double(1.5),
        RawBson::String("h\u{e4}t".into()),
        RawBson::Document(scope.clone()),
        RawBson::Array([1, 2].into_iter().collect::<RawArrayBuf>()),
        binary((0, vec![1, 2, 3])),
        RawBson::Undefined,
        RawBson::ObjectId(ObjectId::from_bytes([7; 12])),
        RawBson::Boolean(true),
        RawBson::DateTime(DateTime::from_millis(1_700_000_000_000)),
        RawBson::Null,
        RawBson::RegularExpression(regex),
        database_pointer("db.things", [7; 12]),
        RawBson::JavaScriptCode("f()".into()),
        RawBson::Symbol("symbol".into()),
        RawBson::JavaScriptCodeWithScope(RawJavaScriptCodeWithScope { code: "f()".into(), scope }),
        RawBson::Int32(1),
        RawBson::Timestamp(Timestamp { time: 1, increment: 2 }),
        RawBson::Int64(1),
        RawBson::Decimal128(Decimal128::from_bytes([3; 16])),
        RawBson::MinKey,
        RawBson::MaxKey,
    ];
    let mut document = RawDocumentBuf::new();
    for value in values {
        document.append(cstr!("k\u{e9}y"), value);
    }
    document.append(cstr!("schemaVersion"), 3);
    document.into_bytes()
}

#[test]
fn finds_the_version_behind_a_value_of_every_type() {
    assert_eq!(peek(&every_type(), FIELD), Ok(Some(3)));
}

#[test]
fn sees_no_more_than_iteration_with_any_byte_changed() -> Result<(), TestCaseError> {
    let whole = every_type();
    for position in 0..whole.len() {
        let mut bytes = whole.clone();
        for value in 0..=u8::MAX {
            bytes[position] = value;
            assert_no_more_than_iteration(&bytes)?;
        }
    }
    Ok(())
}

/// Makes the first check of every reader pass, so that what is behind it is reached.
fn set_length(bytes: &mut [u8]) {
    let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    if let Some((head, _)) = bytes.split_first_chunk_mut() {
        *head = length;
    }
}

fn close(bytes: &mut Vec<u8>) {
    bytes.push(0);
    set_length(bytes);
}

/// Peek may be stricter about what it skips (the end of a scope, say), never more generous.
fn assert_no_more_than_iteration(bytes: &[u8]) -> Result<(), TestCaseError> {
    for field in FIELDS {
        let peeked = by_peek(bytes, field);
        if peeked.is_ok() {
            prop_assert_eq!(peeked, by_iteration(bytes, field));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn agrees_with_iteration_over_any_document(bytes in document()) {
        for field in FIELDS {
            prop_assert_eq!(by_peek(&bytes, field), by_iteration(&bytes, field));
        }
    }

    #[test]
    fn finds_the_version_at_any_place(before in document(), after in document(), stored in 0..=i32::MAX) {
        let mut bytes = Vec::new();
        append_without_version(&mut bytes, &before);
        let element_at = bytes.len();
        bytes.push(0x10);
        bytes.extend(FIELD.bytes().chain([0]).chain(stored.to_le_bytes()));
        append_without_version(&mut bytes, &after);
        bytes.splice(0..0, [0; 4]);
        close(&mut bytes);
        prop_assert_eq!(peek(&bytes, FIELD), Ok(Some(stored.unsigned_abs())));

        // Under another name it is another field.
        bytes[4 + element_at + FIELD.len()] ^= 1;
        prop_assert_eq!(peek(&bytes, FIELD), Ok(None));
    }

    #[test]
    fn sees_no_more_than_iteration_in_random_bytes(mut bytes in vec(any::<u8>(), 0..200)) {
        assert_no_more_than_iteration(&bytes)?;
        close(&mut bytes);
        assert_no_more_than_iteration(&bytes)?;
    }

    #[test]
    fn sees_no_more_than_iteration_in_flipped_bits(
        mut bytes in document(),
        flips in vec((any::<prop::sample::Index>(), 0..8u32), 1..4),
    ) {
        for (position, bit) in flips {
            let position = position.index(bytes.len());
            bytes[position] ^= 1 << bit;
            assert_no_more_than_iteration(&bytes)?;
        }
        set_length(&mut bytes);
        assert_no_more_than_iteration(&bytes)?;
    }

    #[test]
    fn sees_no_more_than_iteration_in_a_truncated_document(bytes in document(), end in any::<prop::sample::Index>()) {
        let mut cut = bytes[..end.index(bytes.len())].to_vec();
        prop_assert_eq!(by_peek(&cut, FIELD), Err(Wrong::Malformed));
        close(&mut cut);
        assert_no_more_than_iteration(&cut)?;
    }
}

/// The elements of a document, but for those under the name that is being looked for.
fn append_without_version(bytes: &mut Vec<u8>, document: &[u8]) {
    let mut kept = RawDocumentBuf::new();
    for element in RawDocument::from_bytes(document).unwrap() {
        let (key, value) = element.unwrap();
        if key.as_str() != FIELD {
            kept.append(key, value);
        }
    }
    let kept = kept.into_bytes();
    bytes.extend(&kept[4..kept.len() - 1]);
}
