//! Reading and writing [`VERSIONS`].

use bson::{Bson, Document, doc, oid::ObjectId};
use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    options::{CollectionOptions, ReadPreference, SelectionCriteria, WriteConcern},
};

use super::{
    VERSIONS,
    document::{FloorDocument, LiveMember},
};
use crate::{
    backfill::ids_about,
    error::{During, Error},
    retry::with_retries,
};

/// What is stored about the versions of one collection.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub(super) database: Database,
    versions: Collection<Document>,
    pub(super) collection: String,
}

impl Store {
    pub(super) fn of(database: &Database, collection: &str) -> Self {
        // A write counts when a majority has it, and a read asks the primary: of two who write and then look, the later one
        // finds what the earlier one wrote.
        let mut options = CollectionOptions::default();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        options.write_concern = Some(WriteConcern::majority());
        let versions = database.collection_with_options(VERSIONS, options);
        Self { database: database.clone(), versions, collection: collection.to_owned() }
    }

    fn member_id(&self, member: ObjectId) -> Document {
        doc! { "collection": &self.collection, "member": member }
    }

    /// Those that were heard of lately.
    pub(super) async fn live(&self) -> Result<Vec<LiveMember>, Error> {
        let alive = doc! { "_id": ids_about(&self.collection), "$expr": is_alive() };
        let members = self.versions.clone_with_type::<LiveMember>();
        with_retries(async || members.find(alive.clone()).sort(doc! { "_id": 1 }).await?.try_collect().await)
            .await
            .during("read the live members", VERSIONS)
    }

    /// Removes those that were not.
    pub(super) async fn remove_lapsed(&self) -> Result<(), Error> {
        let lapsed = doc! { "_id": ids_about(&self.collection), "$expr": { "$not": [is_alive()] } };
        with_retries(|| self.versions.delete_many(lapsed.clone()))
            .await
            .during("remove members that are gone", VERSIONS)?;
        Ok(())
    }

    /// Puts the member there, whether it was or not.
    pub(super) async fn put(&self, member: ObjectId, entry: &Document) -> Result<(), Error> {
        let filter = doc! { "_id": self.member_id(member) };
        let update = vec![doc! { "$set": entry }];
        with_retries(|| self.versions.update_one(filter.clone(), update.clone()).upsert(true))
            .await
            .during("register a member", VERSIONS)?;
        Ok(())
    }

    /// Changes the member if it is there and alive. Whether it was: one that has lapsed may have been passed over by others.
    pub(super) async fn renew(&self, member: ObjectId, entry: &Document) -> Result<bool, Error> {
        let filter = doc! { "_id": self.member_id(member), "$expr": is_alive() };
        let update = vec![doc! { "$set": entry }];
        let renewed = with_retries(|| self.versions.update_one(filter.clone(), update.clone()))
            .await
            .during("say that a member is alive", VERSIONS)?;
        Ok(renewed.matched_count == 1)
    }

    pub(super) async fn remove(&self, member: ObjectId) -> Result<(), Error> {
        let filter = doc! { "_id": self.member_id(member) };
        with_retries(|| self.versions.delete_one(filter.clone()))
            .await
            .during("remove a member", VERSIONS)?;
        Ok(())
    }

    /// The floor, if anybody has ever looked.
    pub(super) async fn floor(&self) -> Result<Option<FloorDocument>, Error> {
        let floors = self.versions.clone_with_type::<FloorDocument>();
        with_retries(|| floors.find_one(doc! { "_id": &self.collection }))
            .await
            .during("read the floor", VERSIONS)
    }

    /// Begins to verify a floor up to this version: a claim, which [`make_way`](Self::make_way) and [`lower`](Self::lower) end.
    pub(super) async fn claim_floor(&self, claim: ObjectId, up_to: u32) -> Result<(), Error> {
        let begun = doc! { "verifying": { "claim": claim, "upTo": i64::from(up_to) } };
        let revision = doc! { "$ifNull": ["$revision", 0_i64] };
        let update = vec![doc! { "$set": begun }, doc! { "$set": { "revision": revision } }];
        let filter = doc! { "_id": &self.collection };
        with_retries(|| self.versions.update_one(filter.clone(), update.clone()).upsert(true))
            .await
            .during("begin to verify the floor", VERSIONS)?;
        Ok(())
    }

    /// Notes a floor that was verified, unless the claim was ended meanwhile: `false`.
    pub(super) async fn note_floor(
        &self,
        claim: ObjectId,
        floor: u32,
        verified_by: &str,
    ) -> Result<bool, Error> {
        let filter = doc! { "_id": &self.collection, "verifying.claim": claim };
        let floor = doc! {
            "floor": i64::from(floor),
            "revision": { "$add": ["$revision", 1_i64] },
            "verifiedAt": "$$NOW",
            "verifiedBy": { "$literal": verified_by },
        };
        // The claim stays, so that this can be repeated when its answer was lost.
        let update = vec![doc! { "$set": floor }];
        let noted = with_retries(|| self.versions.update_one(filter.clone(), update.clone()))
            .await
            .during("note the floor", VERSIONS)?;
        Ok(noted.matched_count == 1)
    }

    /// Before a version is written: ends whoever is about to verify a floor above it.
    pub(super) async fn make_way(&self, version: u32) -> Result<(), Error> {
        let above = doc! { "_id": &self.collection, "verifying.upTo": { "$gt": i64::from(version) } };
        self.change_floor(above, doc! {}).await
    }

    /// Before older documents are written: lowers the floor to this version, or to nothing that is known.
    pub(super) async fn lower(&self, to: Option<u32>) -> Result<(), Error> {
        self.make_way(to.unwrap_or(0)).await?;
        let to = to.map(i64::from);
        let above = doc! { "_id": &self.collection, "floor": { "$gt": to.unwrap_or(-1) } };
        let lowered = doc! { "floor": Bson::from(to), "revision": { "$add": ["$revision", 1_i64] } };
        self.change_floor(above, lowered).await
    }

    async fn change_floor(&self, filter: Document, change: Document) -> Result<(), Error> {
        let mut change = change;
        change.insert("verifying", Bson::Null);
        let update = vec![doc! { "$set": change }];
        with_retries(|| self.versions.update_one(filter.clone(), update.clone()))
            .await
            .during("lower the floor", VERSIONS)?;
        Ok(())
    }
}

/// Whether a member was heard of lately, in an expression.
fn is_alive() -> Document {
    doc! { "$gt": ["$until", "$$NOW"] }
}
