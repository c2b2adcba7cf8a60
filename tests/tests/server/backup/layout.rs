//! A backup is what the tools of the server know: read here with `gzip` and by the byte, without any code of ours.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use mongodb::{
    Database,
    bson::{DateTime, Document, deserialize_from_slice, doc},
};
use schema_runtime::backup::{Backup, BackupError, Restore};
use serde_json::Value;

use super::picture::{bytes, picture};
use crate::support::database;

/// The files under a folder, from it on.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        match path.is_dir() {
            true => found.extend(files(&path).into_iter().map(|inner| format!("{name}/{inner}"))),
            false => found.push(name),
        }
    }
    found.sort();
    found
}

fn unpacked(path: PathBuf) -> Vec<u8> {
    let output = Command::new("gzip").args(["--decompress", "--stdout"]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}: {output:?}", path.display());
    output.stdout
}

fn documents(mut bytes: &[u8]) -> Vec<Document> {
    let mut documents = Vec::new();
    while let Some(length) = bytes.first_chunk::<4>() {
        let (document, rest) = bytes.split_at(i32::from_le_bytes(*length) as usize);
        documents.push(deserialize_from_slice(document).unwrap());
        bytes = rest;
    }
    documents
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[tokio::test]
async fn a_backup_has_the_files_of_a_dump() {
    let source = database().await;
    let stored: Vec<Document> = (0..3).map(|id| doc! { "_id": id, "n": 1_i64 }).collect();
    source.collection::<Document>("a/b").insert_many(&stored).await.unwrap();
    let index = doc! { "key": { "b": 1, "a": -1.0 }, "name": "b, a", "sparse": true };
    source.run_command(doc! { "createIndexes": "a/b", "indexes": [index] }).await.unwrap();
    source
        .run_command(doc! { "create": "v", "viewOn": "a/b", "pipeline": [{ "$limit": 2_i64 }] })
        .await
        .unwrap();
    let series = doc! { "timeField": "at" };
    source.run_command(doc! { "create": "w", "timeseries": series }).await.unwrap();
    source.collection::<Document>("w").insert_one(doc! { "at": DateTime::now() }).await.unwrap();

    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    Backup::of(&source).to(&folder).run().await.unwrap();
    let name = source.name();
    let expected = [
        "manifest.json".to_owned(),
        format!("{name}/a%2Fb.bson.gz"),
        format!("{name}/a%2Fb.metadata.json.gz"),
        format!("{name}/system.buckets.w.bson.gz"),
        format!("{name}/v.metadata.json.gz"),
        format!("{name}/w.metadata.json.gz"),
    ];
    assert_eq!(files(&folder), expected);

    let inner = folder.join(name);
    assert_eq!(documents(&unpacked(inner.join("a%2Fb.bson.gz"))), stored);
    let metadata = json(&unpacked(inner.join("a%2Fb.metadata.json.gz")));
    assert_eq!((&metadata["collectionName"], &metadata["type"]), (&"a/b".into(), &"collection".into()));
    assert_eq!(metadata["uuid"].as_str().map(str::len), Some(32));
    assert_eq!(metadata["options"], serde_json::json!({}));
    let index = &metadata["indexes"][1];
    assert_eq!(index["key"]["a"], serde_json::json!({ "$numberDouble": "-1.0" }));
    assert_eq!(index["v"], serde_json::json!({ "$numberInt": "2" }));
    // Their order is what an index is: as text, because values of JSON have none.
    let text = String::from_utf8(unpacked(inner.join("a%2Fb.metadata.json.gz"))).unwrap();
    assert!(text.find("\"b\"").unwrap() < text.find("\"a\"").unwrap(), "{text}");
    let view = json(&unpacked(inner.join("v.metadata.json.gz")));
    assert_eq!(
        (&view["type"], &view["uuid"], &view["indexes"]),
        (&"view".into(), &"".into(), &serde_json::json!([]))
    );
    assert_eq!(view["options"]["viewOn"], "a/b");
    let series = json(&unpacked(inner.join("w.metadata.json.gz")));
    assert_eq!(
        (&series["type"], &series["options"]["timeseries"]["timeField"]),
        (&"timeseries".into(), &"at".into())
    );

    let manifest = json(&fs::read(folder.join("manifest.json")).unwrap());
    assert_eq!((&manifest["format"], &manifest["database"]), (&1.into(), &name.into()));
    let collections = manifest["collections"].as_array().unwrap();
    let collection = |name: &str| collections.iter().find(|collection| collection["name"] == name).unwrap();
    assert_eq!(collection("a/b")["documents"], 3);
    assert_eq!(collection("v")["data"], Value::Null);
    for file in collections.iter().flat_map(|collection| [&collection["metadata"], &collection["data"]]) {
        let Some(path) = file["path"].as_str() else { continue };
        let output = Command::new("sha256sum").arg(folder.join(path)).output().unwrap();
        let sum = String::from_utf8(output.stdout).unwrap();
        assert!(sum.starts_with(file["sha256"].as_str().unwrap()), "{path}: {sum}");
        assert_eq!(file["bytes"], fs::metadata(folder.join(path)).unwrap().len());
    }
}

/// As `mongodump` has it: not compressed, without a manifest, numbers as JSON has them, other databases beside it.
#[tokio::test]
async fn a_dump_by_others_is_restored() {
    let (source, target) = (database().await, database().await);
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let (shop, other) = (folder.join("shop"), folder.join("other"));
    for database in [&shop, &other] {
        fs::create_dir(database).unwrap();
    }
    source.collection("things").insert_many((0..9).map(|id| doc! { "_id": id })).await.unwrap();
    let stored = bytes(&source, "things").await;
    for name in ["things.bson", "a%2fb.bson", "bare.bson"] {
        fs::write(shop.join(name), stored.concat()).unwrap();
    }
    let metadata = r#"{"options":{"capped":true,"size":4096},"indexes":[
        {"v":2,"key":{"_id":1},"name":"_id_","ns":"shop.things"},
        {"v":2,"key":{"b":1,"a":{"$numberInt":"-1"}},"name":"b_1_a_-1","ns":"shop.things"}]}"#;
    for name in ["things.metadata.json", "a%2fb.metadata.json"] {
        fs::write(shop.join(name), metadata).unwrap();
    }
    let view = r#"{"options":{"viewOn":"things","pipeline":[]},"indexes":[],"uuid":"","collectionName":"v","type":"view"}"#;
    fs::write(shop.join("v.metadata.json"), view).unwrap();
    fs::write(shop.join("system.users.bson"), stored.concat()).unwrap();
    fs::write(folder.join("oplog.bson"), stored.concat()).unwrap();
    fs::write(other.join("x.bson"), "").unwrap();

    let error = Restore::from(folder).into(&target).run().await.unwrap_err();
    assert!(
        matches!(&error, BackupError::SeveralDatabases { databases, .. } if databases == &["other", "shop"]),
        "{error}"
    );
    let report = Restore::from(folder).into(&target).database("shop").run().await.unwrap();
    assert!(!report.has_checksums && report.inserted() == 27, "{report}");
    assert!(report.to_string().contains("could not be checked"), "{report}");
    let found = picture(&target).await;
    assert_eq!(found.keys().collect::<Vec<_>>(), ["a/b", "bare", "things", "v"]);
    assert_eq!(bytes(&target, "things").await, stored);
    let names = target.collection::<Document>("a/b").list_index_names().await.unwrap();
    assert_eq!(names, ["_id_", "b_1_a_-1"]);

    // The folder of the database itself.
    Database::drop(&target).await.unwrap();
    let report = Restore::from(&shop).into(&target).collections(["bare"]).run().await.unwrap();
    assert_eq!((report.inserted(), report.source.as_str()), (9, "shop"));
}

