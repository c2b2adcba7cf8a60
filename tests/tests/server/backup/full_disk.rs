//! A disk without room: an error that says so, no folder, and nothing left of what was begun.
#![cfg(unix)]

use std::{fs, path::Path, process::Command};

use super::{picture::fill, process::PROGRAM};
use crate::support::{database, uri};

/// What a shell makes of this, with the arguments of the program behind it: its exit code, and all that was said.
async fn said(script: &str, database: &str, folder: &Path) -> (Option<i32>, String) {
    let output = Command::new("sh")
        .args(["-c", script, PROGRAM, uri().await, "backup", database])
        .arg(folder)
        .output()
        .unwrap();
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.code(), text)
}

/// The limit on the size of files is that of a full disk: a write takes some of the bytes, and the next one fails.
#[tokio::test]
async fn a_file_that_cannot_grow_leaves_nothing() {
    let source = database().await;
    fill(&source, "small", 10).await;
    fill(&source, "z large", 3_000).await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    // Otherwise the signal would end the process, as a kill does.
    let (code, text) = said("trap '' XFSZ; ulimit -f 200; \"$0\" \"$@\"", source.name(), &folder).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("there is no space left for") && text.contains("z%20large.bson.gz"), "{text}");
    assert!(text.contains("NoSpace"), "{text}");
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);

    let (code, text) = said("trap '' XFSZ; ulimit -f 20000; \"$0\" \"$@\"", source.name(), &folder).await;
    assert_eq!(code, Some(0), "{text}");
    assert!(folder.join("manifest.json").exists());
}

/// A file system of its own that is full, where the system lets a test mount one.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_file_system_leaves_nothing() {
    let own = |script: &str| Command::new("unshare").args(["-rm", "sh", "-c", script]).output();
    if !own("mount -t tmpfs none /mnt").is_ok_and(|output| output.status.success()) {
        // The test above has the same path through the program, without a file system.
        return;
    }
    let source = database().await;
    fill(&source, "large", 3_000).await;
    let scratch = tempfile::tempdir().unwrap();
    let script = "exec unshare -rm sh -c 'mount -t tmpfs -o size=SIZE none \"${4%/*}\" && \"$0\" \"$@\"; code=$?; \
                  echo \"left: $(ls \"${4%/*}\")\"; exit $code' \"$0\" \"$@\"";
    let folder = scratch.path().join("backup");
    let (code, text) = said(&script.replace("SIZE", "500k"), source.name(), &folder).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("there is no space left for") && text.contains("StorageFull"), "{text}");
    assert!(text.contains("left: \n"), "{text}");
    let (code, text) = said(&script.replace("SIZE", "50m"), source.name(), &folder).await;
    assert!(code == Some(0) && text.contains("left: backup\n"), "{text}");
}
