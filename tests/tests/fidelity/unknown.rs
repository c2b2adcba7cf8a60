//! What the field with `unknown` keeps, where it starts, and what becomes of it along a chain.

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, doc, rawdoc};
use schema_runtime::{
    Unknown, VersionedCollection, VersionedDocument, bson, decode, encode, encode_at, history::Markdown,
};
use schema_tests::stored::all;
use schema_tests::ways::{ways_in, ways_out};

use crate::support::database;

fn unknown(fields: Document) -> Unknown {
    Unknown::try_from(fields).unwrap()
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "users")]
struct UserV1 {
    name: String,
    #[serde(alias = "nick", default)]
    handle: String,
}

/// The first version to keep what it does not know.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = UserV1, removed(handle))]
struct UserV2 {
    #[versioned(unknown, added)]
    rest: Unknown,
    #[serde(rename(serialize = "fullName", deserialize = "full_name"), alias = "fullName")]
    #[versioned(from = name)]
    full_name: String,
    #[serde(skip)]
    #[versioned(added)]
    cache: u8,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 3, previous = UserV2, removed(full_name, cache))]
struct UserV3 {
    #[versioned(compute = |old| old.rest.get("age").ok().flatten().and_then(|age| age.as_i32()))]
    age: Option<i32>,
    #[versioned(unknown, from = rest)]
    others: Unknown,
}

/// From every format, at its own version and through the step that starts it.
#[test]
fn it_keeps_what_the_stored_version_does_not_know() {
    // In the order of the names, as a JSON value has them.
    let rest = doc! { "": true, "a": { "b": 1.5 }, "cache": 7, "z": [1, { "a": null }] };
    let expected = UserV2 { rest: unknown(rest.clone()), full_name: "Ada".into(), cache: 0 };
    for (way, read) in ways_in::<UserV2>() {
        for stamp in [Some(1), None] {
            let mut stored = doc! { "": true, "name": "Ada", "a": { "b": 1.5 } };
            stored.extend(stamp.map(|stamp: i32| ("schemaVersion".to_owned(), stamp.into())));
            // A field that version 1 knew, by either name, is no unknown one because version 2 has removed it.
            stored.extend(doc! { "nick": "ada", "cache": 7, "z": [1, { "a": null }] });
            assert_eq!(read(&stored).as_ref(), Ok(&expected), "{stamp:?} from {way}");
        }
        let mut stored = doc! { "schemaVersion": 2, "fullName": "Ada" };
        stored.extend(rest.clone());
        assert_eq!(read(&stored).as_ref(), Ok(&expected), "version 2 from {way}");
    }
    for (way, write) in ways_out::<UserV2>() {
        let mut stored = doc! { "schemaVersion": 2, "fullName": "Ada" };
        stored.extend(rest.clone());
        let written = write(&expected).unwrap();
        assert_eq!(written, stored, "to {way}");
        assert!(written.keys().eq(stored.keys()), "to {way}: {written}");
    }
}

/// A name belongs to the type as soon as a version on the way knows it, and does not come back when a later one has removed it.
#[test]
fn a_name_that_a_version_knew_does_not_come_back() {
    let stored = rawdoc! { "name": "Ada", "handle": "ada", "fullName": "stray", "age": 36, "x": 1 };
    let user: UserV2 = decode(&stored).unwrap();
    assert_eq!(user.rest, unknown(doc! { "age": 36, "x": 1 }));
    let user: UserV3 = decode(&stored).unwrap();
    assert_eq!(user, UserV3 { age: Some(36), others: unknown(doc! { "x": 1 }) });

    // The conversion alone does the same.
    let rest = unknown(doc! { "age": 36, "x": 1 });
    let user = UserV3::from(UserV2 { rest, full_name: String::new(), cache: 0 });
    assert_eq!(user, UserV3 { age: Some(36), others: unknown(doc! { "x": 1 }) });
}

