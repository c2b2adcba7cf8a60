//! Carried fields: the value of the field of the same name, converted where its type changed.
//!
//! The derive sees the new type of a field and not the old one, so the conversion is chosen by the
//! compiler, in this order:
//!
//! 1. direct: `TryFrom`, which every type has for itself and for what it has `From` for;
//! 2. lifted: through `Option`, `Box`, `Vec`, arrays and map values, to any depth.
//!
//! Both apply to `Vec<T>` from `Vec<T>`, and coherence has no order of preference; method resolution has
//! one. On `&&&between` it takes a method of `&&Between` before one of `&Between` before one of `Between`, and
//! that is how the generated code calls (the technique is known as autoref specialization).

#![allow(missing_docs, reason = "only generated code names these items")]

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    fmt,
    hash::{BuildHasher, Hash},
    marker::PhantomData,
};

use crate::upgrade::FieldPath;

/// An error and where it happened, below the field being carried.
#[derive(Debug)]
pub struct Located<E> {
    pub(crate) error: E,
    pub(crate) path: FieldPath,
}

impl<E> Located<E> {
    fn here(error: E) -> Self {
        Self { error, path: FieldPath::default() }
    }

    /// The place around it: a field.
    pub fn within_field(self, name: &'static str) -> Self {
        self.map_path(|path| path.within_field(name))
    }

    /// The place around it: a position.
    pub fn within_index(self, index: usize) -> Self {
        self.map_path(|path| path.within_index(index))
    }

    fn map_path(self, within: impl FnOnce(FieldPath) -> FieldPath) -> Self {
        Self { path: within(self.path), ..self }
    }
}

/// What a function of the user's returned, as what a carried field returns.
#[inline]
pub fn located<T, E>(result: Result<T, E>) -> Result<T, Located<E>> {
    result.map_err(Located::here)
}

/// A value of this type out of an `Old`. `Rule` says which implementation it is, so that they may overlap.
#[diagnostic::on_unimplemented(
    message = "this field cannot be carried over: there is no conversion from `{Old}` to `{Self}`",
    label = "its type was `{Old}` in the previous version",
    note = "implement `From` or `TryFrom`, derive `Upgrade` on an embedded type, or write \
            `#[versioned(with = ..)]` or `#[versioned(try_with = ..)]`"
)]
pub trait Carry<Old, Rule>: Sized {
    type Error;

    fn carry(old: Old) -> Result<Self, Located<Self::Error>>;

    /// What generated code calls: this trait and no bound of ours is what the compiler then finds missing.
    #[inline]
    fn carry_by(old: Old, _: By<Rule>) -> Result<Self, Located<Self::Error>> {
        Self::carry(old)
    }
}

/// [`Carry`] on the way back of a reversible step, where another message helps.
#[diagnostic::on_unimplemented(
    message = "this field has no way back: there is no conversion from `{Old}` to `{Self}`",
    label = "its type is `{Self}` in the previous version, and the step is `reversible`",
    note = "implement `From` or `TryFrom`, write `reversible` on an embedded type that derives `Upgrade`, or write \
            `#[versioned(back_with = ..)]`"
)]
pub trait CarryBack<Old, Rule>: Sized {
    type Error;

    fn carry_back_by(old: Old, rule: By<Rule>) -> Result<Self, Located<Self::Error>>;
}

#[diagnostic::do_not_recommend]
impl<Old, Rule, New: Carry<Old, Rule>> CarryBack<Old, Rule> for New {
    type Error = New::Error;

    #[inline]
    fn carry_back_by(old: Old, rule: By<Rule>) -> Result<Self, Located<Self::Error>> {
        New::carry_by(old, rule)
    }
}

/// The rule by which a field is carried.
#[derive(Debug)]
pub struct By<Rule>(PhantomData<Rule>);

#[derive(Debug)]
pub struct Direct;

#[diagnostic::do_not_recommend]
impl<Old, New: TryFrom<Old>> Carry<Old, Direct> for New {
    type Error = New::Error;

    fn carry(old: Old) -> Result<New, Located<New::Error>> {
        New::try_from(old).map_err(Located::here)
    }
}

#[derive(Debug)]
pub struct Lifted<Container, Rule>(PhantomData<(Container, Rule)>);

#[diagnostic::do_not_recommend]
impl<Old, New: Carry<Old, Rule>, Rule> Carry<Option<Old>, Lifted<Option<()>, Rule>> for Option<New> {
    type Error = New::Error;

    fn carry(old: Option<Old>) -> Result<Self, Located<Self::Error>> {
        old.map(New::carry).transpose()
    }
}

#[diagnostic::do_not_recommend]
impl<Old, New: Carry<Old, Rule>, Rule> Carry<Box<Old>, Lifted<Box<()>, Rule>> for Box<New> {
    type Error = New::Error;

    fn carry(old: Box<Old>) -> Result<Self, Located<Self::Error>> {
        New::carry(*old).map(Box::new)
    }
}

#[diagnostic::do_not_recommend]
impl<Old, New: Carry<Old, Rule>, Rule> Carry<Vec<Old>, Lifted<Vec<()>, Rule>> for Vec<New> {
    type Error = New::Error;

    fn carry(old: Vec<Old>) -> Result<Self, Located<Self::Error>> {
        carry_elements(old)
    }
}

#[diagnostic::do_not_recommend]
impl<Old, New: Carry<Old, Rule>, Rule, const N: usize> Carry<[Old; N], Lifted<[(); N], Rule>> for [New; N] {
    type Error = New::Error;

