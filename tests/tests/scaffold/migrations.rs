//! New migrations: their files, and their places in lists of several styles.

use std::fs;

use schema_runtime::{
    bson::DateTime,
    scaffold::{Edits, ScaffoldError, new_migration},
};

use crate::support::{is_formatted, package, planned};

fn at(seconds: i64) -> DateTime {
    DateTime::from_millis(
        DateTime::parse_rfc3339_str("2026-11-22T09:30:00Z").unwrap().timestamp_millis() + seconds * 1000,
    )
}

#[test]
fn the_first_one_comes_with_the_list() {
    let folder = package(&[]);
    let edits =
        new_migration(folder.path().join("src/migrations"), "add-tags", at(0), Some("Ada \"A\" L.")).unwrap();
    let expected = r#"//! Add tags.

use schema_runtime::migration::{Context, Migration};

/// Add tags.
pub(super) fn migration() -> Migration {
    Migration::new("20261122-093000-add-tags")
        .description("Add tags")
        .author("Ada \"A\" L.")
        .date("2026-11-22")
        .source(include_str!("m20261122_093000_add_tags.rs"))
        .up(async |context: Context| {
            // What it does. Ready-made steps are in `schema_runtime::migration::steps`.
            let _database = context.database();
            Err("this migration is not written yet".into())
        })
        .down(async |context: Context| {
            let _database = context.database();
            Err("the way back of this migration is not written yet".into())
        })
}
"#;
    assert_eq!(planned(&edits, "m20261122_093000_add_tags.rs"), expected);
    let expected = "\
//! The migrations of this service, in the order in which they are run.

use schema_runtime::migration::Migration;

mod m20261122_093000_add_tags;

/// All of them.
pub(crate) fn all() -> Vec<Migration> {
    vec![
        // A new one goes to the end.
        m20261122_093000_add_tags::migration(),
    ]
}
";
    assert_eq!(planned(&edits, "mod.rs"), expected);
    assert!(edits.to_string().contains("note: declare `mod migrations;` beside that folder"), "{edits}");
    edits.apply().unwrap();
    let again = new_migration(folder.path().join("src/migrations"), "AddTags", at(0), None).unwrap_err();
    assert!(matches!(again, ScaffoldError::Exists { .. }), "{again}");
}

#[test]
fn one_after_the_other_stands_at_the_end_and_all_are_formatted() {
    let folder = package(&[]);
    let migrations = folder.path().join("src/migrations");
    for (at_second, name) in (0..).zip(["first", "second", "try", "2nd step", "self"]) {
        new_migration(&migrations, name, at(at_second), Some(" ")).unwrap().apply().unwrap();
    }
    let list = fs::read_to_string(migrations.join("mod.rs")).unwrap();
    let calls: Vec<_> = list.lines().filter(|line| line.ends_with("::migration(),")).map(str::trim).collect();
    let expected = ["00_first", "01_second", "02_try", "03_2nd_step", "04_self"];
    assert_eq!(calls, expected.map(|name| format!("m20261122_0930{name}::migration(),")));
    let mods: Vec<_> = list.lines().filter(|line| line.starts_with("mod ")).collect();
    assert_eq!(mods, expected.map(|name| format!("mod m20261122_0930{name};")));
    let paths: Vec<_> = fs::read_dir(&migrations).unwrap().map(|entry| entry.unwrap().path()).collect();
    is_formatted(&paths).unwrap();
}

/// A list of this text, in the file beside the folder, with one more.
fn with_one_more(list: &str) -> Result<(String, Edits), ScaffoldError> {
    let folder = package(&[("src/migrations.rs", list)]);
    let edits = new_migration(folder.path().join("src/migrations"), "x", at(0), None)?;
    edits.apply().unwrap();
    Ok((fs::read_to_string(folder.path().join("src/migrations.rs")).unwrap(), edits))
}

