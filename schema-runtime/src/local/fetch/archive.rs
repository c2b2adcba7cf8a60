//! The `mongod` in the archive that MongoDB itself offers for download.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::run::run;

const URL: &str = "https://fastdl.mongodb.org/linux/mongodb-linux-x86_64-ubuntu2204-6.0.5.tgz";

/// curl and tar rather than libraries: they heed the proxies and certificates that the machine is set up with,
/// and an HTTP client would be built by everybody for the few who ever get here.
pub(super) fn fetch(folder: &Path) -> Result<PathBuf, String> {
    fetch_from(URL, folder)
}

fn fetch_from(url: &str, folder: &Path) -> Result<PathBuf, String> {
    tracing::info!(url, folder = %folder.display(), "fetching mongod with curl");
    let archive = folder.join("archive.tgz");
    download(url, &archive).map_err(|reason| format!("cannot fetch {url}: {reason}"))?;
    unpack(&archive, folder).map_err(|reason| format!("cannot unpack {url}: {reason}"))?;
    Ok(folder.join("mongod"))
}

fn download(url: &str, file: &Path) -> Result<(), String> {
    let scheme = url.split(':').next().unwrap_or_default();
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail", "--location"])
        // A redirect may lead to another host, but not away from the scheme, which is https outside of tests.
        .args(["--proto", &format!("={scheme}")])
        // Without limits, a connection over which nothing comes is waited for without end.
        .args(["--connect-timeout", "30", "--speed-time", "60"])
        .arg("--output")
        .arg(file)
        .arg(url);
    run(&mut curl)
}

/// Unpacks the `bin/mongod` of `archive`, and nothing else, to `folder`.
fn unpack(archive: &Path, folder: &Path) -> Result<(), String> {
    let mut tar = Command::new("tar");
    tar.args(["--extract", "--gzip", "--file"])
        .arg(archive)
        .arg("--directory")
        .arg(folder)
        // Run by root, tar would otherwise keep the user id of the packer, which may be anybody's here.
        .args(["--no-same-owner", "--strip-components", "2", "--wildcards", "*/bin/mongod"]);
    run(&mut tar)
}

// Two attributes, as Clippy knows a module of tests by a `cfg(test)` of its own.
#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// An archive like MongoDB's, with the binaries `names`, and its URL.
    fn archive_of(folder: &Path, names: &[&str]) -> String {
        let archive = folder.join("made.tgz");
        fs::create_dir_all(folder.join("x/bin")).unwrap();
        for name in names {
            fs::write(folder.join("x/bin").join(name), name).unwrap();
        }
        run(Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(folder).arg("x")).unwrap();
        format!("file://{}", archive.display())
    }

    #[test]
    fn mongod_alone_is_unpacked() {
        let [made, folder] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let url = archive_of(made.path(), &["mongod", "mongos"]);
        let mongod = fetch_from(&url, folder.path()).unwrap();
        assert_eq!(fs::read_to_string(mongod).unwrap(), "mongod");
        let mut names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["archive.tgz", "mongod"]);
    }

    #[test]
    fn an_archive_without_mongod_is_reported_in_the_words_of_tar() {
        let [made, folder] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let url = archive_of(made.path(), &["mongos"]);
        let reason = fetch_from(&url, folder.path()).unwrap_err();
        assert!(reason.starts_with(&format!("cannot unpack {url}: tar failed (exit status: 2)")), "{reason}");
        assert!(reason.contains("*/bin/mongod"), "{reason}");
    }

    #[test]
    fn a_failed_download_is_reported_in_the_words_of_curl() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("file://{}/missing.tgz", folder.path().display());
        let reason = fetch_from(&url, folder.path()).unwrap_err();
        assert!(
            reason.starts_with(&format!("cannot fetch {url}: curl failed (exit status: 37)")),
            "{reason}"
        );
        assert!(reason.contains("missing.tgz"), "{reason}");
    }
}
