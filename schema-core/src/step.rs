//! One step of a chain: `From` where no conversion in it can fail, `TryFrom` where one can.
//!
//! Whether a step can fail is not written in the struct: `addresses: Vec<AddressV2>` may carry a `TryFrom`
//! three types further down. The generated code therefore computes a constant, `FALLIBLE`, and writes
//! both impls with a source type that depends on it:
//!
//! ```text
//! impl From   <<Step<FALLIBLE, V2> as Source<V1, V2>>::From>    for V2
//! impl TryFrom<<Step<FALLIBLE, V2> as Source<V1, V2>>::TryFrom> for V2
//! ```
//!
//! One of the two is `V1`, the other is [`Nothing`], which has no values; so V2 really has one conversion,
//! and neither impl contains a branch that must not be reached. The way back of a reversible step is made alike.

#![allow(missing_docs, reason = "only generated code names these items")]

use std::{convert::Infallible, error::Error, marker::PhantomData};

use crate::{
    carry::Located,
    upgrade::{Cause, FieldPath, UpgradeError},
};

/// Has no values. One for each previous type, as a type may have steps from several: the version before it and, where
/// that goes back, the one after it.
#[derive(Debug)]
pub struct Nothing<Previous>(Infallible, PhantomData<Previous>);

#[derive(Debug)]
pub struct Fallible<const FALLIBLE: bool>;

/// `Fallible<FALLIBLE>`, by a detour. Where a mistake in the attributes leaves the constant without a value,
/// the bare type would match both impls of [`Source`], and the compiler would add to the mistake that `Next`
/// has two conflicting conversions. What a function returns is a single answer, so it is found to be wrong,
/// and nothing is said about what depends on it.
type Step<const FALLIBLE: bool, Next> = <fn() -> Fallible<FALLIBLE> as Returns<Next>>::Type;

/// `Next` makes the question one that only its own crate can answer, which coherence insists on.
pub trait Returns<Next> {
    type Type;
}

impl<F: FnOnce() -> T, T, Next> Returns<Next> for F {
    type Type = T;
}

pub trait Source<Previous, Next> {
    type From;
    type TryFrom;
    /// What the conversion may end with: nothing, or an [`UpgradeError`].
    type Fault;

    fn from(source: Self::From, convert: impl FnOnce(Previous) -> Result<Next, Self::Fault>) -> Next;

    fn try_from(
        source: Self::TryFrom,
        convert: impl FnOnce(Previous) -> Result<Next, Self::Fault>,
    ) -> Result<Next, UpgradeError>;
}

/// What `From` converts from: `Previous`, or nothing.
pub type Infallibly<const FALLIBLE: bool, Previous, Next> =
    <Step<FALLIBLE, Next> as Source<Previous, Next>>::From;

/// What `TryFrom` converts from: `Previous`, or nothing.
pub type Fallibly<const FALLIBLE: bool, Previous, Next> =
    <Step<FALLIBLE, Next> as Source<Previous, Next>>::TryFrom;

/// What the conversion may end with.
pub type StepFault<const FALLIBLE: bool, Previous, Next> =
    <Step<FALLIBLE, Next> as Source<Previous, Next>>::Fault;

impl<Previous, Next> Source<Previous, Next> for Fallible<false> {
    type From = Previous;
    type TryFrom = Nothing<Previous>;
    type Fault = Infallible;

    #[inline]
    fn from(source: Previous, convert: impl FnOnce(Previous) -> Result<Next, Infallible>) -> Next {
        let Ok(next) = convert(source);
        next
    }

    fn try_from(
        source: Nothing<Previous>,
        _: impl FnOnce(Previous) -> Result<Next, Infallible>,
    ) -> Result<Next, UpgradeError> {
        match source.0 {}
    }
}

impl<Previous, Next> Source<Previous, Next> for Fallible<true> {
    type From = Nothing<Previous>;
    type TryFrom = Previous;
    type Fault = UpgradeError;

    fn from(source: Nothing<Previous>, _: impl FnOnce(Previous) -> Result<Next, UpgradeError>) -> Next {
        match source.0 {}
    }

    #[inline]
    fn try_from(
        source: Previous,
        convert: impl FnOnce(Previous) -> Result<Next, UpgradeError>,
    ) -> Result<Next, UpgradeError> {
        convert(source)
    }
}

/// The conversion that both impls share. A trait of the type that the derive stands on, in both directions, so that
/// `Self` means that type in what the user wrote.
pub trait Convert<Old, New> {
    type Fault;

    fn convert(old: Old) -> Result<New, Self::Fault>;
}

/// What the generated `From` does.
#[inline]
pub fn from<const FALLIBLE: bool, This, Old, New>(
    source: <Fallible<FALLIBLE> as Source<Old, New>>::From,
) -> New
where
    Fallible<FALLIBLE>: Source<Old, New>,
    This: Convert<Old, New, Fault = <Fallible<FALLIBLE> as Source<Old, New>>::Fault>,
{
    <Fallible<FALLIBLE> as Source<Old, New>>::from(source, This::convert)
}

/// What the generated `TryFrom` does.
#[inline]
pub fn try_from<const FALLIBLE: bool, This, Old, New>(
    source: <Fallible<FALLIBLE> as Source<Old, New>>::TryFrom,
) -> Result<New, UpgradeError>
where
    Fallible<FALLIBLE>: Source<Old, New>,
    This: Convert<Old, New, Fault = <Fallible<FALLIBLE> as Source<Old, New>>::Fault>,
{
    <Fallible<FALLIBLE> as Source<Old, New>>::try_from(source, This::convert)
}

/// A fault of a step out of the error of one of its fields.
#[diagnostic::on_unimplemented(
    message = "the error `{E}` of this conversion cannot be the error of a step",
    label = "this conversion can fail with `{E}`",
    note = "implement `std::error::Error` for it, or return another error: it must convert to \
            `Box<dyn Error + Send + Sync>`",
    note = "in a generic type, a carried field is taken for one that cannot fail: write \
            `#[versioned(try_with = TryFrom::try_from)]`"
)]
pub trait AtField<E>: Sized {
    /// Ends a step.
    fn at_field<T>(error: Located<E>) -> Result<T, Self>;
}

#[diagnostic::do_not_recommend]
impl AtField<Infallible> for Infallible {
    fn at_field<T>(error: Located<Infallible>) -> Result<T, Self> {
        match error.error {}
    }
}

#[diagnostic::do_not_recommend]
impl<E: Into<Cause>> AtField<E> for UpgradeError {
    fn at_field<T>(Located { error, path }: Located<E>) -> Result<T, Self> {
        Err(UpgradeError::new(path, error.into()))
    }
}

/// The step from `Previous` to this type, however it came to be: derived or written by hand.
#[diagnostic::on_unimplemented(
    message = "there is no step from `{Previous}` to `{Self}`",
    label = "this leaves the step to you",
    note = "write `impl From<{Previous}> for {Self}`, or `impl TryFrom<{Previous}> for {Self}` with an error \
            that converts to `Box<dyn Error + Send + Sync>`"
)]
pub trait UpgradeFrom<Previous>: Sized {
    fn upgrade_from(previous: Previous) -> Result<Self, UpgradeError>;
}

#[diagnostic::do_not_recommend]
impl<Previous, Next> UpgradeFrom<Previous> for Next
where
    Next: TryFrom<Previous>,
    Next::Error: Into<Box<dyn Error + Send + Sync>>,
{
    #[inline]
    fn upgrade_from(previous: Previous) -> Result<Next, UpgradeError> {
        Next::try_from(previous).map_err(|error| UpgradeError::new(FieldPath::default(), error.into()))
    }
}
