//! Documents of several kinds: an enum of them reads what the type of its kind reads, and nothing else.

use schema_core::{
    DecodeErrorKind, DocumentKinds, Unknown, VersionedDocument,
    bson::{RawDocument, RawDocumentBuf, deserialize_from_slice, rawdoc},
    decode, decode_kind,
};

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1, kind(key = "type", value = "note", or_missing))]
struct NoteV1 {
    text: String,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = NoteV1)]
pub(in crate::decode) struct Note {
    #[versioned(from = text)]
    body: String,
    #[versioned(unknown, added)]
    rest: Unknown,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 5, oldest, kind(key = "type", value = "picture"))]
#[serde(deny_unknown_fields)]
pub(in crate::decode) struct Picture {
    size: [u32; 2],
}

#[derive(Debug, PartialEq, DocumentKinds)]
pub(super) enum Content {
    Note(Note),
    Picture(Picture),
}

pub(super) fn examples() -> Vec<RawDocumentBuf> {
    vec![
        rawdoc! { "schemaVersion": 1, "type": "note", "text": "a" },
        rawdoc! { "body": "a", "schemaVersion": 2, "type": null, "more": 1 },
        rawdoc! { "type": "picture", "size": [4, 3] },
    ]
}

pub(super) fn agree(input: &[u8]) {
    let by_serde = deserialize_from_slice::<Content>(input);
    let Ok(document) = RawDocument::from_bytes(input) else {
        assert!(by_serde.is_err(), "decoded from no document: {input:x?}");
        return;
    };
    let alone = [decode(document).map(Content::Note), decode(document).map(Content::Picture)];
    let own = alone.iter().find(|read| match read {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), DecodeErrorKind::OtherKind { .. }),
    });
    match (decode_kind::<Content>(document), by_serde, own) {
        (Ok(together), Ok(by_serde), Some(Ok(own))) => {
            assert_eq!(&together, own, "{document:?}");
            assert_eq!(together, by_serde, "{document:?}");
        }
        (Err(together), Err(_), Some(Err(own))) => {
            assert_eq!(together.kind().name(), own.kind().name(), "{document:?}");
        }
        (Err(together), Err(_), None) => assert_eq!(together.kind().name(), "other_kind", "{document:?}"),
        outcomes => panic!("of {document:?} came {outcomes:?}"),
    }
}
