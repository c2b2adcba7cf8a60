//! The traits that the derive implements.

use serde::{Deserializer, Serialize};

use crate::{chain::Chain, decode::Fault, downgrade::DowngradeFault, history::Version, origin::Origin};

/// A document type that knows its schema version and the versions before it.
///
/// Implemented by `#[derive(VersionedDocument)]`, which also implements serde's `Serialize` (stamping)
/// and `Deserialize` (upgrading), so a versioned type works wherever serde does.
///
/// ```
/// use schema_core::VersionedDocument;
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1, collection = "users")]
/// struct User {
///     email: String,
/// }
///
/// assert_eq!(User::CHAIN.version, 1);
/// assert_eq!(User::CHAIN.collection, Some("users"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a versioned document",
    label = "this type does not derive `VersionedDocument`",
    note = "write `#[derive(VersionedDocument)]` and `#[versioned(version = ..)]` on `{Self}`"
)]
pub trait VersionedDocument: Serialize + Sized {
    /// The chain that ends at this type.
    const CHAIN: Chain;

    /// This version and those before it as data: fields, names and rules.
    const HISTORY: &'static Version;

    /// Goes back step by step to the document of `version`, and shows it to `observer`.
    ///
    /// The derive writes it for a step with a way back.
    #[doc(hidden)]
    fn go_back<O: Observe>(self, version: u32, observer: &mut O) -> Result<(), DowngradeFault> {
        if version == Self::CHAIN.version {
            observer.version(&self);
            return Ok(());
        }
        Err(DowngradeFault::irreversible(Self::CHAIN.version))
    }
}

/// Reading this type from any version of its chain. Implemented by the derive.
///
/// `'de` is the lifetime of the bytes, which the type may borrow from.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a stored document",
    label = "this type does not derive `VersionedDocument`",
    note = "write `#[derive(VersionedDocument)]` and `#[versioned(version = ..)]` on `{Self}`"
)]
pub trait Decode<'de>: VersionedDocument {
    /// Decodes `body` as the document of version `stored`, which is one of the chain, upgrades it step by step, and
    /// shows each version to `observer`.
    #[doc(hidden)]
    fn decode_at<D: Deserializer<'de>, O: Observe>(
        stored: u32,
        body: D,
        observer: &mut O,
    ) -> Result<Self, Fault<D::Error>>;
}

/// A document type that borrows nothing from the bytes it is read from, as whatever a database driver hands out.
/// Every `T: for<'de> Decode<'de>` is one.
pub trait DecodeOwned: for<'de> Decode<'de> {}

impl<T: for<'de> Decode<'de>> DecodeOwned for T {}

/// Sees a document at each version on its way, the stored one first.
#[doc(hidden)]
#[allow(missing_docs, reason = "only generated code names it")]
pub trait Observe {
    fn version<T: VersionedDocument>(&mut self, document: &T);

    /// What the document is decoded from.
    fn origin(&self) -> Origin<'_> {
        Origin::Unseen
    }
}

/// Nobody looks; costs nothing.
#[derive(Debug)]
pub(crate) struct Unobserved<'a>(pub(crate) Origin<'a>);

impl Observe for Unobserved<'_> {
    #[inline]
    fn version<T: VersionedDocument>(&mut self, _: &T) {}

    #[inline]
    fn origin(&self) -> Origin<'_> {
        self.0
    }
}
