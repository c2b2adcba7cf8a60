//! Help and completion: what can be asked, on one page each.

use std::process::Stdio;

use tokio::process::Command;

use super::program::{run, snapshot};

const COMMANDS: [&str; 36] = [
    "status",
    "plan",
    "check",
    "history",
    "completion",
    "up",
    "down",
    "to",
    "redo",
    "only",
    "validate",
    "mark-applied",
    "baseline",
    "reset",
    "backup",
    "restore",
    "copy",
    "census",
    "plan-backfill",
    "backfill",
    "verify",
    "indexes",
    "rollback",
    "list-failed",
    "retry-failed",
    "job",
    "pause",
    "resume",
    "adjust",
    "cancel",
    "floor",
    "members",
    "retire",
    "new",
    "help",
    "--version",
];

#[tokio::test]
async fn help_is_one_page() {
    let help = run(&["--help"]).await;
    snapshot("help", help.text(0));
    for command in COMMANDS.iter().filter(|command| !command.starts_with('-')) {
        assert!(help.stdout.lines().any(|line| line.trim_start().starts_with(command)), "{command}");
    }
    // No command is missing here.
    let listed = help.stdout.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    assert_eq!(listed.count(), COMMANDS.len() - 1);
}

#[tokio::test]
async fn each_command_has_a_page_of_its_own() {
    for command in &COMMANDS[..COMMANDS.len() - 2] {
        let page = run(&[command, "--help"]).await;
        let text = page.text(0);
        let about = text.lines().next().unwrap_or_default();
        assert!(about.len() > 10 && text.contains(&format!("Usage: shop {command}")), "{text}");
        assert!(text.lines().count() < 70, "{command} is more than a page:\n{text}");
        assert!(text.lines().all(|line| !line.contains("TODO")), "{text}");
        assert_eq!(run(&["help", command]).await.stdout, text);
    }
    assert!(run(&["--version"]).await.text(0).contains(env!("CARGO_PKG_VERSION")));
}

/// Shells take what is written for them, those that are here.
#[tokio::test]
async fn shells_take_their_completion() {
    let scratch = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completion", shell]).await;
        let text = script.text(0);
        for command in ["retry-failed", "mark-applied", "uri-file"] {
            assert!(text.contains(command), "{shell} does not know {command}");
        }
        assert!(text.contains("shop"), "{shell}");
        let file = scratch.path().join(shell);
        std::fs::write(&file, text).unwrap();
        let checked = Command::new(shell).arg("-n").arg(&file).stderr(Stdio::piped()).output().await;
        match checked {
            Ok(checked) if ["bash", "zsh", "fish"].contains(&shell) => {
                assert!(checked.status.success(), "{checked:?}")
            }
            // It is not here, or has no such option. Bash is everywhere.
            _ => assert_ne!(shell, "bash"),
        }
    }
}

/// Bash itself, asked what it would complete.
#[tokio::test]
async fn bash_completes_commands() {
    let script = run(&["completion", "bash"]).await;
    let ask = "COMP_WORDS=(shop retry); COMP_CWORD=1; _shop shop retry shop; echo \"${COMPREPLY[*]}\"";
    let text = format!("{}\n{ask}", script.text(0));
    let output = Command::new("bash").args(["-c", &text]).output().await.unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "retry-failed\n");
}
