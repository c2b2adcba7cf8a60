//! The work as a process of its own, which goes on one step at a time.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
};

use crate::support::uri;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_backup_process");

pub struct Process {
    child: Child,
    input: ChildStdin,
    lines: BufReader<ChildStdout>,
}

impl Process {
    /// Starts it and waits until it has made so many steps. It makes no further one by itself.
    pub async fn after_steps(steps: usize, work: &str, database: &str, to: &str) -> Self {
        let mut child = Command::new(PROGRAM)
            .args([uri().await, work, database, to, "wait"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut process = Self { child, input, lines };
        for step in 0..steps {
            if step > 0 {
                writeln!(process.input).unwrap();
            }
            let mut line = String::new();
            process.lines.read_line(&mut line).unwrap();
            assert!(!line.is_empty(), "it has ended by itself");
        }
        process
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Lets it go on to its end, without a wait any more.
    pub fn finish(self) -> Output {
        let Self { child, input, mut lines } = self;
        drop(input);
        // It would wait for somebody to read.
        std::io::copy(&mut lines, &mut std::io::sink()).unwrap();
        child.wait_with_output().unwrap()
    }
}
