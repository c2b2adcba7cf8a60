//! What projections become, and what they leave.

use bson::{Bson, Document, doc, rawdoc};
use schema_core::VersionedDocument;

use super::{User, UserV1};
use crate::query::projection::{Projecting, translate_projection};

#[derive(VersionedDocument)]
#[versioned(version = 4, oldest)]
struct OldNote {
    title: String,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 5, previous = OldNote)]
struct Note {
    #[versioned(from = title)]
    caption: String,
    #[serde(flatten)]
    rest: Document,
}

fn here(projection: Document) -> (Option<Document>, Document) {
    match translate_projection::<User>(1, projection.clone()) {
        Ok(Projecting::Here { sent, cut }) => {
            let user = rawdoc! {
                "_id": 7, "city": "Lyon", "address": { "zip": "1", "street": "x" }, "tags": [{ "zip": "2" }, 3, [{ "zip": "4" }, 5]],
            };
            (sent, Document::try_from(&cut.of(&user).unwrap()).unwrap())
        }
        other => panic!("{projection} became {other:?}"),
    }
}

fn all_names() -> Document {
    let names =
        ["schemaVersion", "email", "city", "nick", "visits", "address", "currency", "mail", "fax", "home"];
    names.into_iter().map(|name| (name.to_owned(), Bson::from(1))).collect()
}

#[test]
fn what_never_changed_is_projected_by_the_server() {
    for projection in [
        doc! { "city": 1 },
        doc! { "_id": 0, "city": true, "unknown": { "field": 1 } },
        doc! { "city": 1, "unknown": { "$slice": 2 } },
        doc! { "city": { "$elemMatch": { "$gt": 1 } }, "_id": 0 },
    ] {
        assert_eq!(translate_projection::<User>(1, projection.clone()), Ok(Projecting::AsItIs(projection)));
    }
    let projection = doc! { "mail": { "$toUpper": "$city" } };
    assert_eq!(translate_projection::<UserV1>(1, projection.clone()), Ok(Projecting::AsItIs(projection)));
}

#[test]
fn all_that_an_upgrade_reads_is_sent() {
    let (sent, left) = here(doc! { "tags.zip": 1, "address.zip": 1, "_id": 0 });
    let mut expected = doc! { "tags.zip": 1 };
    expected.extend(all_names());
    assert_eq!(sent, Some(expected));
    assert_eq!(left, doc! { "address": { "zip": "1" }, "tags": [{ "zip": "2" }, [{ "zip": "4" }]] });
    let Ok(Projecting::Here { sent, .. }) = translate_projection::<Note>(4, doc! { "caption": 1 }) else {
        panic!()
    };
    assert_eq!(sent, None);
}

#[test]
fn what_no_version_reads_need_not_be_sent() {
    let without = doc! { "unknown": 0, "tags.zip": 0, "city": 0, "_id": 0 };
    let (sent, left) = here(without);
    assert_eq!(sent, Some(doc! { "unknown": 0, "tags.zip": 0 }));
    assert_eq!(left, doc! { "address": { "zip": "1", "street": "x" }, "tags": [{}, 3, [{}, 5]] });
    let (sent, left) = here(doc! {});
    assert_eq!((sent, left.len()), (None, 4));
}

#[test]
fn what_the_server_makes_of_fields_is_refused() {
    for (name, projection) in [
        ("city", doc! { "city": { "$slice": 1 } }),
        ("tags", doc! { "city": 1, "tags": { "$slice": 1 } }),
        ("login", doc! { "login": { "$elemMatch": { "$gt": 1 } } }),
        ("login", doc! { "login": "$city" }),
        ("tags.$", doc! { "tags.$": 1 }),
        // The server refuses these as well.
        ("city", doc! { "login": 1, "city": 0 }),
        ("address.zip", doc! { "address": 1, "address.zip": 1, "login": 1 }),
    ] {
        assert_eq!(
            translate_projection::<User>(1, projection).unwrap_err().to_string(),
            format!(
                "what the projection makes of `{name}` is for the server to say, and documents of version 2 are upgraded and cut \
                 here; backfill them first, or ask for whole fields"
            )
        );
    }
}
