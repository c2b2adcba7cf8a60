//! Types with parameters: lifetimes that borrow from the stored bytes, and types filled in by the user.

use std::borrow::Cow;

use schema_runtime::{
    VersionedDocument,
    bson::{self, rawdoc, spec::BinarySubtype},
    decode,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct ArticleV1<'a> {
    title: &'a str,
    #[serde(borrow)]
    author: Cow<'a, str>,
    #[serde(borrow)]
    tags: Vec<&'a str>,
    #[serde(with = "serde_bytes_ref")]
    thumbnail: &'a [u8],
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ArticleV1<'a>)]
struct ArticleV2<'a> {
    #[versioned(from = title)]
    headline: &'a str,
    #[serde(borrow)]
    author: Cow<'a, str>,
    #[serde(borrow)]
    tags: Vec<&'a str>,
    #[serde(with = "serde_bytes_ref")]
    thumbnail: &'a [u8],
    #[versioned(compute = |old: &ArticleV1<'a>| old.title.len() as u64)]
    length: u64,
}

/// Bytes as BSON binary data.
mod serde_bytes_ref {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'de [u8], D::Error> {
        Deserialize::deserialize(deserializer)
    }
}

fn lies_within(part: &[u8], whole: &[u8]) -> bool {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    whole.start <= part.start && part.end <= whole.end
}

#[test]
fn an_upgraded_document_borrows_from_the_stored_bytes() {
    let thumbnail = bson::Binary { subtype: BinarySubtype::Generic, bytes: vec![1, 2, 3] };
    let stored = rawdoc! {
        "schemaVersion": 1, "title": "Engines", "author": "Ada", "tags": ["old", "new"], "thumbnail": thumbnail,
    };
    let article: ArticleV2<'_> = decode(&stored).unwrap();

    assert_eq!((article.headline, article.author.as_ref(), article.length), ("Engines", "Ada", 7));
    assert!(matches!(article.author, Cow::Borrowed(_)));
    let borrowed = [article.headline.as_bytes(), article.author.as_bytes(), article.thumbnail];
    let tags = article.tags.iter().map(|tag| tag.as_bytes());
    for part in borrowed.into_iter().chain(tags) {
        assert!(lies_within(part, stored.as_bytes()), "{part:?} was copied");
    }
}

/// The same through serde's entry point, which hands the bytes over as one slice.
#[test]
fn reading_through_serde_borrows_too() {
    let stored = rawdoc! { "title": "Engines", "author": "Ada", "tags": ["old"], "thumbnail": bson::Binary {
        subtype: BinarySubtype::Generic,
        bytes: vec![1],
    } };
    let article: ArticleV2<'_> = bson::deserialize_from_slice(stored.as_bytes()).unwrap();
    assert!(lies_within(article.headline.as_bytes(), stored.as_bytes()));
    assert!(lies_within(article.tags[0].as_bytes(), stored.as_bytes()));
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "events")]
struct EventV1<T> {
    payload: T,
    others: Vec<T>,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = EventV1<T>)]
struct EventV2<T> {
    payload: T,
    #[versioned(from = others)]
    batch: Vec<T>,
    #[versioned(added)]
    seen: bool,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Click {
    x: i32,
}

#[test]
fn a_generic_document_upgrades_for_every_argument() {
    let stored = rawdoc! { "payload": { "x": 1 }, "others": [{ "x": 2 }] };
    let event: EventV2<Click> = decode(&stored).unwrap();
    assert_eq!((event.payload, event.batch), (Click { x: 1 }, vec![Click { x: 2 }]));

    let stored = rawdoc! { "payload": "a", "others": [] };
    let event: EventV2<String> = decode(&stored).unwrap();
    assert_eq!(event.payload, "a");
    assert_eq!(<EventV2<String> as VersionedDocument>::CHAIN.collection, Some("events"));
}

/// A service generic over its documents needs no more than serde's own bound.
#[test]
fn generic_code_can_ask_for_a_versioned_document() {
    fn upgrade<T: VersionedDocument + DeserializeOwned>(bytes: &[u8]) -> T {
        bson::deserialize_from_slice(bytes).unwrap()
    }
    let stored = rawdoc! { "payload": 5, "others": [6] };
    let event = upgrade::<EventV2<i32>>(stored.as_bytes());
    assert_eq!((event.payload, event.batch), (5, vec![6]));
}

/// Bounds of the type's own stay, and a constant may be a parameter too.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct RankingV1<T: Ord, const N: usize>
where
    T: Copy,
{
    best: T,
    rest: Vec<T>,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = RankingV1<T, N>)]
struct RankingV2<T: Ord, const N: usize>
where
    T: Copy,
{
    #[versioned(from(best, rest), with = |best: T, rest: Vec<T>| highest::<T, N>(best, rest))]
    top: Vec<T>,
}

fn highest<T: Ord, const N: usize>(best: T, mut rest: Vec<T>) -> Vec<T> {
    rest.push(best);
    rest.sort_by(|a, b| b.cmp(a));
    rest.truncate(N);
    rest
}

#[test]
fn bounds_and_constants_of_the_type_are_kept() {
    let stored = rawdoc! { "best": 9, "rest": [1, 5, 3] };
    let ranking: RankingV2<i32, 2> = decode(&stored).unwrap();
    assert_eq!(ranking.top, [9, 5]);
}
