//! One `mongod` of a local server.

use std::fs;
use std::time::{Duration, Instant};

use bson::doc;
use tokio::time::sleep;

use super::launch::{self, Launch};
use super::process::Process;
use super::{LocalServerError, admin, replica_set};

const COMMAND_LIMIT: Duration = Duration::from_secs(5);
const STOP_LIMIT: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(50);
const ATTEMPTS: u32 = 5;

/// One `mongod`: the stand-alone server, or a member of the replica set.
#[derive(Debug)]
pub struct Member {
    launch: Launch,
    port: u16,
    process: Option<Process>,
}

impl Member {
    pub(super) async fn start(launch: Launch) -> Result<Self, LocalServerError> {
        fs::create_dir_all(&launch.folder).map_err(LocalServerError::io("create", &launch.folder))?;
        let mut attempt = 1;
        loop {
            let port = launch::free_port()?;
            match launch.run(port).await {
                Ok(process) => {
                    return Ok(Self { launch, port, process: Some(process) });
                }
                Err(error) if attempt < ATTEMPTS && launch::is_port_taken(&error) => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// The port on `127.0.0.1`; it stays the same across restarts.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process id, unless the server was killed.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Kills the server (SIGKILL) and waits until it is gone; fine if it is gone already.
    ///
    /// As in a real crash, it loses writes of the last tenth of a second that did not ask for the journal.
    ///
    /// # Errors
    ///
    /// [`LocalServerError::Io`] if the operating system refuses.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use schema_runtime::local::LocalServer;
    ///
    /// let mut server = LocalServer::builder().replica_set(3).start().await?;
    /// server.primary().await?.kill()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn kill(&mut self) -> Result<(), LocalServerError> {
        match self.process.take() {
            Some(mut process) => process.kill(),
            None => Ok(()),
        }
    }

    /// Starts the server again, on its port and data, and waits until it takes part again; kills it first if
    /// it is running.
    ///
    /// # Errors
    ///
    /// As [`Builder::start`](super::Builder::start), for this one server.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use schema_runtime::local::LocalServer;
    ///
    /// let mut server = LocalServer::builder().replica_set(3).start().await?;
    /// for member in server.members_mut() {
    ///     member.restart().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn restart(&mut self) -> Result<(), LocalServerError> {
        self.kill()?;
        let mut attempt = 1;
        let process = loop {
            match self.launch.run(self.port).await {
                // While the server was down, its port may have served as the near end of a connection.
                Err(error) if attempt < ATTEMPTS && launch::is_port_taken(&error) => attempt += 1,
                outcome => break outcome?,
            }
            sleep(Duration::from_secs(1)).await;
        };
        self.process = Some(process);
        replica_set::wait_until_serving(self.port).await
    }

    /// Shuts the server down cleanly, within bounds, if it is running.
    pub(super) async fn shut_down(&mut self) -> Result<(), LocalServerError> {
        let Some(process) = &mut self.process else {
            return Ok(());
        };
        // A signal would do, but for a member of a replica set it means 15 seconds of waiting for others.
        let shutdown = doc! { "shutdown": 1, "force": true, "timeoutSecs": 0 };
        // The answer is lost with the connection, so it is the end of the process that tells; but not of one that
        // demands a login.
        if let Err(error) = admin::command(self.port, COMMAND_LIMIT, shutdown).await
            && admin::is_refused(&error)
        {
            return Ok(());
        }
        let asked = Instant::now();
        while process.exit_status()?.is_none() {
            if asked.elapsed() >= STOP_LIMIT {
                tracing::warn!(port = self.port, limit = ?STOP_LIMIT, "mongod did not shut down when asked");
                break;
            }
            sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }
}
