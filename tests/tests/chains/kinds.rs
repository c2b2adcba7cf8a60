//! Several kinds of documents, told apart by a key, each with a chain of its own.

use proptest::prelude::*;
use schema_runtime::{
    DecodeError, DecodeErrorKind, DocumentKinds, HasKind, Unknown, VersionedDocument,
    bson::{
        Bson, Document, RawDocumentBuf, deserialize_from_document, deserialize_from_slice, doc, rawdoc,
        serialize_to_document,
    },
    decode, decode_kind, decode_newer, decode_stored, encode, encode_at,
};
use serde::{Deserialize, Serialize};

/// There was one kind at first, with a field of its own under the key.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "article", or_missing))]
struct ArticleV1 {
    text: String,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = ArticleV1, reversible)]
struct Article {
    #[versioned(from = text)]
    body: String,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "video"))]
#[serde(deny_unknown_fields)]
struct Video {
    seconds: i32,
}

/// The key came with the second version, in place of a field.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "contents")]
struct PodcastV1 {
    #[serde(rename = "type")]
    kind: String,
    host: String,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = PodcastV1, removed(kind), kind(key = "type", value = "podcast"))]
struct PodcastV2 {
    host: String,
    #[versioned(unknown, added)]
    rest: Unknown,
}

/// A map besides.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 3, previous = PodcastV2, removed(rest))]
struct Podcast {
    host: String,
    #[versioned(added)]
    #[serde(flatten)]
    others: Document,
}

/// A kind that is an enum itself, told apart by another key.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 7, oldest, collection = "contents", kind(key = "type", value = "event"))]
#[serde(tag = "state", deny_unknown_fields)]
enum Event {
    Planned { at: i64 },
    Over(Review),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Review {
    stars: i32,
}

#[derive(Debug, Clone, PartialEq, DocumentKinds)]
enum Content {
    Article(Article),
    Video(Video),
    Podcast(Box<Podcast>),
    Event(Event),
}

fn other(error: &DecodeError) -> Option<(&str, &str, &[&str])> {
    match error.kind() {
        DecodeErrorKind::OtherKind { key, found, known } => Some((key, found, known)),
        _ => None,
    }
}

#[test]
fn the_kind_is_written_behind_the_version() {
    let article = Article { body: "Once".to_owned() };
    let expected = rawdoc! { "schemaVersion": 2, "type": "article", "body": "Once" };
    assert_eq!(encode(&article).unwrap(), expected);
    let older = rawdoc! { "schemaVersion": 1, "type": "article", "text": "Once" };
    assert_eq!(encode_at(article, 1).unwrap(), older);
    let podcast = Podcast { host: "Ada".to_owned(), others: doc! { "guest": "Bob" } };
    let expected = rawdoc! { "schemaVersion": 3, "type": "podcast", "host": "Ada", "guest": "Bob" };
    assert_eq!(encode(&podcast).unwrap(), expected);
}

/// Of bytes, of documents and of JSON.
#[test]
fn each_kind_is_read_by_its_own_chain() {
    let stored = [
        (
            doc! { "schemaVersion": 1, "type": "article", "text": "a" },
            Article { body: "a".to_owned() }.into(),
        ),
        (doc! { "schemaVersion": 2, "body": "a" }, Article { body: "a".to_owned() }.into()),
        (doc! { "type": null, "text": "a" }, Article { body: "a".to_owned() }.into()),
        (doc! { "type": "video", "seconds": 9 }, Video { seconds: 9 }.into()),
        (doc! { "host": "h", "type": "podcast" }, Podcast { host: "h".to_owned(), others: doc! {} }.into()),
        (doc! { "schemaVersion": 2, "host": "h", "type": "podcast" }, {
            Podcast { host: "h".to_owned(), others: doc! {} }.into()
        }),
        (
            doc! { "schemaVersion": 7, "type": "event", "state": "Planned", "at": 5_i64 },
            Event::Planned { at: 5 }.into(),
        ),
        (doc! { "state": "Over", "stars": 5, "type": "event" }, Event::Over(Review { stars: 5 }).into()),
    ];
    for (document, expected) in stored {
        let bytes = RawDocumentBuf::try_from(&document).unwrap();
        assert_eq!(decode_kind::<Content>(&bytes).unwrap(), expected, "{document}");
        assert_eq!(deserialize_from_slice::<Content>(bytes.as_bytes()).unwrap(), expected, "{document}");
        let json = Bson::from(document.clone()).into_relaxed_extjson();
        assert_eq!(serde_json::from_value::<Content>(json).unwrap(), expected, "{document}");
        assert_eq!(deserialize_from_document::<Content>(document).unwrap(), expected);
    }
}

#[test]
fn another_kind_is_refused_before_its_version_is_looked_at() {
    let stored = rawdoc! { "_id": 7, "schemaVersion": 99, "type": "video", "seconds": 9 };
    let errors = [
        decode::<Article>(&stored).unwrap_err(),
        decode_newer::<Article>(&stored).unwrap_err(),
        decode_stored::<Article>(&stored).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(other(&error), Some(("type", "`video`", &["article"][..])));
        assert_eq!(
            error.to_string(),
            "`Article` in `contents`, _id 7: `type` says `video` and not `article`; read it as the type of its kind, or \
             leave it out by a filter"
        );
    }
    let error = decode_kind::<Content>(&stored).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::Newer { stored: 99 }), "{error}");
}

