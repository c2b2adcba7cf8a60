//! Why it is not certain from the declarations alone what becomes of a stored version.

/// What in a chain keeps the server from upgrading documents of a version by itself, as a sentence for a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// A version is an enum.
    #[error("version {version} is an enum, and which fields a document has depends on its variant")]
    Enum {
        /// That version.
        version: u32,
    },
    /// A step is not written by the derive.
    #[error("the step to version {version} is written by hand")]
    Manual {
        /// The version it leads to.
        version: u32,
    },
    /// A field of a later version is made by a function.
    #[error("`{field}` of version {version} is made by the function `{function}`")]
    Function {
        /// The version of the field.
        version: u32,
        /// Its stored name.
        field: &'static str,
        /// The function as written.
        function: &'static str,
    },
    /// A carried field becomes another type on the way.
    #[error("`{field}` of version {version} becomes a `{new}`, and its value was a `{old}`")]
    Converted {
        /// The version of the field.
        version: u32,
        /// Its stored name.
        field: &'static str,
        /// The type of the version before, as written.
        old: &'static str,
        /// Its type, as written.
        new: &'static str,
    },
    /// An added value that could be another one for each document, or on each machine.
    #[error(
        "`{field}` of version {version} is added as `{value}`, which is not certain to be the same for every document; \
         a literal or the name of a constant would be"
    )]
    Inconstant {
        /// The version of the field.
        version: u32,
        /// Its stored name.
        field: &'static str,
        /// The expression.
        value: String,
    },
    /// A field of the stored version that may be missing, and is then read as a value that could be another one each time.
    #[error(
        "`{field}` of version {version} may be missing, and what it is read as is not certain to be the same for every document"
    )]
    Default {
        /// The version of the field.
        version: u32,
        /// Its stored name.
        field: &'static str,
    },
    /// A field of the stored version whose values need not be stored as they are read.
    #[error(
        "`{field}` of version {version} is a `{ty}`, and the server cannot tell which values that type reads and what it \
         writes for them"
    )]
    Type {
        /// The version of the field.
        version: u32,
        /// Its stored name.
        field: &'static str,
        /// Its type, as written.
        ty: &'static str,
    },
    /// An attribute that changes what is stored, in a way that only serde knows.
    #[error("`{field}` of version {version} has the attribute `#[serde({attribute})]`")]
    FieldAttribute {
        /// The version of the field.
        version: u32,
        /// Its stored name.
        field: &'static str,
        /// The attribute.
        attribute: &'static str,
    },
    /// The same on a type.
    #[error("the type of version {version} has the attribute `#[serde({attribute})]`")]
    TypeAttribute {
        /// The version.
        version: u32,
        /// The attribute.
        attribute: &'static str,
    },
    /// A field that is read under one name and written under another, or only one of the two, or neither.
    #[error("`{field}` of version {version} is not read and written under one name")]
    TwoNames {
        /// The version of the field.
        version: u32,
        /// Its stored name.
        field: &'static str,
    },
    /// A version that keeps what it does not know.
    #[error("version {version} keeps what it does not know in `{field}`")]
    Unknown {
        /// That version.
        version: u32,
        /// The Rust name of the field.
        field: &'static str,
    },
    /// A field that is stored under the key by which documents are told apart from later versions on.
    #[error("`{field}` is a field of version {version}, and says the kind in later ones")]
    Kind {
        /// The version of the field.
        version: u32,
        /// Its stored name.
        field: &'static str,
    },
    /// A name that is empty, a path, or one of the server's own.
    #[error("`{name}` of version {version} is a name that the server takes for something else")]
    Name {
        /// The version of the field.
        version: u32,
        /// Its stored name.
        name: &'static str,
    },
    /// The `_id` is not that of the stored version.
    #[error("the `_id` of version {version} is not that of the version before it")]
    Id {
        /// The version.
        version: u32,
    },
    /// The types do something else than their declarations say.
    #[error("a sample of version {version} was upgraded in another way than its fields say: {what}")]
    Trial {
        /// The stored version.
        version: u32,
        /// What happened.
        what: String,
    },
}
