//! A contender at work: a process of its own, its peak memory, and what it says.

use std::{
    fs::File,
    io::{Read, Seek},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use schema_tests::memory;
use tokio::{
    process::{Child, Command},
    time::sleep,
};

use crate::Outcome;

/// The peak is the kernel's, so that only what is reached in the last of these is missed.
const POLL: Duration = Duration::from_millis(5);

pub struct Process {
    child: Child,
    started: Instant,
    memory: u64,
    /// A file, because a pipe that nobody reads would stop it.
    output: File,
}

pub struct Ended {
    pub status: ExitStatus,
    pub took: Duration,
    /// Bytes.
    pub memory: u64,
    pub said: String,
}

impl Process {
    pub fn start(mut command: Command) -> Outcome<Self> {
        let output = tempfile::tempfile()?;
        command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output.try_clone()?)
            .kill_on_drop(true);
        Ok(Self { started: Instant::now(), child: command.spawn()?, memory: 0, output })
    }

    /// Until it has ended by itself.
    pub async fn end(mut self) -> Outcome<Ended> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return self.ended(status);
            }
            self.look();
            sleep(POLL).await;
        }
    }

    /// Until `reached`, and then no further; or until it has ended by itself.
    pub async fn kill_when(mut self, reached: impl AsyncFn(Duration) -> Outcome<bool>) -> Outcome<Ended> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return self.ended(status);
            }
            if reached(self.started.elapsed()).await? {
                self.child.start_kill()?;
                let status = self.child.wait().await?;
                return self.ended(status);
            }
            sleep(POLL).await;
        }
    }

    fn ended(mut self, status: ExitStatus) -> Outcome<Ended> {
        let took = self.started.elapsed();
        let mut bytes = Vec::new();
        self.output.rewind()?;
        self.output.read_to_end(&mut bytes)?;
        let said = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Ended { status, took, memory: self.memory, said })
    }

    fn look(&mut self) {
        let peak = self.child.id().and_then(|process| memory::peak(process).ok());
        self.memory = self.memory.max(peak.unwrap_or(0));
    }
}

impl Ended {
    /// For a table.
    pub fn exit(&self) -> String {
        self.status.code().map_or_else(|| "killed".to_owned(), |code| format!("exit {code}"))
    }

    /// What it said that tells most: the line with the error, else the last.
    pub fn gist(&self) -> String {
        let lines = || self.said.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut errors = lines().filter(|line| line.contains("Error") || line.contains("ERROR"));
        // Python says it at the end, JavaScript at the beginning.
        let of_python = lines().any(|line| line.starts_with("Traceback"));
        let error = if of_python { errors.next_back() } else { errors.next() };
        error.or_else(|| lines().next_back()).unwrap_or_default().chars().take(240).collect()
    }
}