#[test]
fn a_kind_that_nobody_knows_is_an_error_with_all_that_are_known() {
    let known = &["article", "video", "podcast", "event"][..];
    let found = [
        (rawdoc! { "_id": 7, "type": "song" }, "`song`"),
        (rawdoc! { "type": 3 }, "a number"),
        (rawdoc! { "type": ["article"] }, "an array"),
    ];
    for (stored, found) in found {
        let error = decode_kind::<Content>(&stored).unwrap_err();
        assert_eq!(other(&error), Some(("type", found, known)));
    }
    // Nothing is a video only where it says so.
    let error = decode::<Video>(&rawdoc! { "seconds": 9 }).unwrap_err();
    assert_eq!(other(&error), Some(("type", "nothing", &["video"][..])));
    let error = deserialize_from_document::<Video>(doc! { "type": { "a": 1 }, "seconds": 9 }).unwrap_err();
    assert!(error.to_string().contains("`type` says a value that is no text and not `video`"), "{error}");
    assert!(matches!(
        decode_kind::<Content>(&rawdoc! { "type": "video" }).unwrap_err().kind(),
        DecodeErrorKind::Body { .. }
    ));
}

#[test]
fn what_is_kept_does_not_keep_the_key() {
    let stored = rawdoc! { "_id": 7, "schemaVersion": 2, "type": "podcast", "host": "h", "note": 1 };
    let podcast: PodcastV2 = decode(&stored).unwrap();
    assert!(podcast.rest.names().eq(["_id", "note"]));
    assert!(PodcastV2::CHAIN.kind.is_some() && PodcastV1::CHAIN.kind.is_none());

    let mut podcast = Podcast { host: "h".to_owned(), others: doc! { "type": "video" } };
    assert!(encode(&podcast).is_err());
    podcast.others.clear();
    assert!(encode(&podcast).is_ok());
}

#[test]
fn a_kind_is_found_in_its_enum() {
    let content = Content::from(Video { seconds: 9 });
    assert_eq!(HasKind::<Video>::as_kind(&content), Some(&Video { seconds: 9 }));
    assert_eq!(HasKind::<Podcast>::as_kind(&content), None);
    let values = Content::CHAINS.iter().map(|chain| chain.kind.unwrap().value);
    assert!(values.eq(["article", "video", "podcast", "event"]));
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        ".*".prop_map(|body| Article { body }.into()),
        any::<i32>().prop_map(|seconds| Video { seconds }.into()),
        ".*".prop_map(|host| Podcast { host, others: doc! { "n": 1 } }.into()),
        any::<i64>().prop_map(|at| Event::Planned { at }.into()),
        any::<i32>().prop_map(|stars| Event::Over(Review { stars }).into()),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(content in content()) {
        let document = serialize_to_document(&content).unwrap();
        let bytes = RawDocumentBuf::try_from(&document).unwrap();
        prop_assert_eq!(&decode_kind::<Content>(&bytes).unwrap(), &content);
        prop_assert_eq!(&deserialize_from_document::<Content>(document).unwrap(), &content);
        let json = serde_json::to_string(&content).unwrap();
        prop_assert_eq!(serde_json::from_str::<Content>(&json).unwrap(), content);
    }
}
