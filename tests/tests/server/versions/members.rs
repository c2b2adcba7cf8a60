//! Joining, raising what is written, leaving.

use mongodb::bson::doc;
use schema_runtime::{Error, versions::Health};

use super::{ItemV1, ItemV2, ItemV3, OnlyItemV3, items, service};
use crate::support::database;

#[tokio::test]
async fn a_member_is_shown_to_the_others_and_goes_when_it_leaves() {
    let database = database().await;
    let shop = items::<ItemV2>(&database);
    let member = shop.join(service("2.0")).await.unwrap();
    assert_eq!(member.health(), Health::Alive);
    let live = items::<ItemV1>(&database).live_members().await.unwrap();
    let [shown] = live.as_slice() else { panic!("{live:?}") };
    assert_eq!((shown.service.as_str(), shown.release.as_deref()), ("shop", Some("2.0")));
    assert_eq!((shown.reads.from, shown.reads.to), (1, 2));
    assert_eq!(shown.writes.map(|writes| (writes.from, writes.to)), Some((2, 2)));
    assert_eq!(shown.process, std::process::id());
    let expected =
        format!("shop 2.0 on {} (process {}), which reads 1 to 2, writes 2", shown.host, shown.process);
    assert_eq!(shown.to_string(), expected);
    let json = serde_json::to_value(shown).unwrap();
    assert_eq!(json["reads"], serde_json::json!({ "from": 1, "to": 2 }));

    // Other collections have members of their own.
    let other = database.collection::<ItemV2>("items2");
    let others = schema_runtime::VersionedCollection::over(other).live_members().await.unwrap();
    assert_eq!(others, []);

    member.leave().await.unwrap();
    assert_eq!(shop.live_members().await.unwrap(), []);
}

#[tokio::test]
async fn the_write_version_is_raised_when_every_live_service_reads_it() {
    let database = database().await;
    let old = items::<ItemV1>(&database).join(service("1.0")).await.unwrap();

    // Version 2 at once is refused, with the name of the service that could not read it.
    let new = items::<ItemV2>(&database);
    let error = new.join(service("2.0")).await.unwrap_err();
    assert!(matches!(error, Error::UnreadableToOthers { writes: 2, .. }), "{error}");
    let process = std::process::id();
    let text = error.to_string();
    assert!(
        text.starts_with(
            "schema version 2 cannot be written to collection `items` yet, because live services cannot read it: shop 1.0 on "
        ) && text.ends_with(&format!(
            "(process {process}), which reads 1, writes 1; give them a release that reads it, or stop them"
        )),
        "{text}"
    );
    assert_eq!(new.live_members().await.unwrap().len(), 1, "a refused service is not registered");

    // Deploy one: version 2 is read, and version 1 is written.
    let new = items::<ItemV2>(&database).writing(1).unwrap();
    let clone = new.clone();
    let member = new.join(service("2.0")).await.unwrap();
    assert_eq!(clone.write_version(), 1);
    let error = member.raise(2).await.unwrap_err();
    assert!(matches!(&error, Error::UnreadableToOthers { members, .. } if members.len() == 1), "{error}");
    assert_eq!(clone.write_version(), 1);
    let live = clone.live_members().await.unwrap();
    assert!(live.iter().all(|member| member.wants.is_none()), "{live:?}");

    old.leave().await.unwrap();
    member.raise(2).await.unwrap();
    assert_eq!(clone.write_version(), 2);

    // The old release does not come back.
    let error = items::<ItemV1>(&database).join(service("1.0")).await.unwrap_err();
    assert!(matches!(&error, Error::UnreadableHere { members, .. } if members.len() == 1), "{error}");
    assert!(
        error.to_string().starts_with(
            "this program reads the schema versions 1 of collection `items`, and live services write others: shop 2.0"
        ),
        "{error}"
    );

    // And down again, in need.
    member.raise(1).await.unwrap();
    assert_eq!(clone.write_version(), 1);
    assert!(matches!(member.raise(3).await, Err(Error::UnknownVersion { asked: 3, .. })));
}

