//! Backup, restore and copy: in words, in JSON, and what keeps them from being done.
#![cfg(unix)]

use std::{fs, path::Path};

use serde_json::json;
use tokio::process::Command;

use super::program::{Ended, SHOP, Shop, picture, snapshot};
use crate::support::uri;

fn entries(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn a_database_is_kept_brought_back_and_taken_elsewhere() {
    let (shop, other, third) = (Shop::stocked().await, Shop::open().await, Shop::open().await);
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let path = folder.to_str().unwrap();
    let backup = shop.run(&["backup", path]).await;
    snapshot("backup", &backup.text(0).replace(path, "<folder>"));
    assert!(backup.stderr.contains("products: 31"), "{backup:?}");
    let second = scratch.path().join("second");
    let json = shop.json(0, &["backup", second.to_str().unwrap(), "--collection", "carts"]).await;
    assert_eq!(json["collections"].as_array().map(Vec::len), Some(1));

    let restored = other.run(&["restore", path]).await;
    snapshot("restore", &restored.text(0).replace(path, "<folder>"));
    assert_eq!(other.count("products").await, 31);
    let again = other.run(&["restore", path]).await;
    assert!(again.error(8).contains("`--drop-first` or `--merge`"), "{again:?}");
    other.run(&["restore", path, "--merge"]).await.text(0);
    other.run(&["restore", path, "--drop-first", "--collection", "products"]).await.text(0);

    let copied = shop.run(&["copy", "--to-database", third.database.name()]).await;
    snapshot("copy", copied.text(0));
    assert_eq!((third.count("products").await, third.count("carts").await), (31, 1));
    let itself = shop.run(&["copy", "--to-database", shop.database.name()]).await;
    assert!(itself.error(8).contains("cannot be copied into"), "{itself:?}");

    // What a backfill would touch.
    let third = scratch.path().join("third");
    let json = shop.json(0, &["backup", third.to_str().unwrap(), "--not-current", "products"]).await;
    assert_eq!(json["collections"][0]["documents"], 26);
}

#[tokio::test]
async fn what_is_wrong_with_a_folder_is_said_and_nothing_is_written() {
    let shop = Shop::stocked().await;
    let before = picture(&shop.database).await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    fs::write(folder.join("file"), "text").unwrap();
    let (used, file) = (folder.to_str().unwrap(), folder.join("file"));
    let cases = [
        (&["backup", used][..], 8, "is not empty"),
        (&["backup", file.to_str().unwrap()], 4, "could not"),
        (&["backup", "/proc/nowhere/backup"], 4, "could not"),
        (&["backup", "/tmp/unused", "--collection", "nothing"], 2, "has no `nothing`"),
        (&["backup", "/tmp/unused", "--not-current", "nothing"], 2, "no documents of the name `nothing`"),
        (&["restore", used], 4, "is no backup that can be read"),
        (&["restore", "/nowhere"], 4, "/nowhere"),
    ];
    for (arguments, code, words) in cases {
        let ended = shop.run(arguments).await;
        assert!(ended.error(code).contains(words), "{arguments:?}: {ended:?}");
    }
    assert_eq!(picture(&shop.database).await, before);
    assert_eq!(entries(folder), 1);
    assert!(!Path::new("/tmp/unused").exists());
}

/// As on a full disk: a file that cannot grow.
#[tokio::test]
async fn a_full_disk_is_said_and_nothing_is_left() {
    let shop = Shop::stocked().await;
    shop.insert("noise", (0..2000).map(|id| mongodb::bson::doc! { "_id": id, "noise": (0..200).map(|_| fastrand::alphanumeric()).collect::<String>() })).await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let script = "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\"";
    let run = async |arguments: &[&str]| {
        let place = ["--uri", uri().await, "--database", shop.database.name()];
        let mut command = Command::new("sh");
        command.args(["-c", script, SHOP]).args(place).args(arguments).env_remove("MONGODB_URI");
        Ended::of(command.output().await.unwrap())
    };
    let ended = run(&["backup", folder.to_str().unwrap()]).await;
    assert!(ended.error(4).contains("there is no space left for"), "{ended:?}");
    assert_eq!(entries(scratch.path()), 0);

    // Without its backup, nothing is destroyed.
    let up =
        ["up", "--environment", "production", "--allow-destructive", "--backup", folder.to_str().unwrap()];
    let ended = run(&up).await;
    assert!(ended.error(4).contains("there is no space left for"), "{ended:?}");
    assert_eq!((shop.count("carts").await, shop.count("prices").await), (1, 0));
    assert_eq!(entries(scratch.path()), 0);
}

#[tokio::test]
async fn lines_of_json_tell_how_far_it_is() {
    let shop = Shop::stocked().await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let ended = shop.run(&["backup", folder.to_str().unwrap(), "--json"]).await;
    ended.json(0);
    let events = ended.events();
    let done = events.iter().find(|event| event["collection"] == "products" && event["done"] == true);
    assert_eq!(done.unwrap()["documents"], json!(31), "{events:?}");
}