#[test]
fn the_stamp_is_never_in_it() {
    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 1, version_field = "v")]
    struct Renamed {
        #[versioned(unknown)]
        rest: Unknown,
    }
    for (way, read) in ways_in::<Renamed>() {
        for stored in [doc! { "v": 1, "schemaVersion": 9 }, doc! { "schemaVersion": 9, "v": 1 }] {
            assert_eq!(read(&stored).unwrap().rest, unknown(doc! { "schemaVersion": 9 }), "from {way}");
        }
    }
}

/// Readers would disagree about which of two fields counts.
#[test]
fn a_name_of_the_type_s_own_is_not_written_twice() {
    for name in ["schemaVersion", "fullName", "full_name"] {
        let rest = unknown([(name.to_owned(), Bson::Int32(1))].into_iter().collect());
        let user = UserV2 { rest, full_name: "Ada".into(), cache: 0 };
        for (way, write) in ways_out::<UserV2>() {
            let error = write(&user).unwrap_err();
            let message = format!("the unknown fields of `UserV2` have an entry named `{name}`");
            assert!(error.contains(&message), "to {way}: {error}");
        }
    }
}

#[test]
fn an_application_can_look_into_it_and_change_it() {
    let mut user: UserV2 =
        decode(&rawdoc! { "schemaVersion": 2, "full_name": "Ada", "a": 1, "b": "x", "c": null }).unwrap();
    assert!(user.rest.names().eq(["a", "b", "c"]));
    assert_eq!(user.rest.get("b").unwrap().and_then(|b| b.as_str()), Some("x"));
    assert!(user.rest.get("d").unwrap().is_none());
    assert!(user.rest.remove("a") && !user.rest.remove("a"));
    assert_eq!(format!("{:?}", user.rest), r#"{"b": Ok(String("x")), "c": Ok(Null)}"#);
    assert_eq!(user.rest.as_raw_document(), &*rawdoc! { "b": "x", "c": null });
}

/// A version that refuses what it does not know still does, and the one after it has nothing to keep.
#[test]
fn a_strict_version_stays_strict() {
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 1)]
    #[serde(deny_unknown_fields)]
    struct StrictV1 {
        name: String,
    }
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 2, previous = StrictV1)]
    struct StrictV2 {
        name: String,
        #[versioned(unknown, added)]
        rest: Unknown,
    }
    for (way, read) in ways_in::<StrictV2>() {
        let error = read(&doc! { "schemaVersion": 1, "name": "a", "x": 1 }).unwrap_err();
        assert!(error.contains("unknown field `x`"), "from {way}: {error}");
        let read = read(&doc! { "schemaVersion": 2, "name": "a", "x": 1 }).unwrap();
        assert_eq!((read.name.as_str(), read.rest), ("a", unknown(doc! { "x": 1 })), "from {way}");
    }
}

/// A value that no BSON type can hold is an error, not a loss.
#[test]
fn what_cannot_be_kept_is_an_error() {
    let error = serde_json::from_str::<UserV2>(
        r#"{ "full_name": "a", "schemaVersion": 2, "x": 18446744073709551615 }"#,
    );
    assert!(error.is_err(), "{error:?}");
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 4, previous = UserV3, manual)]
struct UserV4 {
    years: i64,
    #[versioned(unknown)]
    rest: Unknown,
}

impl From<UserV3> for UserV4 {
    fn from(old: UserV3) -> Self {
        Self { years: old.age.unwrap_or_default().into(), rest: old.others }
    }
}

/// No longer kept from here on.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 5, previous = UserV4, removed(rest))]
struct UserV5 {
    years: i64,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 6, previous = UserV5, manual)]
struct UserV6 {
    years: i64,
    #[versioned(unknown)]
    rest: Unknown,
}

impl From<UserV5> for UserV6 {
    fn from(old: UserV5) -> Self {
        Self { years: old.years, rest: unknown(doc! { "by hand": true }) }
    }
}

