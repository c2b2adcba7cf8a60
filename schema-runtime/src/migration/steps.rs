//! Steps that are ready to be used, each made by a function of its name.
//!
//! ```
//! use schema_runtime::{
//!     migration::{Migration, steps},
//!     mongodb::bson::doc,
//! };
//!
//! let amounts = Migration::new("20261122-amounts")
//!     .step(steps::rename_field("orders", "total", "amount"))
//!     .step(steps::create_index("orders", doc! { "customer": 1 }).sparse(true));
//! # assert_eq!(amounts.id(), "20261122-amounts");
//! ```
//!
//! | step | the way back | destroys | transaction |
//! | --- | --- | --- | --- |
//! | [`create_index`] | drops it | what a time to live deletes | never |
//! | [`drop_index`] | creates it | on the way back as `create_index` | never |
//! | [`change_index`] | changes it back | what a shorter time to live deletes | never |
//! | [`time_to_live`] | what was there before | what it deletes | never |
//! | [`seed`] | deletes those that are unchanged | | where there are some |
//! | [`create_collection`] | drops it if it is empty | | never |
//! | [`rename_collection`] | renames it back | | never |
//! | [`copy_collection`] | drops the copy | on the way back: the copy | never |
//! | [`drop_collection`] | none | the collection | never |
//! | [`validator`] | what was there before | | never |
//! | [`create_view`] | drops it | | never |
//! | [`drop_view`] | creates it | | never |
//! | [`add_field`] | removes it where it has that value | | never |
//! | [`remove_field`] | none | its values | never |
//! | [`rename_field`] | renames it back | | never |
//! | [`convert_values`] | converts them back, unless two became one | which of those two it was | where one value takes another's place |
//! | [`convert_type`] | if it is said what they were | | never |
//! | [`to_list`] | the only item of each list | | never |
//! | [`set_where`] | none | the values before | never |
//! | [`change_id`] | changes it back | | required |
//! | [`move_documents`] | moves them back | | its own, for each batch |
//! | [`delete_documents`] | none | the documents | never |
//!
//! # Cut off and done again
//!
//! All of them can be cut off at any moment and be done again, both ways, and come to the same; the one exception,
//! [`convert_values`] where values change places, is done in a transaction. Those that write documents take only those that are not done
//! yet, so doing it again costs a look at each and no more. They wait for elections as the rest of this crate does.
//!
//! Where a step cannot do all of its work it fails before it has written anything, with a [`Refused`] that says why and for how many
//! documents, as far as that can be seen beforehand. It does not keep others from writing: documents that a release of the old form inserts
//! behind its back stay in the old form.
//!
//! # Not for versioned documents
//!
//! A collection whose documents have a [`VersionedDocument`](crate::VersionedDocument) type is not for the steps that change fields: a new version of
//! the type says the same, is checked by the compiler, and lets old and new releases work side by side. To rename a field behind its back
//! makes documents that no version describes. Indexes, validators, seeds and whole collections are for all.
//!
//! # Sharded clusters
//!
//! The rules of the server hold: a unique index begins with the shard key, a sharded collection is renamed within its database
//! from server 5.0 on, and documents are looked up in another sharded collection, as [`move_documents`] and [`copy_collection`] do,
//! from 5.1 on.

mod add_field;
mod change_id;
mod change_index;
mod convert_type;
mod convert_values;
mod copy_collection;
mod create_collection;
mod create_index;
mod create_view;
mod delete_documents;
mod describe;
mod drop_collection;
mod drop_index;
mod drop_view;
mod field_path;
mod index_spec;
mod indexes;
mod move_documents;
mod refused;
mod remove_field;
mod rename_collection;
mod rename_field;
mod same;
mod seed;
mod server;
mod set_where;
mod time_to_live;
mod to_list;
mod validator;
mod view;

pub use self::{
    add_field::{AddField, add_field},
    change_id::{ChangeId, change_id},
    change_index::{ChangeIndex, change_index},
    convert_type::{ConvertType, ValueType, convert_type},
    convert_values::{ConvertValues, convert_values},
    copy_collection::{CopyCollection, copy_collection},
    create_collection::{CreateCollection, create_collection},
    create_index::{CreateIndex, create_index},
    create_view::{CreateView, create_view},
    delete_documents::{DeleteDocuments, delete_documents},
    drop_collection::{DropCollection, drop_collection},
    drop_index::{DropIndex, drop_index},
    drop_view::{DropView, drop_view},
    index_spec::IndexSpec,
    move_documents::{MoveDocuments, move_documents},
    refused::Refused,
    remove_field::{RemoveField, remove_field},
    rename_collection::{RenameCollection, rename_collection},
    rename_field::{RenameField, rename_field},
    seed::{Seed, seed},
    set_where::{SetWhere, set_where},
    time_to_live::{TimeToLive, time_to_live},
    to_list::{ToList, to_list},
    validator::{ValidationRule, Validator, validator},
};
use super::Work;

/// The runner refuses before it comes to this.
fn no_way_back() -> Work<'static> {
    Box::pin(async { Err("there is no way back".into()) })
}
