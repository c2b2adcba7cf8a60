//! The migration that makes the channels.

use mongodb::bson::{Document, doc};
use schema_runtime::migration::{Context, Migration, StepError, Transaction};

use super::video::Video;

pub(super) fn migration() -> Migration {
    Migration::new("20260301-channels-of-videos")
        .description("Every channel that a video names is there")
        // Until then there are videos whose channel has no id.
        .after_version::<Video>(3)
        .up(make)
        .down(remove)
        // The server merges into no collection in a transaction. What it finds there it keeps, so that it may be asked twice.
        .transaction(Transaction::Never)
        .repeatable()
        .validate(all_there)
        .source(include_str!("channels_of_videos.rs"))
}

/// In the server: it has both collections. The stamp is that of the version that this writes, whatever the current one is.
async fn make(context: Context) -> Result<(), StepError> {
    let videos = context.database().collection::<Document>("videos");
    let stages = [
        doc! { "$sort": { "_id": 1 } },
        doc! { "$group": { "_id": "$channel.id", "name": { "$first": "$channel.name" } } },
        doc! { "$project": { "_id": 1, "schemaVersion": { "$literal": 1 }, "name": 1 } },
        doc! { "$merge": { "into": "channels", "whenMatched": "keepExisting" } },
    ];
    videos.aggregate(stages).await?;
    Ok(())
}

/// Those that are still as they were made. Somebody has described the others since.
async fn remove(context: Context) -> Result<(), StepError> {
    let channels = context.database().collection::<Document>("channels");
    let as_made = doc! { "$eq": [{ "$size": { "$objectToArray": "$$ROOT" } }, 3] };
    let deleted = channels.delete_many(doc! { "schemaVersion": 1, "$expr": as_made }).await?;
    context.count(deleted.deleted_count);
    Ok(())
}

async fn all_there(context: Context) -> Result<(), StepError> {
    let videos = context.database().collection::<Document>("videos");
    let stages = [
        doc! {
            "$lookup": { "from": "channels", "localField": "channel.id", "foreignField": "_id", "as": "found" }
        },
        doc! { "$match": { "found": [] } },
        doc! { "$limit": 1 },
    ];
    let mut without = videos.aggregate(stages).await?;
    if !without.advance().await? {
        return Ok(());
    }
    Err(format!("the channel of video {} is not there", without.deserialize_current()?.get_str("_id")?)
        .into())
}
