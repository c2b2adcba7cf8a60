//! A document that is offered field by field.

use std::borrow::Cow;

use serde::de::{Deserialize, MapAccess};

use super::{Way, one_line, tape::Tape};
use crate::{
    chain::Chain,
    decode::resolve,
    document::{Decode, Unobserved},
    error::{BodyError, DecodeError, DecodeErrorKind, PeekError},
    kind::Found,
    locate::locate,
    origin::Origin,
    stored::{InvalidVersion, VersionValue},
    tracked::Failure,
    upgrade::FieldPath,
};

/// Reads the document whose first key has been read.
///
/// All of it is kept first. Then it is read as its type, which is compiled once for each type, and not for each kind of
/// map, of which bson has a dozen; and once more where the first time fails, to find the place.
// Out of the way of bytes, which take the other branch.
#[inline(never)]
pub(super) fn read<'de, T, W: Way<'de, T>, A: MapAccess<'de>>(
    first: Option<Cow<'de, str>>,
    map: A,
    human_readable: bool,
) -> Result<T, A::Error> {
    let tape = Tape::record(first, map, human_readable)?;
    W::of_fields(&tape).map_err(one_line)
}

pub(crate) fn decode_fields<'de, T: Decode<'de>>(tape: &Tape<'de>) -> Result<T, DecodeError> {
    play(tape).map_err(|kind| DecodeError::without_id(T::CHAIN, kind))
}

fn play<'de, T: Decode<'de>>(tape: &Tape<'de>) -> Result<T, DecodeErrorKind> {
    let (stored, origin) = (stored_version(&T::CHAIN, tape)?, Origin::Fields(tape));
    let document = T::decode_at(stored, tape.play::<Failure>(), &mut Unobserved(origin));
    document.map_err(|fault| {
        fault.kind(stored, |error| {
            let error = BodyError::new(FieldPath::default(), error.to_string());
            locate::<T, _>(stored, Some(tape.play::<Failure>()), origin, error)
        })
    })
}

fn stored_version(chain: &Chain, tape: &Tape<'_>) -> Result<u32, DecodeErrorKind> {
    if let Some(kind) = &chain.kind {
        kind.check(&Found::in_fields(tape, kind.key))?;
    }
    let peeked =
        tape.get::<Failure>(chain.version_field).map(|value| match VersionValue::deserialize(value) {
            Ok(VersionValue(version)) => version,
            Err(error) => Err(InvalidVersion::new(error.to_string())),
        });
    resolve(chain, peeked.transpose().map_err(PeekError::Invalid))
}