/// A step by hand moves the field itself; where there is none to move, it starts with what was not known.
#[test]
fn a_step_by_hand_moves_or_starts_it() {
    let stored = rawdoc! { "schemaVersion": 3, "age": 36, "x": 1, "years": "stray" };
    assert_eq!(decode::<UserV4>(&stored).unwrap(), UserV4 { years: 36, rest: unknown(doc! { "x": 1 }) });
    let started = unknown(doc! { "by hand": true, "x": 1 });
    assert_eq!(decode::<UserV6>(&stored).unwrap(), UserV6 { years: 36, rest: started });
}

/// Taken over from a flattened `Document`, and back into one.
#[test]
fn it_converts_from_and_to_a_flattened_document() {
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 1)]
    struct V1 {
        id: i32,
        #[serde(flatten)]
        rest: Document,
    }
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 2, previous = V1, reversible)]
    struct V2 {
        id: i32,
        #[versioned(unknown)]
        rest: Unknown,
    }
    let value: V2 = decode(&rawdoc! { "schemaVersion": 1, "id": 1, "b": 1_i64, "a": [] }).unwrap();
    assert_eq!(encode(&value).unwrap(), rawdoc! { "schemaVersion": 2, "id": 1, "b": 1_i64, "a": [] });
    let back = encode_at(value, 1).unwrap();
    assert_eq!(back, rawdoc! { "schemaVersion": 1, "id": 1, "b": 1_i64, "a": [] });
}

/// What the older version knows by name is not written twice there.
#[test]
fn the_way_back_leaves_out_what_the_older_version_knows() {
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 1)]
    struct V1 {
        mail: String,
        #[versioned(unknown)]
        rest: Unknown,
    }
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 2, previous = V1, reversible)]
    struct V2 {
        #[versioned(from = mail)]
        email: String,
        #[versioned(unknown, from = rest)]
        more: Unknown,
    }
    let value: V2 = decode(&rawdoc! { "schemaVersion": 2, "email": "a", "mail": "stray", "x": 1 }).unwrap();
    assert_eq!(value.more, unknown(doc! { "mail": "stray", "x": 1 }));
    assert_eq!(encode_at(value, 1).unwrap(), rawdoc! { "schemaVersion": 1, "mail": "a", "x": 1 });
}

/// Types that borrow, have parameters, or fill what is missing from their own `Default`.
#[test]
fn it_stands_in_any_kind_of_type() {
    #[derive(Debug, Clone, PartialEq, VersionedDocument)]
    #[versioned(version = 1)]
    struct PairV1<'a, T> {
        label: &'a str,
        value: T,
    }
    #[derive(Debug, Clone, PartialEq, VersionedDocument)]
    #[versioned(version = 2, previous = PairV1<'a, T>)]
    struct PairV2<'a, T> {
        label: &'a str,
        value: T,
        #[versioned(unknown, added)]
        rest: Unknown,
    }
    let stored = rawdoc! { "x": 1, "label": "a", "value": 2, "schemaVersion": 1 };
    let pair: PairV2<'_, i32> = decode(&stored).unwrap();
    assert_eq!(pair, PairV2 { label: "a", value: 2, rest: unknown(doc! { "x": 1 }) });

    #[derive(Debug, Default, PartialEq, VersionedDocument)]
    #[versioned(version = 1)]
    #[serde(default, rename_all = "camelCase")]
    struct Settings {
        font_size: i32,
        #[versioned(unknown)]
        rest: Unknown,
    }
    let settings: Settings = decode(&rawdoc! { "font_size": 1, "schemaVersion": 1 }).unwrap();
    assert_eq!(settings, Settings { font_size: 0, rest: unknown(doc! { "font_size": 1 }) });
}

#[test]
fn the_history_says_where_it_is() {
    assert_eq!(
        UserV3::HISTORY.field("others").map(|field| (field.unknown, field.stored_as)),
        Some((true, None))
    );
    assert!(UserV2::HISTORY.keeps_unknown() && !UserV1::HISTORY.keeps_unknown());
    let history = Markdown::of::<UserV3>().to_string();
    assert!(history.contains("| (rest) | `Unknown` | what the versions before do not know |"), "{history}");
}

