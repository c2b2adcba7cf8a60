//! At a terminal: questions and their answers, and colour. The terminal is that of `script`.
#![cfg(target_os = "linux")]

use std::process::Stdio;

use tokio::{io::AsyncWriteExt, process::Command};

use super::program::{Ended, MIGRATIONS, SHOP, Shop, picture};
use crate::support::uri;

const STAGING: [&str; 5] = ["up", MIGRATIONS[2], "--environment", "staging", "--no-wait"];

/// What is shown at a terminal where somebody types this, and how it ends.
async fn at_a_terminal(shop: &Shop, arguments: &[&str], typed: &str, variables: &[(&str, &str)]) -> Ended {
    let mut words = vec![SHOP, "--uri", uri().await, "--database", shop.database.name()];
    words.extend(arguments);
    let line = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let line = format!("stty cols 160 rows 50; exec {line}");
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).env_remove("SCHEMA_ENVIRONMENT");
    command.env("TERM", "xterm").env_remove("NO_COLOR").envs(variables.iter().copied());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(typed.as_bytes()).await.unwrap();
    input.flush().await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    drop(input);
    Ended::of(output)
}

#[tokio::test]
async fn staging_asks_and_takes_yes_for_yes() {
    let shop = Shop::stocked().await;
    for typed in ["no\n", "\n", "y\n", "YES\n", "yes please\n", "\u{4}"] {
        let ended = at_a_terminal(&shop, &STAGING, typed, &[]).await;
        assert_eq!(ended.code, Some(8), "{typed:?}: {ended:?}");
        assert!(ended.stdout.contains("`20260301-drop-carts` destroys collection `carts`"), "{ended:?}");
        assert!(ended.stdout.contains("type `yes` to go on: "), "{ended:?}");
        assert!(ended.stdout.contains("in staging that has to be confirmed"), "{ended:?}");
        assert_eq!((shop.count("carts").await, shop.count("prices").await), (1, 0));
    }
    let ended = at_a_terminal(&shop, &STAGING, "yes\n", &[]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(shop.count("carts").await, 0);
    // Nothing is left that would be asked about.
    let ended = at_a_terminal(&shop, &STAGING, "", &[]).await;
    assert!(ended.code == Some(0) && !ended.stdout.contains("type"), "{ended:?}");
}

/// Programs are not asked, and neither is production.
#[tokio::test]
async fn nobody_else_is_asked() {
    let shop = Shop::stocked().await;
    for arguments in
        [[&STAGING[..], &["--json"]].concat(), vec!["up", "--environment", "production"], vec!["up"]]
    {
        let ended = at_a_terminal(&shop, &arguments, "yes\n", &[]).await;
        assert_eq!(ended.code, Some(8), "{ended:?}");
        assert!(!ended.stdout.contains("type `yes`"), "{ended:?}");
    }
    assert_eq!(shop.count("carts").await, 1);
}

#[tokio::test]
async fn a_reset_wants_the_name_of_the_database() {
    let shop = Shop::stocked().await;
    let reset = ["reset", "--environment", "development"];
    let before = picture(&shop.database).await;
    for (typed, code) in [("yes\n", 2), ("\n", 2), ("shop\n", 2)] {
        let ended = at_a_terminal(&shop, &reset, typed, &[]).await;
        assert_eq!(ended.code, Some(code), "{ended:?}");
        let question = format!("everything in `{}` will be lost; type its name: ", shop.database.name());
        assert!(ended.stdout.contains(&question), "{ended:?}");
    }
    // It is refused before anybody is asked.
    let ended = at_a_terminal(&shop, &["reset"], "yes\n", &[]).await;
    assert!(ended.code == Some(8) && !ended.stdout.contains("type its name"), "{ended:?}");
    assert_eq!(picture(&shop.database).await, before);
    let ended = at_a_terminal(&shop, &reset, &format!("{}\n", shop.database.name()), &[]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(shop.count("products").await, 0);
}

#[tokio::test]
async fn there_is_colour_where_somebody_sees_it() {
    const ESCAPE: char = '\u{1b}';
    let shop = Shop::stocked().await;
    for arguments in [&["status"][..], &["up", "nothing"], &["up", MIGRATIONS[0]], &["--help"]] {
        let coloured = at_a_terminal(&shop, arguments, "", &[]).await;
        assert!(coloured.stdout.contains(ESCAPE), "{arguments:?}: {coloured:?}");
        shop.run(&["down", "--all"]).await;
        let plain = at_a_terminal(&shop, arguments, "", &[("NO_COLOR", "1")]).await;
        assert!(!plain.stdout.contains(&format!("{ESCAPE}[3")), "{arguments:?}: {plain:?}");
        shop.run(&["down", "--all"]).await;
        let piped = shop.run(arguments).await;
        assert!(!piped.stdout.contains(ESCAPE) && !piped.stderr.contains(ESCAPE), "{arguments:?}: {piped:?}");
    }
    let json = at_a_terminal(&shop, &["status", "--json"], "", &[]).await;
    assert!(!json.stdout.contains(ESCAPE), "{json:?}");
}
