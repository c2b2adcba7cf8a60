//! Single documents through merge and update.

use bson::{Bson, Document, RawDocumentBuf, doc};

use super::{Documents, Loss, Obstacle, Path, Types, Update, difference};

/// Types that say the same for every place.
#[derive(Default)]
pub(super) struct Told {
    pub(super) names: &'static [&'static str],
    pub(super) reads: &'static [&'static str],
    pub(super) carries_elements: bool,
}

impl Types for Told {
    fn has_name(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    fn reads(&self, place: &Path) -> bool {
        self.reads.contains(&place.to_string().as_str())
    }

    fn carries_elements(&self, _: &Path) -> bool {
        self.carries_elements
    }
}

fn fields(set: Document, unset: &[&str]) -> Result<Update, Loss> {
    let set = RawDocumentBuf::try_from(&set).unwrap();
    Ok(Update { set, unset: unset.iter().map(ToString::to_string).collect(), whole: false })
}

pub(super) fn with(
    types: &Told,
    stored: &Document,
    known: &Document,
    upgraded: &Document,
) -> Result<Update, Loss> {
    let [stored, known, upgraded] =
        [stored, known, upgraded].map(|document| RawDocumentBuf::try_from(document).unwrap());
    match difference(&Documents::new(&stored, &known, &upgraded).unwrap(), types) {
        Ok(update) => Ok(update),
        Err(Obstacle::Loss(loss)) => Err(loss),
        Err(Obstacle::Malformed(error)) => panic!("{error}"),
    }
}

fn between(stored: &Document, known: &Document, upgraded: &Document) -> Result<Update, Loss> {
    with(&Told::default(), stored, known, upgraded)
}

/// The message of a loss, up to what to do about it.
fn loss(result: Result<Update, Loss>) -> String {
    let message = result.unwrap_err().to_string();
    message.split_once(';').map_or(message.as_str(), |(start, _)| start).to_owned()
}

#[test]
fn unknown_fields_stay_at_every_depth() {
    let stored = doc! { "_id": 1, "name": "a", "note": "mine", "place": { "zip": "1", "note": "mine" } };
    let known = doc! { "_id": 1, "name": "a", "place": { "zip": "1" } };
    let upgraded = doc! { "_id": 1, "title": "a", "place": { "zip": 1 } };
    assert_eq!(
        between(&stored, &known, &upgraded),
        fields(doc! { "place": { "zip": 1, "note": "mine" }, "title": "a" }, &["name"])
    );
}

#[test]
fn a_known_name_that_is_not_written_is_removed() {
    let stored = doc! { "sku": Bson::Null };
    let told = Told { names: &["sku"], ..Told::default() };
    assert_eq!(with(&told, &stored, &doc! {}, &doc! {}), fields(doc! {}, &["sku"]));
    assert_eq!(between(&stored, &doc! {}, &doc! {}), fields(doc! {}, &[]));
}

#[test]
fn somebody_elses_field_is_not_overwritten() {
    let (stored, known) = (doc! { "name": "a", "tags": "mine" }, doc! { "name": "a" });
    let upgraded = doc! { "name": "a", "tags": [] };
    let message = loss(between(&stored, &known, &upgraded));
    assert!(message.starts_with("`tags` is stored with another value"), "{message}");
    // Where both say the same, nobody loses anything.
    let upgraded = doc! { "name": "a", "tags": "mine" };
    assert_eq!(between(&stored, &known, &upgraded), fields(doc! {}, &[]));
    // One that the version looks at without writing it is its own.
    let told = Told { reads: &["tags"], ..Told::default() };
    let upgraded = doc! { "name": "a", "tags": [] };
    assert_eq!(with(&told, &stored, &known, &upgraded), fields(doc! { "tags": [] }, &[]));
}

#[test]
fn somebody_elses_field_is_not_overwritten_inside_a_document_or_a_list() {
    let stored = doc! { "place": { "zip": "1", "code": 7 } };
    let known = doc! { "place": { "zip": "1" } };
    let upgraded = doc! { "place": { "code": 1 } };
    assert!(loss(between(&stored, &known, &upgraded)).starts_with("`place.code` is stored with another"));
    let list = |place: Document| doc! { "places": [place] };
    let told = Told { carries_elements: true, ..Told::default() };
    let result = with(
        &told,
        &list(doc! { "zip": "1", "code": 7 }),
        &list(doc! { "zip": "1" }),
        &list(doc! { "code": 1 }),
    );
    assert!(loss(result).starts_with("`places[0].code` is stored with another"));
}

#[test]
fn what_is_inside_a_removed_value_is_not_lost() {
    let stored = doc! { "place": { "zip": "1", "note": "mine" } };
    let known = doc! { "place": { "zip": "1" } };
    let removed = "`place.note` is unknown to the stored version and would be lost, because the conversion removes or \
                   replaces `place`";
    assert_eq!(loss(between(&stored, &known, &doc! {})), removed);
    assert_eq!(loss(between(&stored, &known, &doc! { "place": "1" })), removed);
    assert_eq!(between(&known, &known, &doc! {}), fields(doc! {}, &["place"]));
    // A null that an `Option` inside has read and not written again is the type's own.
    let told = Told { reads: &["place.note"], ..Told::default() };
    assert_eq!(with(&told, &stored, &known, &doc! {}), fields(doc! {}, &["place"]));
}

#[test]
fn a_value_in_another_form_than_it_was_read_is_looked_into() {
    // One or many: read from one, written as a list.
    let stored = doc! { "legs": { "price": "1", "note": "x" } };
    let (known, upgraded) = (doc! { "legs": [{ "price": "1" }] }, doc! { "legs": [{ "price": 1 }] });
    let told = Told { reads: &["legs.price"], ..Told::default() };
    assert!(loss(with(&told, &stored, &known, &upgraded)).starts_with("`legs.note` is unknown"));
    let told = Told { reads: &["legs.price", "legs.note"], ..Told::default() };
    assert_eq!(with(&told, &stored, &known, &upgraded), fields(upgraded.clone(), &[]));
}

#[test]
fn names_that_no_path_can_say_are_names() {
    let stored = doc! { "_id": 1, "map": { "a.b": 1, "note": "x" } };
    let known = doc! { "_id": 1, "map": { "a.b": 1 } };
    let upgraded = doc! { "_id": 1, "map": { "a.b": 2 } };
    let expected = fields(doc! { "map": { "a.b": 2, "note": "x" } }, &[]);
    assert_eq!(between(&stored, &known, &upgraded), expected);
    let stored = doc! { "_id": 1, "a.b": 1, "note": "x" };
    let known = doc! { "_id": 1, "a.b": 1 };
    let upgraded = doc! { "_id": 1, "$c": 1 };
    assert_eq!(between(&stored, &known, &upgraded), fields(doc! { "$c": 1 }, &["a.b"]));
}

#[test]
fn numbers_the_step_left_alone_keep_their_stored_type() {
    let stored = doc! { "n": 3.0, "m": 3.0, "list": [3.0, 4_i64] };
    let known = doc! { "n": 3, "m": 3, "list": [3, 4] };
    let upgraded = doc! { "n": 3, "m": 3_i64, "list": [3, 4] };
    assert_eq!(between(&stored, &known, &upgraded), fields(doc! { "m": 3_i64 }, &[]));
}

#[test]
fn nan_is_no_difference() {
    let document = doc! { "n": f64::NAN };
    assert_eq!(between(&document, &document, &document), fields(doc! {}, &[]));
}

/// A list of elements with the fields that the stored version knows, and the same with a note of somebody's.
fn sizes(known: &[Document]) -> (Document, Document) {
    let noted = known.iter().enumerate().map(|(index, size)| {
        let mut size = size.clone();
        size.insert("note", format!("of {index}"));
        size
    });
    (doc! { "sizes": noted.collect::<Vec<_>>() }, doc! { "sizes": known.to_vec() })
}

#[test]
fn elements_keep_their_unknown_fields_where_the_list_is_carried() {
    let (stored, known) = sizes(&[doc! { "grams": "1" }, doc! { "grams": "2" }]);
    let upgraded = doc! { "sizes": [{ "grams": 1 }, { "grams": 2 }] };
    let told = Told { carries_elements: true, ..Told::default() };
    let merged = doc! { "sizes": [{ "grams": 1, "note": "of 0" }, { "grams": 2, "note": "of 1" }] };
    assert_eq!(with(&told, &stored, &known, &upgraded), fields(merged, &[]));
    // A function of somebody's may have changed their places.
    let message = loss(between(&stored, &known, &upgraded));
    assert!(message.starts_with("`sizes[0].note` is unknown to the stored version, and"), "{message}");
}

#[test]
fn elements_are_found_again_by_id() {
    let (stored, known) =
        sizes(&[doc! { "id": 7, "grams": "1" }, doc! { "id": 8, "grams": "2" }, doc! { "id": 9 }]);
    let upgraded = doc! { "sizes": [{ "id": 9 }, { "id": 6 }, { "id": 8, "kg": 2 }, { "id": 7, "kg": 1 }] };
    let merged = doc! { "sizes": [
        { "id": 9, "note": "of 2" }, { "id": 6 }, { "id": 8, "note": "of 1", "kg": 2 }, { "id": 7, "note": "of 0", "kg": 1 },
    ] };
    assert_eq!(between(&stored, &known, &upgraded), fields(merged, &[]));
    let dropped = doc! { "sizes": [{ "id": 9 }, { "id": 7, "kg": 1 }] };
    assert!(loss(between(&stored, &known, &dropped)).starts_with("`sizes[1].note` is unknown"));
    let ambiguous = doc! { "sizes": [{ "id": 9 }, { "id": 9 }, { "id": 8, "kg": 1 }, { "id": 7 }] };
    assert!(loss(between(&stored, &known, &ambiguous)).starts_with("`sizes[0].note` is unknown"));
}

#[test]
fn elements_that_still_have_all_they_had_are_the_same() {
    let (stored, known) = sizes(&[doc! { "label": "s" }, doc! { "label": "m" }]);
    let upgraded = doc! { "sizes": [{ "label": "s", "rank": 1 }, { "label": "m", "rank": 2 }] };
    let merged = doc! { "sizes": [
        { "label": "s", "note": "of 0", "rank": 1 }, { "label": "m", "note": "of 1", "rank": 2 },
    ] };
    assert_eq!(between(&stored, &known, &upgraded), fields(merged, &[]));
    let reversed = doc! { "sizes": [{ "label": "m" }, { "label": "s" }] };
    assert!(loss(between(&stored, &known, &reversed)).starts_with("`sizes[0].note` is unknown"));
    // Two alike could have changed places unseen.
    let (stored, known) = sizes(&[doc! { "label": "s" }, doc! { "label": "s" }]);
    let upgraded = doc! { "sizes": [{ "label": "s", "rank": 1 }, { "label": "s", "rank": 2 }] };
    assert!(loss(between(&stored, &known, &upgraded)).starts_with("`sizes[0].note` is unknown"));
}

#[test]
fn a_list_without_unknown_content_becomes_what_the_step_made_of_it() {
    let known = doc! { "sizes": [{ "grams": "1" }, { "grams": "2" }] };
    for sizes in [doc! { "sizes": [{ "grams": 2 }] }, doc! { "sizes": [{ "grams": 2 }, { "kg": 1 }] }] {
        assert_eq!(between(&known, &known, &sizes), fields(sizes.clone(), &[]));
    }
}
