//! A document that is offered field by field.

use std::borrow::Cow;

use serde::de::{Error, MapAccess};

use super::{KEY, buffer::Buffer, prefixed::Prefixed};
use crate::{
    chain::Chain,
    decode::{Fault, resolve},
    error::{DecodeError, DecodeErrorKind, PeekError},
    stored::VersionValue,
    tracked::{DecodeInto, decode_into},
};

/// Reads `document`, whose first key has been read. Compiled once for each format, not for each type.
pub(super) fn read<'de, A: MapAccess<'de>>(
    chain: &Chain,
    first: Option<Cow<'de, str>>,
    mut map: A,
    human_readable: bool,
    document: &mut dyn DecodeInto<'de>,
) -> Result<(), A::Error> {
    let mut prefix = Vec::new();
    let mut next = first;
    let mut peeked = Ok(None);
    while let Some(key) = next {
        if key == chain.version_field {
            peeked = map.next_value::<VersionValue>()?.0.map(Some).map_err(PeekError::Invalid);
            break;
        }
        prefix.push((key, map.next_value::<Buffer<'de>>()?));
        next = map.next_key_seed(KEY)?;
    }
    let report = |kind| A::Error::custom(DecodeError::without_id(*chain, kind).one_line());
    let stored = resolve(chain, peeked).map_err(report)?;
    let body = Prefixed::new(prefix, map, human_readable);
    decode_into(document, stored, body).map_err(|fault| {
        report(match fault {
            Fault::Body(source) => DecodeErrorKind::Body { stored, source },
            Fault::Step { from, to, source } => DecodeErrorKind::Step { stored, from, to, source },
        })
    })
}
