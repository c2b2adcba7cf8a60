//! A backup that is not what it was is refused before anything is written.

use std::{fs, path::Path};

use mongodb::bson::doc;
use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestRunner},
};
use schema_runtime::backup::{Backup, BackupError, Restore};

use super::picture::{fill, picture};
use crate::support::database;

#[derive(Debug, Clone)]
enum Damage {
    Bit(Index, u8),
    Cut(Index),
    Longer(u8),
    Gone,
}

impl Damage {
    fn happen(&self, file: &Path) {
        let mut bytes = fs::read(file).unwrap();
        match self {
            Self::Bit(at, bit) => bytes[at.index(fs::read(file).unwrap().len())] ^= 1 << bit,
            Self::Cut(at) => bytes.truncate(at.index(fs::read(file).unwrap().len())),
            Self::Longer(byte) => bytes.push(*byte),
            Self::Gone => return fs::remove_file(file).unwrap(),
        }
        fs::write(file, bytes).unwrap();
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Damage::Bit(at, bit)),
        2 => any::<Index>().prop_map(Damage::Cut),
        1 => any::<u8>().prop_map(Damage::Longer),
        1 => Just(Damage::Gone),
    ]
}

#[test]
fn any_damage_is_found_before_anything_is_written() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (source, target) = runtime.block_on(async { (database().await, database().await) });
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    runtime.block_on(async {
        fill(&source, "a", 30).await;
        fill(&source, "b", 30).await;
        Backup::of(&source).to(&folder).run().await.unwrap();
    });
    let inner = folder.join(source.name());
    let files =
        ["a.bson.gz", "b.bson.gz", "a.metadata.json.gz", "b.metadata.json.gz"].map(|name| inner.join(name));
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let check = |(damage, which): (Damage, Index)| {
        let file = &files[which.index(files.len())];
        let sound = fs::read(file).unwrap();
        damage.happen(file);
        let outcome = runtime.block_on(Restore::from(&folder).into(&target).run());
        fs::write(file, sound).unwrap();
        prop_assert!(
            matches!(&outcome, Err(BackupError::Damaged { path, .. }) if path == file),
            "{:?}",
            outcome
        );
        prop_assert!(runtime.block_on(picture(&target)).is_empty());
        Ok(())
    };
    runner.run(&(damage(), any::<Index>()), check).unwrap();
    // And not because nothing is ever restored.
    let report = runtime.block_on(Restore::from(&folder).into(&target).run()).unwrap();
    assert_eq!(report.inserted(), 60);
}

/// What is sound can be had from a backup of which something else is not.
#[tokio::test]
async fn the_rest_of_a_damaged_backup_is_restored_by_name() {
    let (source, target) = (database().await, database().await);
    fill(&source, "a", 3).await;
    fill(&source, "b", 3).await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    Backup::of(&source).to(&folder).run().await.unwrap();
    Damage::Gone.happen(&folder.join(source.name()).join("a.bson.gz"));
    let restore = || Restore::from(&folder).into(&target);
    assert!(matches!(restore().run().await, Err(BackupError::Damaged { .. })));
    assert_eq!(restore().collections(["b"]).run().await.unwrap().inserted(), 3);
}

/// Without checksums, what is left to look at is whether there are documents from beginning to end.
#[tokio::test]
async fn a_dump_that_is_cut_short_is_refused_as_well() {
    let target = database().await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("shop");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.bson"), []).unwrap();
    let whole = mongodb::bson::serialize_to_vec(&doc! { "_id": 1, "a": "b" }).unwrap();
    for (length, extra) in [(whole.len() - 1, 0), (3, 0), (whole.len(), 2), (whole.len(), 5)] {
        fs::write(folder.join("b.bson"), [&whole[..length], &vec![0; extra]].concat()).unwrap();
        let error = Restore::from(scratch.path()).into(&target).run().await.unwrap_err();
        assert!(matches!(error, BackupError::Damaged { .. }), "{length}, {extra}: {error}");
        assert!(picture(&target).await.is_empty());
    }
}
