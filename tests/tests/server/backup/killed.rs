//! A backup that does not come to its end: there is no folder, and only a kill leaves the unfinished one.

use std::{fs, path::Path, sync::Mutex};

use schema_runtime::backup::{Backup, BackupError, Restore, Step};
use tokio::sync::oneshot;

use super::{
    picture::{fill, picture},
    process::Process,
};
use crate::support::database;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_killed_backup_leaves_no_folder() {
    let (source, target) = (database().await, database().await);
    for name in ["a", "b"] {
        fill(&source, name, 500).await;
    }
    for steps in [1, 2, 3, 4] {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("backup");
        let process = Process::after_steps(steps, "backup", source.name(), folder.to_str().unwrap()).await;
        // It is still at work: another one keeps out of its way.
        let error = Backup::of(&source).to(&folder).run().await.unwrap_err();
        assert!(matches!(error, BackupError::PartialThere { .. }), "{error}");
        process.kill();
        assert_eq!(names(scratch.path()), ["backup.partial"]);
        // What was written of it is no backup either, whoever tries.
        let partial = scratch.path().join("backup.partial");
        assert!(!partial.join("manifest.json").exists());
        fs::remove_dir_all(partial).unwrap();
        Backup::of(&source).to(&folder).run().await.unwrap();
        Restore::from(&folder).into(&target).drop_first().run().await.unwrap();
        assert!(picture(&target).await == picture(&source).await);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn one_that_is_asked_to_end_leaves_nothing() {
    let source = database().await;
    fill(&source, "a", 500).await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let process = Process::after_steps(1, "backup", source.name(), folder.to_str().unwrap()).await;
    process.signal("-TERM");
    let output = process.finish();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && text.contains("SIGTERM was received"), "{text}");
    assert!(names(scratch.path()).is_empty());
}

/// Stopped, or forgotten by whoever ran it, after each of its steps.
#[tokio::test]
async fn one_that_is_stopped_or_dropped_leaves_nothing() {
    let source = database().await;
    for name in ["a", "b"] {
        fill(&source, name, 500).await;
    }
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    for steps in 1..=4 {
        let (progress, reached) = after(steps);
        let stop = async move {
            reached.await.unwrap();
            "enough".to_owned()
        };
        let stopped = Backup::of(&source).to(&folder).progress(progress).stop_when(stop).run().await;
        assert!(
            matches!(&stopped, Err(BackupError::Stopped { reason }) if reason == "enough"),
            "{stopped:?}"
        );
        assert!(names(scratch.path()).is_empty());

        let (progress, reached) = after(steps);
        let backup = Backup::of(&source).to(&folder).progress(progress).run();
        tokio::select! {
            biased;
            _ = reached => {}
            _ = backup => panic!("it has come to its end"),
        }
        assert!(names(scratch.path()).is_empty());
    }
}

/// Ready after so many steps.
fn after(steps: usize) -> (impl Fn(&Step<'_>) + Send + Sync, oneshot::Receiver<()>) {
    let (sender, receiver) = oneshot::channel();
    let state = Mutex::new((0, Some(sender)));
    let progress = move |_: &Step<'_>| {
        let mut state = state.lock().unwrap();
        state.0 += 1;
        if state.0 == steps
            && let Some(sender) = state.1.take()
        {
            sender.send(()).unwrap();
        }
    };
    (progress, receiver)
}
