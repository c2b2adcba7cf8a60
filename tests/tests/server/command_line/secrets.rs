//! Passwords and URLs that hold them: in no output, whatever is said and whatever goes wrong, and in no log.

use std::process::Stdio;

use super::program::{Ended, Shop, bare};
use crate::support::uri;

const SECRET: &str = "HUNTER2SECRET";

/// Runs it with everything logged that can be. The secret is nowhere in what comes of it.
async fn said(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = bare();
    command.args(arguments).env("SHOP_LOG", "1").envs(variables.iter().copied()).stdin(Stdio::null());
    let ended = Ended::of(command.output().await.expect("the program to run"));
    for text in [&ended.stdout, &ended.stderr] {
        assert!(!text.contains(SECRET), "{arguments:?}: {text}");
    }
    ended
}

#[tokio::test]
async fn a_uri_is_not_repeated_however_wrong_it_is() {
    for wrong in [
        // Where the host was forgotten, the password is taken for a port.
        "mongodb://ada:{}/shop",
        "mongodb://ada:{}",
        "mongodb://ada:{}@/shop",
        "mongodb://ada:{}@host:port/shop",
        "mongodb://ada:pass/{}@host/shop",
        "mongodb://ada:%zz{}@host/shop",
        "mongodb://ada:{}@127.0.0.1:1,/shop",
        "ada:{}@host",
        "{}://host",
        "http://ada:{}@host/shop",
        "mongodb://127.0.0.1:1/shop?tlsCertificateKeyFilePassword={}",
        "mongodb://127.0.0.1:1/shop?readPreference={}",
        "mongodb://ada:{}@127.0.0.1:1/shop?serverSelectionTimeoutMS=100",
        "mongodb+srv://ada:{}@127.0.0.1:1/shop",
    ] {
        let wrong = wrong.replace("{}", SECRET);
        for (arguments, variables) in [
            (&["census", "products", "--uri", &*wrong][..], &[][..]),
            (&["census", "products"], &[("MONGODB_URI", &*wrong)][..]),
            (&["census", "products", "--json", "--uri", &wrong], &[]),
        ] {
            let ended = said(arguments, variables).await;
            assert!(matches!(ended.code, Some(2 | 3)), "{wrong}: {ended:?}");
        }
    }
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("uri");
    std::fs::write(&file, format!("mongodb://ada:{SECRET}/shop")).unwrap();
    assert_eq!(said(&["status", "--uri-file", file.to_str().unwrap()], &[]).await.code, Some(2));
}

#[tokio::test]
async fn a_uri_in_the_wrong_place_is_not_repeated() {
    let shop = Shop::open().await;
    let wrong = format!("mongodb://ada:{SECRET}@host/shop");
    let named = format!("--uri={wrong}");
    let place = ["--uri", uri().await, "--database", shop.database.name()];
    for arguments in [
        &[&*wrong][..],
        &["status", &wrong],
        &["status", &named, &named],
        &["up", &wrong],
        &["census", &wrong],
        &["down", &wrong],
        &["only", "--down", &wrong],
        &["status", "--environment", &wrong],
        &["status", "--color", &wrong],
        &["up", "--wait", &wrong],
        &["restore", &wrong],
        &["status", "--uri-file", &wrong],
        &["status", "--html", &wrong],
        &["copy", "--to-database", &wrong],
    ] {
        let all = [&place, arguments].concat();
        let ended = said(
            if arguments.contains(&&*named) || arguments.contains(&"--uri-file") { arguments } else { &all },
            &[],
        )
        .await;
        assert!(!matches!(ended.code, None | Some(0)), "{arguments:?}: {ended:?}");
    }
}

#[tokio::test]
async fn copies_and_webhooks_keep_theirs() {
    let shop = Shop::stocked().await;
    let place = ["--uri", uri().await, "--database", shop.database.name()];
    for to in [
        format!("mongodb://ada:{SECRET}/shop"),
        format!("mongodb://ada:{SECRET}@127.0.0.1:1/?serverSelectionTimeoutMS=100"),
    ] {
        for (arguments, variables) in
            [(&["copy", "--to", &*to][..], &[][..]), (&["copy"], &[("SCHEMA_COPY_TO", &*to)][..])]
        {
            let ended = said(&[&place, arguments].concat(), variables).await;
            assert!(matches!(ended.code, Some(2 | 3)), "{ended:?}");
        }
    }
    for url in [
        format!("http://127.0.0.1:1/services/{SECRET}"),
        format!("http://ada:{SECRET}@127.0.0.1:1/"),
        format!("http://127.0.0.1:1/?token={SECRET}"),
        format!("127.0.0.1/{SECRET}"),
        format!("ftp://host/{SECRET}"),
        format!("not a URL {SECRET}"),
    ] {
        for arguments in [&["redo", "--webhook", &*url][..], &["redo", "--json", "--webhook", &url]] {
            said(&[&place[..], &["up", "20260101-price-list"]].concat(), &[]).await;
            let ended = said(&[&place, arguments].concat(), &[]).await;
            assert_eq!(ended.code, Some(0), "{ended:?}");
            assert!(ended.stderr.contains("the webhook was not told everything"), "{ended:?}");
        }
        let ended = said(&[&place[..], &["redo"]].concat(), &[("SCHEMA_WEBHOOK", &url)]).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
}

/// `--help` shows values of variables, but for these.
#[tokio::test]
async fn help_does_not_show_them() {
    let uri = format!("mongodb://ada:{SECRET}@host/shop");
    let variables = [("MONGODB_URI", &*uri), ("SCHEMA_WEBHOOK", &uri), ("SCHEMA_COPY_TO", &uri)];
    for arguments in [&["--help"][..], &["help", "copy"], &["copy", "--help"], &["status", "-h"]] {
        assert_eq!(said(arguments, &variables).await.code, Some(0));
    }
}
