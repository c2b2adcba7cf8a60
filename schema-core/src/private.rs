//! Everything that generated code may name. Not part of the public interface: it changes with any release.

pub use ::core;
pub use serde;

pub use crate::{
    account::Account,
    call::{call_1, call_2, call_3, call_4, call_5, call_6, call_by_ref},
    carry::{
        CanFail, CannotFail, Carry, CarryBack, CarryDirect, CarryLifted, LiftedError, Located, NoError,
        between, between_field, can_fail,
    },
    chain::{Chain, NoStamp, StampOf, Unversioned},
    decode::Fault,
    deserialize::{AdjacentlyTagged, InternallyTagged, Tagged, deserialize, gather, without_stamp},
    document::{Decode, Observe, VersionedDocument},
    downgrade::DowngradeFault,
    history,
    refused::Refused,
    serialize::Stamping,
    step::{AtField, Convert, Fallibly, Infallibly, Source, Step, StepFault, UpgradeFrom},
    unknown::Unknown,
    upgrade::UpgradeError,
};