#[tokio::test]
async fn what_is_no_backup_is_said_to_be_none() {
    let target = database().await;
    let scratch = tempfile::tempdir().unwrap();
    let refusal = async |folder: PathBuf| {
        let error = Restore::from(folder).into(&target).run().await.unwrap_err();
        assert!(picture(&target).await.is_empty());
        error
    };
    assert!(matches!(refusal(scratch.path().join("nowhere")).await, BackupError::NotABackup { .. }));
    assert!(matches!(refusal(scratch.path().to_owned()).await, BackupError::NotABackup { .. }));
    let manifest = |text: &str| fs::write(scratch.path().join("manifest.json"), text).unwrap();
    manifest(r#"{ "format": 2, "anything": [] }"#);
    assert!(matches!(refusal(scratch.path().to_owned()).await, BackupError::NewerFormat { format: 2, .. }));
    manifest("{");
    assert!(matches!(refusal(scratch.path().to_owned()).await, BackupError::Damaged { .. }));
    let listed = r#"{ "name": "x", "kind": "collection", "documents": 0, "bytes": 0, "metadata": { "path": "../x", "bytes": 0, "sha256": "" } }"#;
    manifest(&format!(
        r#"{{ "format": 1, "server": "6", "database": "d", "begunAt": "", "endedAt": "", "collections": [{listed}] }}"#
    ));
    let error = refusal(scratch.path().to_owned()).await;
    assert!(matches!(&error, BackupError::NotABackup { why, .. } if why.contains("../x")), "{error}");
}
