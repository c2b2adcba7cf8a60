//! What the derive costs the build of a crate that uses it:
//! `cargo run --release -p schema-tests --bin build_cost -- [rounds] [documents]`.
//!
//! Three ways to declare the same hundred documents of three versions are written into throwaway packages:
//! with this framework, as structs under serde's own derives, and as those with the conversions written by hand.
//! Each is compiled alone, and again with code that reads and writes every document. Dependencies are compiled
//! first; then the packages take turns, and the medians of the rounds are printed.
//!
//! The limit is twice the time of the structs under serde's own derives.

use std::{
    env,
    error::Error,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

mod source;

use self::source::{Way, lib};

const DOCUMENTS: usize = 100;
const ROUNDS: usize = 3;
const COMMANDS: [&str; 2] = ["check", "build"];

fn main() -> Result<(), Box<dyn Error>> {
    let argument =
        |position, default| env::args().nth(position).map_or(Ok(default), |given| given.parse::<usize>());
    let (rounds, documents) = (argument(1, ROUNDS)?, argument(2, DOCUMENTS)?);
    let folder = tempfile::tempdir()?;
    let mut packages = Vec::new();
    for used in [false, true] {
        for way in [Way::Derived, Way::Plain, Way::ByHand] {
            packages.push(Package { name: format!("{way:?}-{used}").to_lowercase(), way, used });
        }
    }
    write_workspace(folder.path(), &packages, documents)?;
    for command in COMMANDS {
        println!("compiling the dependencies for `cargo {command}`");
        for package in &packages {
            compile(folder.path(), command, package)?;
        }
    }

    println!("| | command | schema-core | serde's derives | ratio | with conversions by hand | ratio |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
    for (row, packages) in ["types alone", "one read and one write of each"].iter().zip(packages.chunks(3)) {
        for command in COMMANDS {
            let [ours, plain, by_hand] = medians(folder.path(), command, packages, rounds)?;
            let (to_plain, to_by_hand) = (ours / plain, ours / by_hand);
            println!(
                "| {row} | `cargo {command}` | {ours:.2} s | {plain:.2} s | {to_plain:.2} | {by_hand:.2} s | {to_by_hand:.2} |"
            );
        }
    }
    Ok(())
}

struct Package {
    name: String,
    way: Way,
    used: bool,
}

/// One workspace, so that all share what they depend on, at the versions of this project's lock file.
fn write_workspace(folder: &Path, packages: &[Package], documents: usize) -> Result<(), Box<dyn Error>> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let members: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    fs::write(folder.join("Cargo.toml"), format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"))?;
    fs::copy(project.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    for Package { name, way, used } in packages {
        let source = folder.join(name).join("src");
        fs::create_dir_all(&source)?;
        fs::write(source.join("lib.rs"), lib(*way, *used, documents))?;
        let schema_core = project.join("schema-core");
        let manifest = format!(
            "[package]\nname = {name:?}\nedition = \"2024\"\n\n[dependencies]\n\
             bson = {{ version = \"3\", features = [\"serde\"] }}\n\
             schema-core = {{ path = {schema_core:?} }}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\n"
        );
        fs::write(folder.join(name).join("Cargo.toml"), manifest)?;
    }
    Ok(())
}

/// The median seconds of each package.
fn medians<const N: usize>(
    folder: &Path,
    command: &str,
    packages: &[Package],
    rounds: usize,
) -> Result<[f64; N], Box<dyn Error>> {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for (package, times) in packages.iter().zip(&mut times) {
            times.push(compile(folder, command, package)?);
        }
    }
    Ok(times.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    }))
}

/// Compiles the package from the start, and nothing else that is compiled already.
fn compile(folder: &Path, command: &str, package: &Package) -> Result<Duration, Box<dyn Error>> {
    let source = folder.join(&package.name).join("src/lib.rs");
    fs::File::options().append(true).open(source)?.set_modified(std::time::SystemTime::now())?;
    let start = Instant::now();
    let status = Command::new(env!("CARGO"))
        .args([command, "--quiet", "--offline", "--package", &package.name])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .status()?;
    let time = start.elapsed();
    if !status.success() {
        return Err(format!("`cargo {command}` of {} failed: {status}", package.name).into());
    }
    Ok(time)
}
