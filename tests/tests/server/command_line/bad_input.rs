//! What was asked for wrongly: one clear sentence, a code, and nothing done.

use super::program::{Ended, Shop, bare, picture, run};
use crate::support::uri;

/// On no server: said at once.
#[tokio::test]
async fn a_place_that_is_none_is_said() {
    let scratch = tempfile::tempdir().unwrap();
    let empty = scratch.path().join("empty");
    std::fs::write(&empty, "\n").unwrap();
    let empty = empty.to_str().unwrap();
    let cases = [
        (
            &["status"][..],
            2,
            "error: say which server: `--uri`, `--uri-file`, or MONGODB_URI in the environment",
        ),
        (&["status", "--uri", ""], 2, "error: say which server: "),
        (&["status", "--uri", "mongodb://localhost:1"], 2, "error: say which database: `--database`"),
        (&["status", "--uri", "shop"], 2, "error: the URI cannot be used: "),
        (&["status", "--uri", "http://localhost/shop"], 2, "error: the URI cannot be used: "),
        (&["status", "--uri", "mongodb://localhost:port/shop"], 2, "error: the URI cannot be used: "),
        (
            &["status", "--uri-file", "/nowhere"],
            2,
            "error: the URI cannot be read from `/nowhere`: No such file",
        ),
        (&["status", "--uri-file", empty], 2, "and is empty"),
        (
            &["up", "--uri", "mongodb://127.0.0.1:1/shop?serverSelectionTimeoutMS=100"],
            3,
            "error: the server does not answer: ",
        ),
        (
            &["check", "--uri", "mongodb://127.0.0.1:1/shop?serverSelectionTimeoutMS=100"],
            3,
            "error: the server does not answer: ",
        ),
    ];
    for (arguments, code, words) in cases {
        let ended = run(arguments).await;
        assert!(ended.error(code).contains(words), "{arguments:?}: {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
}

/// An option counts for more than a file, and both for more than a variable that happens to be there.
#[tokio::test]
async fn the_server_is_named_in_three_ways() {
    let shop = Shop::open().await;
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("uri");
    std::fs::write(&file, format!("{}\nand more\n", uri().await)).unwrap();
    let nobody = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100";
    let census = ["census", "products", "--database", shop.database.name()];
    let run = async |arguments: &[&str], variable: &str| {
        let output = bare().args(census).args(arguments).env("MONGODB_URI", variable).output().await;
        Ended::of(output.unwrap()).code
    };
    let file = file.to_str().unwrap();
    assert_eq!(run(&[], uri().await).await, Some(0));
    assert_eq!(run(&[], nobody).await, Some(3));
    assert_eq!(run(&[], "").await, Some(2));
    assert_eq!(run(&["--uri", uri().await], nobody).await, Some(0));
    assert_eq!(run(&["--uri-file", file], nobody).await, Some(0));
    assert_eq!(run(&["--uri-file", file, "--uri", nobody], nobody).await, Some(2));
}

#[tokio::test]
async fn names_that_are_none_are_said_with_those_that_are() {
    let shop = Shop::stocked().await;
    let before = picture(&shop.database).await;
    let migration = "error: there is no migration `nothing`; there are `20260101-price-list`, ";
    let documents =
        "error: the schema has no documents of the name `nothing`; it has `products`, `messages$notice`";
    let cases = [
        (&["up", "nothing"][..], migration),
        (&["to", "nothing"], migration),
        (&["only", "nothing"], migration),
        (&["only", "nothing", "--down"], migration),
        (&["mark-applied", "nothing"], migration),
        (&["baseline", "nothing"], migration),
        (&["census", "nothing"], documents),
        (&["plan-backfill", "nothing"], documents),
        (&["backfill", "nothing"], documents),
        (&["verify", "nothing"], documents),
        (&["indexes", "nothing", "--create"], documents),
        (&["rollback", "nothing"], documents),
        (&["list-failed", "nothing"], documents),
        (&["retry-failed", "nothing"], documents),
        (&["job", "nothing"], documents),
        (&["pause", "nothing"], documents),
        (&["resume", "nothing"], documents),
        (&["adjust", "nothing", "--workers", "2"], documents),
        (&["cancel", "nothing"], documents),
        (&["floor", "nothing"], documents),
        (&["members", "nothing"], documents),
        (&["retire", "nothing"], documents),
        (&["backfill"], "error: say which documents: `products`, `messages$notice`; or `--all`"),
        (&["job"], "error: say which documents: `products`, `messages$notice`"),
    ];
    for (arguments, words) in cases {
        let ended = shop.run(arguments).await;
        assert!(ended.error(2).starts_with(words), "{arguments:?}: {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
    assert_eq!(picture(&shop.database).await, before);
}

#[tokio::test]
async fn arguments_that_are_none_are_said() {
    for arguments in [
        &[][..],
        &["sideways"],
        &["up", "--sideways"],
        &["to"],
        &["adjust", "products"],
        &["down", "many"],
        &["down", "1", "--all"],
        &["up", "--wait", "soon"],
        &["up", "--wait", "1", "--no-wait"],
        &["up", "--backup", "folder", "--no-backup"],
        &["status", "--environment", "nowhere"],
        &["backfill", "--all", "products"],
        &["backfill", "--max-rate", "0"],
        &["backfill", "--max-lag", "soon"],
        &["backfill", "--window", "noon"],
        &["rollback", "--of", "x"],
        &["indexes", "--replace-changed"],
        &["retire", "--validator", "none"],
        &["restore", "folder", "--merge", "--drop-first"],
        &["history", "--format", "pdf"],
        &["completion", "tcl"],
    ] {
        let ended = run(arguments).await;
        assert_eq!((ended.code, &*ended.stdout), (Some(2), ""), "{arguments:?}: {ended:?}");
        let errors = ended.stderr.lines().filter(|line| line.starts_with("error:")).count();
        assert!(
            errors == 1 || arguments.is_empty() && ended.stderr.contains("Usage"),
            "{arguments:?}: {ended:?}"
        );
    }
}

#[tokio::test]
async fn a_page_that_cannot_be_written_is_said() {
    let shop = Shop::open().await;
    let ended = shop.run(&["status", "--html", "/nowhere/page.html"]).await;
    assert!(ended.error(4).starts_with("error: `/nowhere/page.html` could not be written: "), "{ended:?}");
}
