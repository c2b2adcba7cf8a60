//! What to start, and starting it.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use futures_util::future::try_join_all;
use tempfile::TempDir;

use super::launch::{self, Launch};
use super::{Deployment, LocalServer, LocalServerError, Member, binary, replica_set};

/// What to start; see [`LocalServer::builder`].
#[derive(Clone, Debug, Default)]
#[must_use = "a builder starts nothing until `start` is called"]
pub struct Builder {
    replica_set: u8,
    data_dir: Option<PathBuf>,
    args: Vec<OsString>,
}

impl Builder {
    /// Start a replica set of this many servers (1 to 7; 0, the default, is a stand-alone server).
    ///
    /// One member is enough for transactions and change streams; three survive the loss of one.
    pub fn replica_set(mut self, members: u8) -> Self {
        self.replica_set = members;
        self
    }

    /// Keep the data in this folder, one subfolder per member, and leave it there on stop.
    ///
    /// A later start with the same number of members finds the data again. Without it the data lives in a
    /// temporary folder that goes away with the server.
    pub fn data_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(path.into());
        self
    }

    /// Pass one more argument to every `mongod`; call it once per word.
    ///
    /// With `--auth` a stand-alone server demands a login; the first user can be created without one. At the end such
    /// a server is killed, because it takes no order to shut down. A replica set cannot be formed so.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Starts the server and waits until it takes reads and writes.
    ///
    /// # Errors
    ///
    /// - [`NoMongod`](LocalServerError::NoMongod) or
    ///   [`MongodNotExecutable`](LocalServerError::MongodNotExecutable) if there is no binary to start,
    /// - [`Exited`](LocalServerError::Exited) or [`StartTimeout`](LocalServerError::StartTimeout), with an
    ///   excerpt of its log, if it does not come up,
    /// - [`NotServing`](LocalServerError::NotServing), [`NoPrimary`](LocalServerError::NoPrimary) or
    ///   [`Driver`](LocalServerError::Driver) if the replica set does not form,
    /// - [`ReplicaSetSize`](LocalServerError::ReplicaSetSize) if more than 7 members were asked for,
    /// - [`Io`](LocalServerError::Io) if a folder or a process cannot be made.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use schema_runtime::local::LocalServer;
    ///
    /// let server = LocalServer::builder().replica_set(3).arg("--notablescan").start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start(self) -> Result<LocalServer, LocalServerError> {
        if self.replica_set > replica_set::MAX_MEMBERS {
            return Err(LocalServerError::ReplicaSetSize { members: self.replica_set });
        }
        let mongod = find_mongod().await?;
        let (root, scratch) = match self.data_dir {
            Some(dir) => (dir, None),
            None => {
                let dir = scratch_dir()?;
                (dir.path().to_path_buf(), Some(dir))
            }
        };
        let in_replica_set = self.replica_set > 0;
        let launches = (0..self.replica_set.max(1)).map(|number| Launch {
            mongod: mongod.clone(),
            args: self.args.clone(),
            folder: root.join(number.to_string()),
            scratch: scratch.is_some(),
            in_replica_set,
        });
        let members = try_join_all(launches.map(Member::start)).await?;
        let ports: Vec<u16> = members.iter().map(Member::port).collect();
        let server = LocalServer { uri: uri(&ports, in_replica_set), members, scratch };
        if in_replica_set {
            replica_set::form(&server.uri, &ports).await?;
        }
        Ok(server)
    }

    /// The server named by `MONGODB_URI`; if that is not set, a new one as by [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), if `MONGODB_URI` is not set.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use schema_runtime::local::LocalServer;
    ///
    /// let server = LocalServer::builder().replica_set(1).from_env_or_start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn from_env_or_start(self) -> Result<Deployment, LocalServerError> {
        match env::var_os("MONGODB_URI").filter(|value| !value.is_empty()) {
            Some(value) => Ok(Deployment::Given { uri: value.to_string_lossy().into_owned() }),
            None => self.start().await.map(Deployment::Local),
        }
    }
}

/// Finding may mean fetching, which takes long and blocks.
async fn find_mongod() -> Result<PathBuf, LocalServerError> {
    tokio::task::spawn_blocking(binary::find)
        .await
        .map_err(io::Error::from)
        .map_err(LocalServerError::io("look for", "mongod"))?
}

fn scratch_dir() -> Result<TempDir, LocalServerError> {
    tempfile::Builder::new()
        .prefix("schema-runtime-")
        .tempdir()
        .map_err(LocalServerError::io("create a temporary folder in", env::temp_dir()))
}

fn uri(ports: &[u16], in_replica_set: bool) -> String {
    let hosts: Vec<String> = ports.iter().map(|port| launch::address(*port)).collect();
    let options = if in_replica_set { format!("?replicaSet={}", replica_set::NAME) } else { String::new() };
    format!("mongodb://{}/{options}", hosts.join(","))
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_stand_alone_uri_names_its_host_only() {
        assert_eq!(uri(&[4001], false), "mongodb://127.0.0.1:4001/");
    }

    #[test]
    fn a_replica_set_uri_names_the_set_and_all_members() {
        assert_eq!(uri(&[4001], true), "mongodb://127.0.0.1:4001/?replicaSet=rs0");
        assert_eq!(uri(&[4001, 4002], true), "mongodb://127.0.0.1:4001,127.0.0.1:4002/?replicaSet=rs0");
    }
}
