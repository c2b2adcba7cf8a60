//! What destroys: allowed in development, asked for in staging, and in production only in so many words and with a backup.

use serde_json::json;

use super::program::{MIGRATIONS, Shop, picture};

const UP: [&str; 4] = ["up", MIGRATIONS[2], "--wait", "1"];

#[tokio::test]
async fn only_development_destroys_without_a_word() {
    let shop = Shop::stocked().await;
    let before = picture(&shop.database).await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let folder = folder.to_str().unwrap();
    let refused = [
        (
            &["--environment", "staging"][..],
            "in staging that has to be confirmed (`--allow-destructive` says yes beforehand)",
        ),
        (&["--environment", "staging", "--no-backup"], "(`--allow-destructive` says yes beforehand)"),
        (&["--environment", "production"], "(`--allow-destructive` with `--backup FOLDER` or `--no-backup`)"),
        (&["--environment", "production", "--allow-destructive"], "a backup has to be made or waived"),
        (&["--environment", "production", "--no-backup"], "a backup has to be made or waived"),
        // None is made for what is not allowed anyhow.
        (&["--environment", "production", "--backup", folder], "a backup has to be made or waived"),
        (&["--allow-destructive"], "the environment was not said, so it is taken for production"),
        (&["--environment", "production", "--json"], "a backup has to be made or waived"),
    ];
    for (options, words) in refused {
        let ended = shop.run(&[&UP[..], options].concat()).await;
        let error = if options.contains(&"--json") {
            let events = ended.events();
            assert_eq!(
                (events[0]["event"].as_str(), &events[0]["exitCode"]),
                (Some("error"), &json!(8)),
                "{ended:?}"
            );
            assert_eq!((ended.code, &*ended.stdout), (Some(8), ""));
            events[0]["error"].as_str().unwrap().to_owned()
        } else {
            ended.error(8).to_owned()
        };
        assert!(error.contains("`20260301-drop-carts` destroys collection `carts`; "), "{error}");
        assert!(error.contains(words), "{options:?}: {error}");
        assert!(!std::path::Path::new(folder).exists());
    }
    assert_eq!(picture(&shop.database).await, before);
    assert_eq!((shop.count("carts").await, shop.count("prices").await), (1, 0));

    for options in [
        &["--environment", "staging", "--allow-destructive"][..],
        &["--environment", "production", "--allow-destructive", "--no-backup"],
        &["--environment", "production", "--allow-destructive", "--backup", folder],
        &["--environment", "development"],
    ] {
        let shop = Shop::stocked().await;
        shop.run(&[&UP[..], options].concat()).await.text(0);
        assert_eq!(shop.count("carts").await, 0);
    }
    // The carts are in the backup that was made first.
    assert!(std::path::Path::new(folder).join("manifest.json").exists());
    let shop = Shop::open().await;
    let restored = shop.json(0, &["restore", folder, "--collection", "carts"]).await;
    assert_eq!((shop.count("carts").await, &restored["folder"]), (1, &json!(folder)));
}

/// A backup that cannot be made keeps the migration from being run.
#[tokio::test]
async fn without_its_backup_nothing_is_destroyed() {
    let shop = Shop::stocked().await;
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("file"), "").unwrap();
    let folder = scratch.path().to_str().unwrap();
    let options = ["--environment", "production", "--allow-destructive", "--backup", folder];
    let ended = shop.run(&[&UP[..], &options].concat()).await;
    assert!(ended.error(8).contains("is not empty; name one that is"), "{ended:?}");
    assert_eq!((shop.count("carts").await, shop.count("prices").await), (1, 0));
}

#[tokio::test]
async fn a_reset_is_for_development_and_for_the_database_that_was_meant() {
    let shop = Shop::stocked().await;
    let before = picture(&shop.database).await;
    let name = shop.database.name().to_owned();
    let cases = [
        (&["--confirm", &*name][..], 8, "this is not said to be (`--environment development` says so)"),
        (
            &["--confirm", &name, "--environment", "staging"],
            8,
            "allowed in development only, and this is staging",
        ),
        (
            &["--confirm", &name, "--environment", "production"],
            8,
            "allowed in development only, and this is production",
        ),
        (&["--environment", "production"], 8, "allowed in development only"),
        (&["--confirm", "other", "--environment", "development"], 2, "was confirmed with `other`"),
        (&["--environment", "development"], 2, "there is no terminal; give it with `--confirm DATABASE`"),
    ];
    for (options, code, words) in cases {
        let ended = shop.run(&[&["reset"], options].concat()).await;
        assert!(ended.error(code).contains(words), "{options:?}: {ended:?}");
    }
    assert_eq!(picture(&shop.database).await, before);

    let reset = shop.json(0, &["reset", "--environment", "development", "--confirm", &name]).await;
    assert_eq!(reset["ending"]["ending"], "done");
    assert_eq!((shop.count("products").await, shop.count("prices").await), (0, 3));
}