    #[expect(clippy::unreachable, reason = "there is no fallible `map` for arrays yet; the length is N")]
    fn carry(old: [Old; N]) -> Result<Self, Located<Self::Error>> {
        match Self::try_from(carry_elements(old)?) {
            Ok(new) => Ok(new),
            Err(_) => unreachable!("an array of N elements was converted to another number of elements"),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<K, Old, New, Rule, S> Carry<HashMap<K, Old, S>, Lifted<HashMap<(), ()>, Rule>> for HashMap<K, New, S>
where
    K: Eq + Hash + fmt::Debug,
    New: Carry<Old, Rule>,
    S: BuildHasher + Default,
{
    type Error = New::Error;

    fn carry(old: HashMap<K, Old, S>) -> Result<Self, Located<Self::Error>> {
        old.into_iter().map(carry_entry).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<K, Old, New, Rule> Carry<BTreeMap<K, Old>, Lifted<BTreeMap<(), ()>, Rule>> for BTreeMap<K, New>
where
    K: Ord + fmt::Debug,
    New: Carry<Old, Rule>,
{
    type Error = New::Error;

    fn carry(old: BTreeMap<K, Old>) -> Result<Self, Located<Self::Error>> {
        old.into_iter().map(carry_entry).collect()
    }
}

fn carry_elements<Old, New, Rule>(old: impl IntoIterator<Item = Old>) -> Result<Vec<New>, Located<New::Error>>
where
    New: Carry<Old, Rule>,
{
    old.into_iter()
        .enumerate()
        .map(|(index, old)| New::carry(old).map_err(|e| e.map_path(|path| path.within_index(index))))
        .collect()
}

fn carry_entry<K, Old, New, Rule>((key, old): (K, Old)) -> Result<(K, New), Located<New::Error>>
where
    K: fmt::Debug,
    New: Carry<Old, Rule>,
{
    match New::carry(old) {
        Ok(new) => Ok((key, new)),
        Err(error) => Err(error.map_path(|path| path.within_key(&key))),
    }
}

/// The pair of types that generated code asks a conversion for.
#[derive(Debug)]
pub struct Between<Old, New>(PhantomData<(Old, New)>);

/// Names the pair by the value to convert.
pub fn between<Old, New>(_: &Old) -> Between<Old, New> {
    Between(PhantomData)
}

/// Names the pair where the new type is that of a field nobody has written down here. The function is only asked for
/// its type, never called.
pub fn between_field<Old, To, New>(_: &Old, _: fn(To) -> New) -> Between<Old, New> {
    Between(PhantomData)
}

pub trait CarryDirect<E> {
    fn __schema_rule(&self) -> By<Direct>;
    fn __schema_error(&self) -> ErrorOf<E>;
}

impl<Old, New: TryFrom<Old>> CarryDirect<New::Error> for &&Between<Old, New> {
    fn __schema_rule(&self) -> By<Direct> {
        By(PhantomData)
    }

    fn __schema_error(&self) -> ErrorOf<New::Error> {
        ErrorOf(PhantomData)
    }
}

/// Whichever rule fits; also the one to complain about where none does.
pub trait CarryLifted {
    fn __schema_rule<Rule>(&self) -> By<Rule>;
}

impl<Old, New> CarryLifted for &Between<Old, New> {
    fn __schema_rule<Rule>(&self) -> By<Rule> {
        By(PhantomData)
    }
}

pub trait LiftedError<New, E, Rule> {
    fn __schema_error(&self) -> ErrorOf<E>;
}

impl<Old, New: Carry<Old, Rule>, Rule> LiftedError<New, New::Error, Rule> for &Between<Old, New> {
    fn __schema_error(&self) -> ErrorOf<New::Error> {
        ErrorOf(PhantomData)
    }
}

/// No conversion at all: said once, where the value is carried, so the question after its error has an
/// answer too.
pub trait NoError {
    fn __schema_error(&self) -> ErrorOf<Infallible>;
}

impl<Old, New> NoError for Between<Old, New> {
    fn __schema_error(&self) -> ErrorOf<Infallible> {
        ErrorOf(PhantomData)
    }
}

/// The error type of a conversion, to be asked whether it can happen.
#[derive(Debug)]
pub struct ErrorOf<E>(PhantomData<E>);

pub trait CannotFail {
    fn __schema_verdict(&self) -> Never;
}

impl CannotFail for &ErrorOf<Infallible> {
    fn __schema_verdict(&self) -> Never {
        Never
    }
}

pub trait CanFail {
    fn __schema_verdict(&self) -> Maybe;
}

impl<E> CanFail for ErrorOf<E> {
    fn __schema_verdict(&self) -> Maybe {
        Maybe
    }
}

/// The answer "this conversion never fails", as a type.
#[derive(Debug)]
pub struct Never;

/// The answer "this conversion may fail", as a type.
#[derive(Debug)]
pub struct Maybe;

pub trait Verdict {
    const FALLIBLE: bool;
}

impl Verdict for Never {
    const FALLIBLE: bool = false;
}

impl Verdict for Maybe {
    const FALLIBLE: bool = true;
}

/// No fields, no failure.
impl Verdict for () {
    const FALLIBLE: bool = false;
}

/// The fields of a step: one, and the others.
impl<One: Verdict, Others: Verdict> Verdict for (One, Others) {
    const FALLIBLE: bool = One::FALLIBLE || Others::FALLIBLE;
}

/// The answer as a constant. The function is only asked for its type, never called.
pub const fn can_fail<Previous, V: Verdict>(_: fn(Previous) -> V) -> bool {
    V::FALLIBLE
}
