//! Why a filter, a sort or a projection cannot be said in the words of an older version.

use schema_core::history::Version;

use crate::trace::Obstacle;

/// Something that cannot be asked of documents of an older version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Untranslatable {
    /// What becomes of the field is not certain.
    #[error(
        "`{name}` cannot be asked of documents of version {version}, because {obstacle}; backfill them first, or read them \
         all and do it in the service"
    )]
    Field {
        /// The path that was asked for.
        name: String,
        /// The stored version.
        version: u32,
        /// What stands in the way.
        obstacle: Obstacle,
    },
    /// All documents of a version have the same value, or some of them, and whether the server would take it is not certain.
    #[error(
        "`{name}` is {value} in documents of version {version}, and whether {condition} is true of that is for the server to \
         say; backfill them first, or ask with other operators"
    )]
    Undecided {
        /// The name in the filter.
        name: String,
        /// The stored version.
        version: u32,
        /// The value, or that there is none.
        value: String,
        /// The condition on it.
        condition: String,
    },
    /// An operator that may look at any field, or one that is not known here.
    #[error(
        "`{operator}` cannot be asked of documents of version {version}: which fields it looks at, and under which names, is \
         not known; backfill them first, or ask with other operators"
    )]
    Operator {
        /// The operator.
        operator: String,
        /// The stored version.
        version: u32,
    },
    /// A projection that does more than to leave fields out, of documents that have to be upgraded before.
    #[error(
        "what the projection makes of `{name}` is for the server to say, and documents of version {version} are upgraded and cut \
         here; backfill them first, or ask for whole fields"
    )]
    Projection {
        /// The path in the projection.
        name: String,
        /// The newest stored version before the current one.
        version: u32,
    },
    /// Something that no server takes for a filter.
    #[error("`{operator}` takes a list of filters")]
    NoFilters {
        /// The operator.
        operator: String,
    },
}

impl Untranslatable {
    pub(super) fn field(path: &str, version: &Version, obstacle: Obstacle) -> Self {
        Self::Field { name: path.to_owned(), version: version.version, obstacle }
    }
}
