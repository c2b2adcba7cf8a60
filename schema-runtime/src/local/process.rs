//! A `mongod` process that does not outlive its parent.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use super::LocalServerError;

/// A killed parent cannot clean up, and its children are not told. So the shell that becomes the server
/// (`exec`: the child's id is the server's) first leaves a watcher behind, which reads from a pipe that
/// only the parent holds open: the end of the parent, however it comes, is the end of that pipe.
///
/// A line through the pipe dismisses the watcher. That comes once the server has been reaped: from then on
/// its id may belong to a stranger, and must not be signalled. Standard input moves to descriptor 3 because
/// the shell gives background jobs an empty one.
///
/// `$1` is a temporary data folder to remove, or empty for data to keep, which deserves a clean shutdown; the
/// rest is the server's command line. The pause lets the killed server's last system calls finish, and
/// `rmdir` fails until the last member is gone.
const LAUNCH_WATCHED: &str = r#"
scratch=$1
shift
exec 3<&0 </dev/null
{
    if read -r dismissed <&3; then
        exit
    elif [ -z "$scratch" ]; then
        kill -TERM $$
    else
        kill -KILL $$
        sleep 1
        rm -rf -- "$scratch"
        rmdir -- "${scratch%/*}"
    fi
} 2>/dev/null &
exec "$@" 3<&-
"#;

/// A running server; dropping it kills it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    watcher: Option<ChildStdin>,
}

impl Process {
    /// Starts `program`, with its output in the file `log`.
    ///
    /// `scratch` is a folder to remove if the parent dies without ending the process.
    pub(super) fn spawn(
        program: &Path,
        args: &[OsString],
        log: &Path,
        scratch: Option<&Path>,
    ) -> Result<Self, LocalServerError> {
        let output = File::create(log).map_err(LocalServerError::io("create", log))?;
        let errors = output.try_clone().map_err(LocalServerError::io("share", log))?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", LAUNCH_WATCHED, "sh"])
            .arg(scratch.map_or(OsStr::new(""), Path::as_os_str))
            .arg(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors);
        // A group of its own, out of the reach of the terminal's Ctrl-C: the program decides what that ends.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(LocalServerError::io("start", program))?;
        let watcher = child.stdin.take();
        Ok(Self { child, watcher })
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended; `None` while it runs.
    pub(super) fn exit_status(&mut self) -> Result<Option<ExitStatus>, LocalServerError> {
        let status = self.child.try_wait().map_err(LocalServerError::io("wait for", "mongod"))?;
        if status.is_some() {
            self.dismiss_watcher();
        }
        Ok(status)
    }

    /// Kills (SIGKILL) and reaps the process; fine if it has ended already.
    pub(super) fn kill(&mut self) -> Result<(), LocalServerError> {
        self.child.kill().map_err(LocalServerError::io("kill", "mongod"))?;
        self.child.wait().map_err(LocalServerError::io("wait for", "mongod"))?;
        self.dismiss_watcher();
        Ok(())
    }

    fn dismiss_watcher(&mut self) {
        if let Some(mut pipe) = self.watcher.take() {
            // It fails only if the watcher is gone, and then there is nobody left to tell.
            let _ = pipe.write_all(b"gone\n");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.kill() {
            tracing::warn!(
                pid = self.id(),
                error = &error as &dyn std::error::Error,
                "mongod may be left running"
            );
        }
    }
}