/// A write that was begun before the version was raised may still be on its way.
#[tokio::test]
async fn for_a_moment_a_raised_member_says_both_versions() {
    let database = database().await;
    let new = items::<ItemV2>(&database).writing(1).unwrap();
    let member = new.join(service("2.0")).await.unwrap();
    member.raise(2).await.unwrap();
    let writes =
        || async { new.live_members().await.unwrap()[0].writes.map(|writes| (writes.from, writes.to)) };
    assert_eq!(writes().await, Some((1, 2)));
    // So a service without the type of version 1 has to wait.
    let error = items::<OnlyItemV3>(&database).join(service("4.0")).await.unwrap_err();
    assert!(matches!(error, Error::UnreadableToOthers { .. } | Error::UnreadableHere { .. }), "{error}");
    while writes().await != Some((2, 2)) {
        tokio::time::sleep(super::HEARTBEAT / 4).await;
    }
    member.leave().await.unwrap();
}

#[tokio::test]
async fn a_version_that_the_chain_does_not_lead_to_cannot_be_written() {
    let database = database().await;
    assert!(matches!(items::<ItemV3>(&database).writing(4), Err(Error::UnknownVersion { asked: 4, .. })));
    assert!(matches!(items::<OnlyItemV3>(&database).writing(2), Err(Error::UnknownVersion { .. })));
    let orders = items::<schema_tests::orders::Order>(&database);
    assert!(orders.writing(1).is_ok());
}

#[tokio::test]
async fn a_claim_that_nobody_waits_for_any_more_is_taken_back() {
    let database = database().await;
    let _old = items::<ItemV1>(&database).join(service("1.0")).await.unwrap();
    let new = items::<ItemV2>(&database).writing(1).unwrap();
    let member = new.join(service("2.0")).await.unwrap();
    // Dropped at every point that it waits at, sooner or later.
    for millis in 0..8 {
        let raised = tokio::time::timeout(std::time::Duration::from_millis(millis), member.raise(2)).await;
        assert!(!matches!(raised, Ok(Ok(()))));
    }
    let wants = || async { new.live_members().await.unwrap().iter().any(|member| member.wants.is_some()) };
    while wants().await {
        tokio::time::sleep(super::HEARTBEAT / 4).await;
    }
    assert_eq!(new.write_version(), 1);
}

#[tokio::test]
async fn a_backfill_does_not_begin_while_a_live_service_cannot_read_its_outcome() {
    let database = database().await;
    super::insert(&database, (0..10).map(super::old)).await;
    let old = items::<ItemV1>(&database).join(service("1.0")).await.unwrap();
    let error = items::<ItemV2>(&database).backfill().run().await.unwrap_err();
    assert!(matches!(error, Error::UnreadableToOthers { writes: 2, .. }), "{error}");
    let error = items::<ItemV2>(&database).backfill().retry_failed().await.unwrap_err();
    assert!(matches!(error, Error::UnreadableToOthers { writes: 2, .. }), "{error}");
    let documents = database.collection::<ItemV1>("items");
    assert_eq!(documents.count_documents(doc! { "schemaVersion": 1 }).await.unwrap(), 10);
    old.leave().await.unwrap();
    let report = items::<ItemV2>(&database).backfill().run().await.unwrap();
    assert!(report.is_clean() && report.upgraded == 10, "{report}");

    // While one is under way, none comes in that cannot read it either.
    let stop = async { "it is enough".to_owned() };
    items::<ItemV3>(&database).backfill().batch_size(1).stop_when(stop).run().await.unwrap();
    let error = items::<ItemV2>(&database).join(service("2.0")).await.unwrap_err();
    assert!(matches!(error, Error::BackfillAhead { target: 3, .. }), "{error}");
    assert!(
        error.to_string().contains("to schema version 3, and this program reads 1 to 2; start a release"),
        "{error}"
    );
    assert_eq!(items::<ItemV2>(&database).live_members().await.unwrap(), []);
    let member = items::<ItemV3>(&database).join(service("3.0")).await.unwrap();
    assert!(items::<ItemV3>(&database).backfill().run().await.unwrap().is_clean());
    member.leave().await.unwrap();
    items::<ItemV2>(&database).join(service("2.0")).await.unwrap().leave().await.unwrap();
}