#[test]
fn lists_of_other_styles_are_continued() {
    let call = "m20261122_093000_x::migration()";
    for (before, after) in [
        ("[a::migration()]", format!("[a::migration(), {call}]")),
        ("vec![]", format!("vec![{call}]")),
        (
            "vec![\n        // None yet.\n    ]",
            format!("vec![\n        // None yet.\n        {call},\n    ]"),
        ),
        (
            "vec![\n        a::migration(), // the first\n    ]",
            format!("vec![\n        a::migration(), // the first\n        {call},\n    ]"),
        ),
        (
            "vec![\n        a::migration(),\n        crate::b::migration()\n    ]",
            format!("vec![\n        a::migration(),\n        crate::b::migration(),\n        {call},\n    ]"),
        ),
        (
            "vec![a::migration(), some_long_name_of_another_one::migration()]",
            format!(
                "vec![\n        a::migration(),\n        some_long_name_of_another_one::migration(),\n        {call},\n    ]"
            ),
        ),
    ] {
        let text = |list: &str, modules: &str| {
            format!(
                "//! Ours.\n\n#![allow(unused)]\nuse schema_runtime::migration::Migration;\n\n{modules}\n\npub fn all() -> Vec<Migration> {{\n    {list}.into()\n}}\n"
            )
        };
        let (continued, edits) = with_one_more(&text(before, "mod a; // 1\nmod b;")).unwrap();
        assert_eq!(continued, text(&after, "mod a; // 1\nmod b;\nmod m20261122_093000_x;"));
        let list = edits.files.iter().find(|file| file.path.ends_with("migrations.rs")).unwrap();
        let lines: Vec<_> = continued.lines().collect();
        let at_line = |change: usize| lines[list.changes[change].line - 1];
        assert_eq!(at_line(0), "mod m20261122_093000_x;");
        assert!(at_line(1).contains("vec!") || at_line(1).contains(call), "{}", at_line(1));
    }
}

#[test]
fn a_first_module_is_declared_behind_the_imports() {
    let (text, _) = with_one_more("//! Ours.\nuse a::B;\nfn all() -> Vec<B> {\n    vec![]\n}\n").unwrap();
    assert!(text.starts_with("//! Ours.\nuse a::B;\n\nmod m20261122_093000_x;\nfn all"), "{text}");
    let (text, _) = with_one_more("//! Ours.\nfn all() -> V {\n    vec![]\n}\n").unwrap();
    assert!(text.starts_with("//! Ours.\n\nmod m20261122_093000_x;\nfn all"), "{text}");
    let (text, _) = with_one_more("fn all() -> V {\n    vec![]\n}\n").unwrap();
    assert!(text.starts_with("mod m20261122_093000_x;\n\nfn all"), "{text}");
}

#[test]
fn what_is_no_such_list_is_left_alone_and_the_lines_are_said() {
    for (list, why) in [
        ("fn all(s: S) -> S { s.migration(a::migration()) }", "none was found"),
        ("fn all() -> V { vec![a::migration(), B] }", "none was found"),
        ("fn all() -> V { vec![a::other()] }", "none was found"),
        ("fn all() -> V { if x { vec![] } else { vec![a::migration()] } }", "several were found"),
        ("fn all( {", "line 1, column"),
    ] {
        let error = with_one_more(list).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(why), "{text}");
        assert!(
            text.contains("\n    mod m20261122_093000_x;\n    m20261122_093000_x::migration(),\n"),
            "{text}"
        );
    }
}

#[test]
fn the_crate_has_the_name_of_the_manifest() {
    let folder = package(&[
        (
            "Cargo.toml",
            "[workspace.dependencies]\nstore = { package = \"schema-runtime\", version = \"0.1\" }\n",
        ),
        ("service/Cargo.toml", "[dependencies]\nstore.workspace = true\n"),
    ]);
    let edits = new_migration(folder.path().join("service/src/migrations"), "x", at(0), None).unwrap();
    assert!(
        planned(&edits, "m20261122_093000_x.rs").contains("\nuse store::migration::{Context, Migration};\n"),
        "{edits}"
    );
    assert!(planned(&edits, "mod.rs").contains("\nuse store::migration::Migration;\n"), "{edits}");
}
