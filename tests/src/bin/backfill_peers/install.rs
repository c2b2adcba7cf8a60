//! The peers with their packages, under the target folder: what is in the repository stays as it is.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use crate::Outcome;

const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/head-to-head-backfill");

/// Where they are when all is there.
pub async fn install() -> Outcome<PathBuf> {
    // target/release/backfill_peers
    let program = env::current_exe()?;
    let target = program.ancestors().nth(2).ok_or("the program is not in a target folder")?;
    let installed = target.join("head-to-head-backfill");
    for peer in ["beanie", "migrate-mongo", "mongoose"] {
        copy(&Path::new(PEERS).join(peer), &installed.join(peer))?;
    }
    for peer in ["migrate-mongo", "mongoose"] {
        once(&installed.join(peer), "package-lock.json", async |folder| {
            let mut npm = Command::new("npm");
            run(npm.current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--silent"])).await
        })
        .await?;
    }
    once(&installed.join("beanie"), "requirements.txt", async |folder| {
        let environment = folder.join("environment");
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment)).await?;
        let mut pip = Command::new(environment.join("bin/pip"));
        run(pip.current_dir(folder).args(["install", "--quiet", "-r", "requirements.txt"])).await
    })
    .await?;
    Ok(installed)
}

/// Installs what `list` asks for, unless that has been done.
async fn once(folder: &Path, list: &str, install: impl AsyncFn(&Path) -> Outcome) -> Outcome {
    let wanted = fs::read(folder.join(list))?;
    let done = folder.join("installed");
    if fs::read(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install(folder).await?;
    Ok(fs::write(done, wanted)?)
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

async fn run(command: &mut Command) -> Outcome {
    let output = command.output().await?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{:?} ended with {}: {said}", command.as_std(), output.status).into())
}
