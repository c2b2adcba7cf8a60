//! The way back: the current type as a document of an older version, through steps that are `reversible`.

use bson::RawDocumentBuf;

use crate::{
    chain::Chain,
    context::{MissingContext, missing_in},
    document::{Observe, VersionedDocument},
    upgrade::UpgradeError,
};

/// Writes a document at `version`, which may be older than its type, for readers that know nothing newer.
///
/// Between two deploys a service can so read one version more than it writes. What the older version has no place
/// for is not in the result.
///
/// # Errors
///
/// [`DowngradeError`] when the chain has no such version, when a step on the way is not `reversible`, when one fails
/// or when the result has no BSON form.
///
/// ```
/// use schema_core::{VersionedDocument, bson::rawdoc, encode_at};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1)]
/// struct UserV1 {
///     name: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 2, previous = UserV1, reversible)]
/// struct UserV2 {
///     #[versioned(from = name)]
///     full_name: String,
///     #[versioned(added)]
///     tags: Vec<String>,
/// }
///
/// let user = UserV2 { full_name: "Ada".to_owned(), tags: vec![] };
/// assert_eq!(encode_at(user, 1)?, rawdoc! { "schemaVersion": 1, "name": "Ada" });
/// # Ok::<(), schema_core::DowngradeError>(())
/// ```
pub fn encode_at<T: VersionedDocument>(document: T, version: u32) -> Result<RawDocumentBuf, DowngradeError> {
    let chain = T::CHAIN;
    let fail = |kind| DowngradeError { type_name: chain.type_name, version, kind };
    if !chain.knows(version) {
        let Chain { oldest, version: current, .. } = chain;
        return Err(fail(DowngradeErrorKind::Unknown { oldest, current }));
    }
    let mut written = Written(None);
    document.go_back(version, &mut written).map_err(|fault| fail(fault.0))?;
    match written.0 {
        Some(Ok(document)) => Ok(document),
        Some(Err(source)) => Err(fail(DowngradeErrorKind::Encode { source })),
        None => Err(fail(DowngradeErrorKind::Unknown { oldest: chain.oldest, current: chain.version })),
    }
}

struct Written(Option<Result<RawDocumentBuf, bson::error::Error>>);

impl Observe for Written {
    fn version<T: VersionedDocument>(&mut self, document: &T) {
        self.0 = Some(bson::serialize_to_raw_document_buf(document));
    }
}

/// A document that could not be written at an older version.
#[derive(Debug, thiserror::Error)]
#[error("`{type_name}` could not be written at schema version {version}: {kind}")]
pub struct DowngradeError {
    type_name: &'static str,
    version: u32,
    #[source]
    kind: DowngradeErrorKind,
}

impl DowngradeError {
    /// What stood in the way.
    #[must_use]
    pub fn kind(&self) -> &DowngradeErrorKind {
        &self.kind
    }

    /// The [context](crate::context) that a step back asked for in vain, if that is what stood in the way.
    #[must_use]
    pub fn missing_context(&self) -> Option<MissingContext> {
        missing_in(self)
    }

    /// The version that was asked for.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }
}

/// What stood in the way of writing an older version.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DowngradeErrorKind {
    /// The chain has no such version.
    #[error("the chain has the versions {oldest} to {current}")]
    Unknown {
        /// The oldest version of the chain.
        oldest: u32,
        /// The current one.
        current: u32,
    },
    /// A step on the way has no way back.
    #[error(
        "the step from version {to} to {from} has no way back; add `reversible` to the type of version {from}"
    )]
    Irreversible {
        /// The version that cannot be left.
        from: u32,
        /// The version before it.
        to: u32,
    },
    /// A step back refused the document.
    #[error("the step back from version {from} to {to} failed")]
    Step {
        /// The version the failed step starts from.
        from: u32,
        /// The version it leads to.
        to: u32,
        /// Which field, and why.
        source: UpgradeError,
    },
    /// The document of that version has no BSON form.
    #[error("it has no BSON form")]
    Encode {
        /// What was wrong.
        source: bson::error::Error,
    },
}

/// Why a generated step back ended.
#[doc(hidden)]
#[derive(Debug)]
pub struct DowngradeFault(DowngradeErrorKind);

#[allow(missing_docs, reason = "only generated code calls them")]
impl DowngradeFault {
    #[cold]
    pub fn irreversible(from: u32) -> Self {
        Self(DowngradeErrorKind::Irreversible { from, to: from.saturating_sub(1) })
    }

    #[cold]
    pub fn step(from: u32, source: UpgradeError) -> Self {
        Self(DowngradeErrorKind::Step { from, to: from.saturating_sub(1), source })
    }
}
