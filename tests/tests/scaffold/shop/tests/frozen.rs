//! What was released stays as it was. Nothing in here names a version that is to come.

use schema_runtime::testing::{Golden, Lock};
use shop::{
    accounts::{Account, AccountV1},
    articles::{Article, Video},
    current::Note,
    events::{Event, EventV1, EventV2, State},
    flights::{Flight, FlightV2, FlightV3, sample},
    measures::Sample,
    users::model::User,
};

#[test]
fn released_versions_are_what_they_were() {
    Lock::new("schema.lock")
        .document::<Account>()
        .document::<Article>()
        .document::<Video>()
        .document::<shop::carts::Cart>()
        .document::<shop::current::Note>()
        .document::<Event>()
        .document::<State>()
        .document::<Flight>()
        .document::<shop::legacy::Device>()
        .document_as::<Sample<i32>>("numbers")
        .document::<User>()
        .assert();
}

#[test]
fn stored_accounts_are_read_as_before() {
    let account = AccountV1 { name: "Ada Lovelace".to_owned() };
    let current = Account { first: "Ada".to_owned(), last: "Lovelace".to_owned() };
    assert!(Golden::<Account>::new("golden/accounts").example(&account).example(&current).add_if_asked().is_ok());
}

/// The golden documents within a macro.
trait AddIfAsked {
    fn add_if_asked(self) -> Result<(), schema_runtime::testing::Findings>;
}

impl<T: schema_runtime::DecodeOwned> AddIfAsked for Golden<T> {
    fn add_if_asked(self) -> Result<(), schema_runtime::testing::Findings> {
        if std::env::var("SCHEMA_GOLDEN").is_ok() {
            self.add()?;
        }
        self.check()
    }
}

#[test]
fn stored_articles_are_read_as_before() {
    Golden::<Article>::new("golden/articles").example(&Article { text: "Tea".to_owned() }).assert();
    Golden::<Video>::new("golden/videos").example(&Video { seconds: 90 }).assert();
}

#[test]
fn stored_events_are_read_as_before() {
    Golden::<Event>::new("golden/events")
        .example(&EventV1::Created { name: "Tea".to_owned() })
        .example(&EventV1::Moved { room: 1 })
        .example(&EventV1::Paused)
        .example(&EventV2::Created { title: "Tea".to_owned() })
        .example(&EventV2::Relocated { room: 1 })
        .example(&EventV2::Closed)
        .assert();
    Golden::<State>::new("golden/states")
        .example(&State::State("tea".to_owned()))
        .example(&State::Pair(1, "tea".to_owned()))
        .example(&State::Unknown)
        .assert();
}

#[test]
fn stored_flights_are_read_as_before() {
    let row = sample().unwrap().next().unwrap().unwrap();
    let of = |row| schema_runtime::bson::deserialize_from_document::<shop::flights::FlightV1>(row);
    let first = of(row.clone()).unwrap();
    let second: FlightV2 = schema_runtime::bson::deserialize_from_document(row.clone()).unwrap();
    let third: FlightV3 = schema_runtime::bson::deserialize_from_document(row).unwrap();
    Golden::<Flight>::new("golden/flights").example(&first).example(&second).example(&third).assert();
}

#[test]
fn stored_notes_are_read_as_before() {
    use shop::notes::{NoteV1, NoteV2};

    let rest = schema_runtime::Unknown::new();
    Golden::<Note>::new("golden/notes")
        .example(&NoteV1 { text: "Tea".to_owned(), author: None })
        .example(&NoteV2 { text: "Tea".to_owned(), author: Some("ada".to_owned()), rest })
        .assert();
}
