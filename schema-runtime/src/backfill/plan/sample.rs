//! Sample: documents of one stored version, which the server picks at random.

use bson::{Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use schema_core::DecodeOwned;

use super::{
    group::{Group, Rules},
    trial::Stored,
};
use crate::{
    census::Census,
    error::{During, Error},
    population::Population,
    retry::with_retries,
};

pub(super) struct Sampler<'a> {
    pub(super) population: Population,
    pub(super) census: &'a Census,
    pub(super) version_field: &'static str,
    /// How many documents of each version.
    pub(super) documents: u32,
}

impl Sampler<'_> {
    /// Converts a sample of the documents that the group is for. None is kept.
    pub(super) async fn try_out<T: DecodeOwned>(&self, group: &Group, rules: &Rules) -> Result<Group, Error> {
        let pipeline = [
            doc! { "$match": self.filter(group.tried.stored) },
            doc! { "$sample": { "size": i64::from(self.documents) } },
        ];
        let attempt = async || {
            let mut group = group.clone();
            let find = self.population.aggregate(pipeline.clone()).allow_disk_use(true);
            let mut cursor = find.with_type::<RawDocumentBuf>().await?;
            while let Some(document) = cursor.try_next().await? {
                group.try_out::<T>(&document, rules).await?;
            }
            group.settle(rules).await?;
            Ok(group)
        };
        with_retries(attempt).await.during("read a sample", self.population.name())
    }

    /// By expressions, because a filter looks into lists, where an expression compares the value.
    fn filter(&self, stored: Stored) -> Document {
        let field = format!("${}", self.version_field);
        match stored {
            Stored::Version(version) => doc! { "$expr": { "$eq": [field, i64::from(version)] } },
            Stored::Unversioned => doc! { self.version_field: { "$exists": false } },
            Stored::Invalid => {
                let versions: Vec<i64> = self.census.versions.keys().copied().map(i64::from).collect();
                doc! { self.version_field: { "$exists": true }, "$expr": { "$not": [{ "$in": [field, versions] }] } }
            }
        }
    }
}
