//! One step of a chain: `From` where no conversion in it can fail, `TryFrom` where one can.
//!
//! Whether a step can fail is not written in the struct: `addresses: Vec<AddressV2>` may carry a `TryFrom`
//! three types further down. The generated code therefore computes a constant, `FALLIBLE`, and writes
//! both impls with a source type that depends on it:
//!
//! ```text
//! impl From   <<Step<FALLIBLE> as Source<V1, V2>>::From>    for V2
//! impl TryFrom<<Step<FALLIBLE> as Source<V1, V2>>::TryFrom> for V2
//! ```
//!
//! One of the two is `V1`, the other is [`Nothing`], which has no values; so V2 really has one conversion,
//! and neither impl contains a branch that must not be reached.

#![allow(missing_docs, reason = "only generated code names these items")]

use std::{convert::Infallible, error::Error};

use crate::{
    carry::Located,
    upgrade::{Cause, FieldPath, UpgradeError},
};

#[derive(Debug)]
pub enum Nothing {}

#[derive(Debug)]
pub struct Step<const FALLIBLE: bool>;

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

impl<Previous, Next> Source<Previous, Next> for Step<false> {
    type From = Previous;
    type TryFrom = Nothing;
    type Fault = Infallible;

    #[inline]
    fn from(source: Previous, convert: impl FnOnce(Previous) -> Result<Next, Infallible>) -> Next {
        let Ok(next) = convert(source);
        next
    }

    fn try_from(
        source: Nothing,
        _: impl FnOnce(Previous) -> Result<Next, Infallible>,
    ) -> Result<Next, UpgradeError> {
        match source {}
    }
}

impl<Previous, Next> Source<Previous, Next> for Step<true> {
    type From = Nothing;
    type TryFrom = Previous;
    type Fault = UpgradeError;

    fn from(source: Nothing, _: impl FnOnce(Previous) -> Result<Next, UpgradeError>) -> Next {
        match source {}
    }

    #[inline]
    fn try_from(
        source: Previous,
        convert: impl FnOnce(Previous) -> Result<Next, UpgradeError>,
    ) -> Result<Next, UpgradeError> {
        convert(source)
    }
}

/// The conversion that both impls share. A trait, so that `Self` means the new type in what the user wrote.
pub trait Convert<Previous>: Sized {
    type Fault;

    fn convert(previous: Previous) -> Result<Self, Self::Fault>;
}

/// A fault of a step out of the error of one of its fields.
#[diagnostic::on_unimplemented(
    message = "this conversion can fail, but its step was taken for one that cannot",
    label = "a field is converted here with an error that has to go somewhere",
    note = "say so with `#[versioned(try_with = TryFrom::try_from)]`; the error must convert to `Box<dyn Error + Send + Sync>`"
)]
pub trait AtField<E>: Sized {
    fn at_field(error: Located<E>, field: &'static str) -> Self;
}

impl AtField<Infallible> for Infallible {
    fn at_field(error: Located<Infallible>, _: &'static str) -> Self {
        error.error
    }
}

impl<E: Into<Cause>> AtField<E> for UpgradeError {
    fn at_field(Located { error, path }: Located<E>, field: &'static str) -> Self {
        UpgradeError::new(path.within_field(field), error.into())
    }
}

/// The step from `Previous` to this type, however it came to be: derived or written by hand.
#[diagnostic::on_unimplemented(
    message = "there is no step from `{Previous}` to `{Self}`",
    label = "this version needs a conversion from the one before it",
    note = "with `manual`, write `impl From<{Previous}> for {Self}`, or `impl TryFrom<{Previous}> for {Self}` \
            with an error that converts to `Box<dyn Error + Send + Sync>`"
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
