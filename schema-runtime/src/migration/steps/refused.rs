//! Why a step has not begun.

use bson::Bson;

use super::describe;

/// What a step has found that it does not go on with. Nothing was written, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// A path that no field has, or that a step may not touch.
    #[error("`{path}` is no path for a step: {why}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// On the way to a nested field there is something else than a document.
    #[error(
        "in {} of collection `{collection}`, that with the `_id` {} for one, something on the way to `{path}` is {found}, and this \
         step goes through documents only; nothing was written: exclude them by a step of your own, which knows what they mean",
        describe::counted(*.documents), describe::value(.example)
    )]
    InTheWay {
        /// The collection.
        collection: String,
        /// The path of the field.
        path: String,
        /// What is there.
        found: &'static str,
        /// How many documents have that.
        documents: u64,
        /// The `_id` of one of them.
        example: Box<Bson>,
    },
    /// Documents have a field under the old and the new name.
    #[error(
        "{} of collection `{collection}` have both `{from}` and `{to}`, that with the `_id` {} for one; nothing was written: decide which \
         of the two is right, and remove the other",
        describe::counted(*.documents), describe::value(.example)
    )]
    BothThere {
        /// The collection.
        collection: String,
        /// The name that is to go.
        from: String,
        /// The name that is to come.
        to: String,
        /// How many documents have both.
        documents: u64,
        /// The `_id` of one of them.
        example: Box<Bson>,
    },
    /// Values cannot become what they are to become, or not without a loss.
    #[error(
        "`{path}` cannot become {to} in {} of collection `{collection}`, that with the `_id` {} for one; nothing was written: mend their \
         values, or convert them by a step of your own",
        describe::counted(*.documents), describe::value(.example)
    )]
    Inconvertible {
        /// The collection.
        collection: String,
        /// The path of the field.
        path: String,
        /// What they were to become.
        to: String,
        /// How many documents have such values.
        documents: u64,
        /// The `_id` of one of them.
        example: Box<Bson>,
    },
    /// There is another index of that name or with these keys.
    #[error(
        "index `{name}` of collection `{collection}` is there already and is another one: {how}; `change_index` takes one to the other, \
         and a name of its own lets both be there"
    )]
    IndexDiffers {
        /// The collection.
        collection: String,
        /// The name of the one that is there.
        name: String,
        /// What is different of it.
        how: String,
    },
    /// A unique index cannot be built, because documents have the same key.
    #[error(
        "index {keys} of collection `{collection}` cannot be unique, because documents have the same key; it was not created: merge or \
         delete the doubles in a step before this one"
    )]
    Duplicates {
        /// The collection.
        collection: String,
        /// The keys of the index.
        keys: String,
        /// The server's error, which has one of the doubles.
        source: Box<mongodb::error::Error>,
    },
    /// There is something else of that name.
    #[error("`{name}` is there already, and is another one: {how}; nothing was changed")]
    Exists {
        /// The name.
        name: String,
        /// What is different of it.
        how: String,
    },
    /// A collection cannot be given a name that another has.
    #[error(
        "collection `{from}` cannot become `{to}`, because both are there, with {} in the latter; nothing was changed: look whose they are, and \
         drop or empty one of the two",
        describe::counted(*.documents)
    )]
    TargetExists {
        /// The collection.
        from: String,
        /// The name that it was to have.
        to: String,
        /// How many documents are in the collection of that name.
        documents: u64,
    },
    /// Documents have an `_id` that others have in the collection where they are to go.
    #[error(
        "collection `{to}` has other documents under {} of the ids that come from `{from}`, {} for one; nothing of those was written: decide \
         which of each two is right",
        .documents, describe::value(.example)
    )]
    Occupied {
        /// Where they come from.
        from: String,
        /// Where they were to go.
        to: String,
        /// How many there are.
        documents: u64,
        /// One of the ids.
        example: Box<Bson>,
    },
    /// A collection was to be dropped that is in use.
    #[error(
        "collection `{collection}` has {}, which this step does not drop; delete them first, if they are not needed",
        describe::counted(*.documents)
    )]
    NotEmpty {
        /// The collection.
        collection: String,
        /// How many documents it has.
        documents: u64,
    },
    /// What a validator was to replace is not what is there.
    #[error(
        "the validator of collection `{collection}` is {found}, and not {expected}; nothing was changed: say with `replacing` what is there, \
         so that there is a way back"
    )]
    ValidatorDiffers {
        /// The collection.
        collection: String,
        /// What is there.
        found: String,
        /// What was said to be there.
        expected: String,
    },
    /// Documents cannot be seeded.
    #[error("collection `{collection}` cannot be seeded: {why}; nothing was written")]
    Seed {
        /// The collection.
        collection: String,
        /// Why not.
        why: String,
    },
    /// A step that makes no sense.
    #[error("this step cannot be done: {why}")]
    Meaningless {
        /// Why not.
        why: String,
    },
}
