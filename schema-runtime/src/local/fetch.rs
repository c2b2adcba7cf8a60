//! A `mongod` fetched from outside, kept in a cache.

mod archive;
mod pip;
mod run;

use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// Spelled out by the ways to fetch it, too, in the names of what they fetch.
const VERSION: &str = "6.0.5";
/// Of the binary itself rather than of what it comes in: the ways to fetch it pack the same build of
/// MongoDB's, so one checksum serves them all, and MongoDB's archive has no published SHA-256 of its own.
const MONGOD_SHA256: &str = "268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8";
const MONGOD_BYTES: u64 = 140_783_984;

/// A way to fetch a `mongod`: leaves it in the given folder and tells where, or why not.
type Way = fn(&Path) -> Result<PathBuf, String>;

/// In the order of trying. pip goes first, as it knows the machine's mirrors.
const WAYS: [Way; 2] = [pip::fetch, archive::fetch];

/// The tests of one program run in threads and would all start the same download. Programs may still do so
/// side by side, which costs time but does no harm: the last step of each is an atomic rename.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The cached `mongod`, fetched first if there is none; or the reasons why not.
pub(super) fn cached_or_fetched() -> Result<PathBuf, Vec<String>> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        return Err(vec!["none can be fetched but for Linux with glibc on x86_64".to_owned()]);
    }
    let Some(folder) = cache_folder() else {
        return Err(vec!["there is no cache folder, as neither XDG_CACHE_HOME nor HOME is set".to_owned()]);
    };
    let mongod = folder.join("mongod");
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    match fs::metadata(&mongod) {
        // The checksum was checked before the file got its name. To do so again takes seconds on every start,
        // and what befalls a cache in practice, to be cut short or replaced, shows in the size.
        Ok(metadata) if metadata.len() == MONGOD_BYTES => return Ok(mongod),
        Ok(_) => tracing::warn!(path = %mongod.display(), "the cached mongod is damaged; fetching it again"),
        Err(_) => {}
    }
    let mut reasons = Vec::new();
    for way in WAYS {
        match install(way, MONGOD_SHA256, &folder, &mongod) {
            Ok(()) => return Ok(mongod),
            Err(reason) => reasons.push(reason),
        }
    }
    Err(reasons)
}

/// `$XDG_CACHE_HOME/schema-runtime/mongod-<version>`, or the same in `~/.cache`.
fn cache_folder() -> Option<PathBuf> {
    env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        // As the XDG specification has it: a relative path is invalid and to be ignored.
        .filter(|path| path.is_absolute())
        .or_else(|| env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(".cache")))
        .map(|cache| cache.join("schema-runtime").join(format!("mongod-{VERSION}")))
}

/// Fetches a `mongod` and makes it the file `target` in `folder`, provided that it has the `checksum`.
fn install(way: Way, checksum: &str, folder: &Path, target: &Path) -> Result<(), String> {
    let failed = |what: &str, error: io::Error| format!("cannot {what} in {}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(|error| failed("create the cache", error))?;
    // In the cache, so that the rename stays within one file system.
    let scratch = tempfile::tempdir_in(folder).map_err(|error| failed("create a folder", error))?;
    let fetched = way(scratch.path())?;
    let found = sha256(&fetched).map_err(|error| failed("read the fetched mongod", error))?;
    if found != checksum {
        return Err(format!("the fetched mongod has the SHA-256 {found} instead of {checksum}"));
    }
    publish(&fetched, target).map_err(|error| failed("keep the fetched mongod", error))
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut hasher = Sha256::new();
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        hasher.update(chunk);
        let length = chunk.len();
        reader.consume(length);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Gives the checked file its place in the cache: whole and on disk, or not at all.
fn publish(file: &Path, target: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    File::open(file)?.sync_all()?;
    fs::rename(file, target)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA256_OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn abc(folder: &Path) -> Result<PathBuf, String> {
        let mongod = folder.join("fetched");
        fs::write(&mongod, "abc").unwrap();
        Ok(mongod)
    }

    fn names_in(folder: &Path) -> Vec<std::ffi::OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn a_file_with_the_right_checksum_replaces_what_was_there() {
        let cache = tempfile::tempdir().unwrap();
        let target = cache.path().join("mongod");
        fs::write(&target, "cut short").unwrap();
        install(abc, SHA256_OF_ABC, cache.path(), &target).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "abc");
        assert_eq!(names_in(cache.path()), ["mongod"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o755);
        }
    }

    #[test]
    fn a_file_with_a_wrong_checksum_is_refused_and_not_kept() {
        let cache = tempfile::tempdir().unwrap();
        let reason = install(abc, MONGOD_SHA256, cache.path(), &cache.path().join("mongod")).unwrap_err();
        assert!(reason.contains(SHA256_OF_ABC) && reason.contains(MONGOD_SHA256), "{reason}");
        assert!(names_in(cache.path()).is_empty());
    }

    #[test]
    fn a_failed_way_leaves_nothing_behind() {
        let cache = tempfile::tempdir().unwrap();
        let way: Way = |folder| abc(folder).and_then(|_| Err("no luck".to_owned()));
        let outcome = install(way, SHA256_OF_ABC, cache.path(), &cache.path().join("mongod"));
        assert_eq!(outcome, Err("no luck".to_owned()));
        assert!(names_in(cache.path()).is_empty());
    }
}
