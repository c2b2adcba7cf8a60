//! One start of one `mongod`, from the command line to the first answer.

use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bson::doc;
use tokio::time::sleep;

use super::process::Process;
use super::{LocalServerError, admin, log, replica_set};

/// Generous, as several test programs may share two cores.
const START_LIMIT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(50);
const COMMAND_LIMIT: Duration = Duration::from_secs(5);
/// mongod's exit code for network errors: at start-up, that its port is taken.
const EXIT_PORT_TAKEN: i32 = 48;

/// How to start one `mongod`, again and again.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) mongod: PathBuf,
    pub(super) args: Vec<OsString>,
    pub(super) folder: PathBuf,
    pub(super) scratch: bool,
    pub(super) in_replica_set: bool,
}

impl Launch {
    /// All that the process prints: its log, and what it has to say before there is one.
    fn log(&self) -> PathBuf {
        self.folder.join("mongod.log")
    }

    fn spawn(&self, port: u16) -> Result<Process, LocalServerError> {
        let fixed = ["--bind_ip", "127.0.0.1", "--nounixsocket", "--wiredTigerCacheSizeGB", "0.25"];
        let mut args: Vec<OsString> = fixed.map(OsString::from).into();
        args.extend(["--port".into(), port.to_string().into()]);
        args.extend(["--dbpath".into(), self.folder.clone().into()]);
        if self.in_replica_set {
            args.extend(["--replSet", replica_set::NAME].map(OsString::from));
        }
        args.extend(self.args.iter().cloned());
        Process::spawn(&self.mongod, &args, &self.log(), self.scratch.then_some(self.folder.as_path()))
    }

    /// Starts the process and waits until it answers on `port`.
    pub(super) async fn run(&self, port: u16) -> Result<Process, LocalServerError> {
        let mut process = self.spawn(port)?;
        let started = Instant::now();
        loop {
            if let Some(status) = process.exit_status()? {
                return Err(LocalServerError::Exited { status, log: log::excerpt(&self.log()) });
            }
            if self.answers(port, process.id()).await {
                return Ok(process);
            }
            if started.elapsed() >= START_LIMIT {
                let log = log::excerpt(&self.log());
                return Err(LocalServerError::StartTimeout { port, limit: START_LIMIT, log });
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Whether the process `pid` answers on `port`; a stranger that was given the same port does not count.
    async fn answers(&self, port: u16, pid: u32) -> bool {
        // The driver waits long before it tries a refused connection again; loopback refuses at once.
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            return false;
        }
        match admin::command(port, COMMAND_LIMIT, doc! { "serverStatus": 1 }).await {
            Ok(status) => status.get_i64("pid").is_ok_and(|answered| answered == i64::from(pid)),
            // Who does not let us in does not say who it is; the log does.
            Err(error) => admin::is_refused(&error) && log::says_listening(&self.log()),
        }
    }
}

/// The address of a member, as connection strings and replica sets spell it.
pub(super) fn address(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// Somebody may take the port before mongod does; callers then try another.
pub(super) fn free_port() -> Result<u16, LocalServerError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(LocalServerError::io("find a free port on", "127.0.0.1"))
}

pub(super) fn is_port_taken(error: &LocalServerError) -> bool {
    matches!(error, LocalServerError::Exited { status, .. } if status.code() == Some(EXIT_PORT_TAKEN))
}
