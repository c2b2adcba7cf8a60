//! Everything that generated code may name. Not part of the public interface: it changes with any release.

pub use ::core;
pub use serde;

pub use crate::{
    carry::{
        CanFail, CannotFail, CarryDirect, CarryLifted, LiftedError, Located, NoError, between, between_field,
        can_fail,
    },
    chain::{Chain, Unversioned},
    decode::Fault,
    deserialize::{WithoutStamp, deserialize},
    document::{Decode, Observe, VersionedDocument},
    serialize::Stamping,
    step::{AtField, Convert, Nothing, Source, Step, UpgradeFrom},
    upgrade::UpgradeError,
};