/// As in a plain struct.
#[test]
fn a_value_that_is_no_bson_is_an_error_of_the_read() {
    let mut bytes = rawdoc! { "schemaVersion": 2, "full_name": "a", "broken": "text" }.into_bytes();
    let place = bytes.windows(4).position(|window| window == b"text").unwrap();
    bytes[place] = 0xff;
    let error = bson::deserialize_from_slice::<UserV2>(&bytes).unwrap_err().to_string();
    assert!(error.contains("Invalid UTF-8"), "{error}");
}

/// A backfill to a version that does not keep them leaves the fields where they are; one that has taken a field over removes it.
#[tokio::test]
async fn a_backfill_leaves_what_a_later_version_does_not_keep() {
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 1, collection = "things")]
    struct ThingV1 {
        #[serde(rename = "_id")]
        id: i32,
        name: String,
        #[versioned(unknown)]
        rest: Unknown,
    }
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 2, previous = ThingV1, removed(rest))]
    struct ThingV2 {
        #[serde(rename = "_id")]
        id: i32,
        #[versioned(from = name)]
        title: String,
    }
    fn without_old_name(mut rest: Unknown) -> Unknown {
        rest.remove("oldName");
        rest
    }
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 2, previous = ThingV1)]
    struct TidiedV2 {
        #[serde(rename = "_id")]
        id: i32,
        name: String,
        #[versioned(unknown, with = without_old_name)]
        rest: Unknown,
    }
    let database = database().await;
    let things = database.collection::<Document>("things");
    let old = doc! { "_id": 1, "schemaVersion": 1, "name": "a", "oldName": "b", "x": 1 };
    async fn run<T: schema_runtime::DecodeOwned + Send + Sync>(database: &mongodb::Database) -> Document {
        let report = VersionedCollection::<T>::new(database).backfill().run().await.unwrap();
        assert!(report.is_clean() && report.upgraded == 1, "{report}");
        let found: Vec<Document> =
            database.collection("things").find(doc! {}).await.unwrap().try_collect().await.unwrap();
        found[0].clone()
    }
    things.insert_one(&old).await.unwrap();
    let expected = doc! { "_id": 1, "schemaVersion": 2, "oldName": "b", "x": 1, "title": "a" };
    assert_eq!(run::<ThingV2>(&database).await, expected);
    things.replace_one(doc! {}, &old).await.unwrap();
    let expected = doc! { "_id": 1, "schemaVersion": 2, "name": "a", "x": 1 };
    assert_eq!(run::<TidiedV2>(&database).await, expected);
}

/// An unknown field whose name a later version has for a field of its own is not overwritten.
#[tokio::test]
async fn a_backfill_reports_a_name_that_a_later_version_takes() {
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 1, collection = "things")]
    struct ThingV1 {
        #[serde(rename = "_id")]
        id: i32,
        #[versioned(unknown)]
        rest: Unknown,
    }
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 2, previous = ThingV1)]
    struct ThingV2 {
        #[serde(rename = "_id")]
        id: i32,
        #[versioned(added)]
        color: String,
        #[versioned(compute = |old| old.rest.get("size").ok().flatten().and_then(|size| size.as_i32()))]
        size: Option<i32>,
        #[versioned(unknown)]
        rest: Unknown,
    }
    let database = database().await;
    let things = database.collection::<Document>("things");
    let taken = doc! { "_id": 1, "schemaVersion": 1, "color": "red", "x": 1 };
    let same = doc! { "_id": 2, "schemaVersion": 1, "size": 3, "x": 1 };
    things.insert_many([&taken, &same]).await.unwrap();
    let report = VersionedCollection::<ThingV2>::new(&database).backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (1, 1), "{report}");
    let found: Vec<Document> = all(&things).await.unwrap();
    let upgraded = doc! { "_id": 2, "schemaVersion": 2, "size": 3, "x": 1, "color": "" };
    assert_eq!(found, [taken, upgraded]);
}
