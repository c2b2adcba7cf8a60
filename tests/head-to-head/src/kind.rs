//! The documents of one collection, as each way declares them.

use serde::{Serialize, de::DeserializeOwned};
use version_migrate::Migrator;

pub(crate) trait Kind: 'static {
    /// The versions as plain serde structs, for the ways that are written by hand.
    type V1: Serialize + DeserializeOwned + Into<Self::V2>;
    type V2: DeserializeOwned + Into<Self::V3>;
    type V3: Serialize + DeserializeOwned;

    type Ours: Serialize + DeserializeOwned;
    type SerdeEvolve: Serialize + DeserializeOwned;
    type SerdeVersioned: Serialize + DeserializeOwned;
    type AnyObake: DeserializeOwned + Into<Self::Obake>;
    type Obake: Serialize;

    /// For version-migrate, with the one entity `document`.
    fn migrator() -> Migrator;

    /// A document as it was at version 1; the larger `scale`, the longer.
    fn sample(scale: usize) -> Self::V1;
}
