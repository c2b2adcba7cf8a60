//! Everything that generated code may name. Not part of the public interface: it changes with any release.
//!
//! Generated code stands where the user may call anything by any name, so it takes the prelude and the primitive types
//! from here, too.

pub use core::{
    clone::Clone,
    convert::{From, TryFrom},
    default::Default,
    option::Option::{self, None, Some},
    primitive::{bool, str, u32},
    result::Result::{self, Err, Ok},
    unreachable,
};

pub use std::boxed::Box;

pub use serde::{self, Deserialize, Deserializer, Serialize, Serializer};

pub use crate::{
    call::{call_1, call_2, call_3, call_4, call_5, call_6, call_by_ref},
    carry::{Carry, CarryBack, between, between_field, can_fail, located},
    chain::{Chain, NoStamp, StampOf, Unversioned},
    decode::{Fault, decoded, upgraded},
    deserialize::{
        AdjacentlyTagged, InternallyTagged, Tagged, decoded_keeping, deserialize, deserialize_kind,
        upgraded_keeping, without_stamps,
    },
    document::{Decode, Observe, VersionedDocument},
    downgrade::DowngradeFault,
    history::{Field, Variant, Version},
    index::{Collation, Index, Key},
    kinds::{DocumentKinds, HasKind, VisitKinds, assert_kind},
    refused::Refused,
    serialize::Stamping,
    step::{AtField, Convert, Fallibly, Infallibly, StepFault, UpgradeFrom, from, try_from},
    unknown::{KeepsUnknown, Unknown},
    upgrade::UpgradeError,
};

/// The traits whose methods choose a conversion. They are imported without their names.
pub mod choice {
    pub use crate::carry::{
        CanFail as _, CannotFail as _, CarryDirect as _, CarryLifted as _, LiftedError as _, NoError as _,
    };
}

/// What ends the compilation where a step forgets something.
pub mod account {
    pub use crate::account::{
        becomes, carries, carries_in, carries_unknown, complete, complete_in, complete_variants, folds,
    };
}
