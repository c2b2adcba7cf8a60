//! The keys of `#[versioned(..)]` on a field.

use schema_runtime::{UpgradeError, VersionedDocument};

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct PersonV1 {
    name: String,
    first: String,
    last: String,
    born: i32,
    r#type: String,
    note: Option<String>,
}

fn person() -> PersonV1 {
    PersonV1 {
        name: "ada".into(),
        first: "Ada".into(),
        last: "Lovelace".into(),
        born: 1815,
        r#type: "mathematician".into(),
        note: None,
    }
}

/// Every rule that cannot fail, each in one field.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = PersonV1)]
struct PersonV2 {
    /// No key: the field of the same name, here also under a keyword.
    r#type: String,
    note: Option<String>,
    #[versioned(from = name)]
    login: String,
    #[versioned(from(first, last), with = full_name)]
    full_name: String,
    /// The arguments come in the order they are named in, whatever the order of the fields.
    #[versioned(from(last, first), with = |last: String, first: String| format!("{last}, {first}"))]
    sorted_name: String,
    #[versioned(with = i64::from)]
    born: i64,
    #[versioned(compute = initials)]
    initials: String,
    #[versioned(added)]
    tags: Vec<String>,
    #[versioned(added = 1 + 1)]
    revision: u8,
    #[versioned(added = String::from("en"))]
    language: String,
    #[versioned(added = "unknown".to_owned())]
    country: String,
}

fn full_name(first: String, last: String) -> String {
    format!("{first} {last}")
}

fn initials(old: &PersonV1) -> String {
    [&old.first, &old.last].iter().filter_map(|name| name.chars().next()).collect()
}

#[test]
fn every_key_gives_its_field_a_value() {
    let expected = PersonV2 {
        r#type: "mathematician".into(),
        note: None,
        login: "ada".into(),
        full_name: "Ada Lovelace".into(),
        sorted_name: "Lovelace, Ada".into(),
        born: 1815,
        initials: "AL".into(),
        tags: vec![],
        revision: 2,
        language: "en".into(),
        country: "unknown".into(),
    };
    assert_eq!(PersonV2::from(person()), expected);
}

/// A keyword as a source.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = PersonV1, removed(name, first, last, born, note))]
struct TypedV2 {
    #[versioned(from = r#type)]
    kind: String,
}

#[test]
fn a_keyword_may_be_a_source() {
    assert_eq!(TypedV2::from(person()).kind, "mathematician");
}

/// `compute` looks at fields that are dropped in the same step.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = PersonV1, removed(name, first, last, born, r#type, note))]
struct SummaryV2 {
    #[versioned(compute = |old: &PersonV1| format!("{} ({})", old.name, old.born))]
    summary: String,
}

#[test]
fn compute_sees_the_whole_previous_document() {
    assert_eq!(SummaryV2::from(person()).summary, "ada (1815)");
}

/// The errors of `try_with` and `try_compute` may be anything that boxes: the types people write first.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = PersonV1, removed(note))]
struct StrictV2 {
    #[versioned(try_with = |name: String| if name.is_empty() { Err("the name is empty") } else { Ok(name) })]
    name: String,
    #[versioned(try_with = no_digits)]
    first: String,
    #[versioned(try_with = boxed)]
    last: String,
    #[versioned(with = i64::from)]
    born: i64,
    #[versioned(from(r#type), try_with = |kind: String| kind.parse::<Kind>())]
    kind: Kind,
    #[versioned(try_compute = age)]
    age: u8,
}

fn no_digits(name: String) -> Result<String, String> {
    if name.contains(|letter: char| letter.is_ascii_digit()) {
        return Err(format!("`{name}` has a digit in it"));
    }
    Ok(name)
}

fn boxed(name: String) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    if name.len() > 20 {
        return Err("the name is too long".into());
    }
    Ok(name)
}

fn age(old: &PersonV1) -> Result<u8, std::num::TryFromIntError> {
    u8::try_from(1852 - old.born)
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
enum Kind {
    Mathematician,
}

#[derive(Debug)]
struct UnknownKind(String);

impl std::fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no kind `{}`", self.0)
    }
}

impl std::error::Error for UnknownKind {}

impl std::str::FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        match text {
            "mathematician" => Ok(Self::Mathematician),
            other => Err(UnknownKind(other.to_owned())),
        }
    }
}

#[test]
fn a_fallible_rule_gives_its_value() {
    let strict = StrictV2::try_from(person()).unwrap();
    assert_eq!((strict.born, strict.age, strict.kind), (1815, 37, Kind::Mathematician));
}

#[test]
fn a_fallible_rule_that_fails_names_its_field_and_keeps_the_cause() {
    type Spoil = fn(&mut PersonV1);
    let cases: [(Spoil, &str, &str); 5] = [
        (|p| p.name.clear(), "name", "the name is empty"),
        (|p| p.first = "4da".into(), "first", "`4da` has a digit in it"),
        (|p| p.last = "L".repeat(21), "last", "the name is too long"),
        (|p| p.r#type = "cook".into(), "kind", "there is no kind `cook`"),
        (|p| p.born = 1500, "age", "out of range integral type conversion attempted"),
    ];
    for (spoil, path, cause) in cases {
        let mut old = person();
        spoil(&mut old);
        let error = StrictV2::try_from(old).unwrap_err();
        assert_eq!((error.path().to_string().as_str(), cause_of(&error).as_str()), (path, cause));
    }
}

fn cause_of(error: &UpgradeError) -> String {
    std::error::Error::source(error).map(ToString::to_string).unwrap_or_default()
}

/// The cause is the error itself, not a copy of its text.
#[test]
fn the_cause_can_be_asked_for_its_type() {
    let error = StrictV2::try_from(PersonV1 { r#type: "cook".into(), ..person() }).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.downcast_ref::<UnknownKind>().unwrap().0, "cook");
}

/// `Self` is the new version, in types and in functions.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = PersonV1, removed(first, last, r#type, note))]
struct OwnV2 {
    #[versioned(with = Self::capital)]
    name: String,
    #[versioned(try_with = Self::year)]
    born: u16,
    #[versioned(added = Self::CURRENCY.to_owned())]
    currency: String,
    #[versioned(added)]
    parents: Vec<Self>,
}

impl OwnV2 {
    const CURRENCY: &'static str = "GBP";

    fn capital(name: String) -> String {
        name.to_uppercase()
    }

    fn year(born: i32) -> Result<u16, std::num::TryFromIntError> {
        born.try_into()
    }
}

#[test]
fn self_is_the_new_version() {
    let expected = OwnV2 { name: "ADA".into(), born: 1815, currency: "GBP".into(), parents: vec![] };
    assert_eq!(OwnV2::try_from(person()).unwrap(), expected);
}

/// The types of a closure's parameters are those of the old fields, without being written.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = PersonV1, removed(note, r#type))]
struct TersePerson {
    #[versioned(with = |name| name.to_uppercase())]
    name: String,
    #[versioned(from(first, last), with = |first, last| first.len() + last.len())]
    letters: usize,
    #[versioned(try_with = |born| born.checked_add(100).ok_or("too late"))]
    born: i32,
    #[versioned(compute = |old| old.note.is_some())]
    noted: bool,
    #[versioned(try_compute = |old| old.name.chars().next().ok_or("no name"))]
    initial: char,
}

#[test]
fn closures_need_no_types() {
    let expected = TersePerson { name: "ADA".into(), letters: 11, born: 1915, noted: false, initial: 'a' };
    assert_eq!(TersePerson::try_from(person()).unwrap(), expected);
}
