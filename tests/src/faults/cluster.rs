//! A replica set that lives through all runs.

use std::{
    error::Error,
    process::Command,
    time::{Duration, Instant},
};

use mongodb::{
    Client,
    bson::{Document, doc},
};
use schema_runtime::local::{LocalServer, Member};
use tokio::time::{sleep, timeout};

/// Shorter than by default, so that a run need not wait long for an election, and long enough for a busy machine.
const ELECTION_TIMEOUT: Duration = Duration::from_secs(2);

const COMMAND_LIMIT: Duration = Duration::from_secs(10);
const SETTLE_LIMIT: Duration = Duration::from_secs(30);

pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

#[derive(Debug)]
pub struct Cluster {
    server: LocalServer,
}

impl Cluster {
    /// A replica set of so many members; of three for faults of members.
    pub async fn start(members: u8) -> Outcome<Self> {
        // Without these commands there are no fail points.
        let builder =
            LocalServer::builder().replica_set(members).arg("--setParameter").arg("enableTestCommands=1");
        let server = builder.start().await?;
        let mut cluster = Self { server };
        cluster.shorten_elections().await?;
        Ok(cluster)
    }

    async fn shorten_elections(&mut self) -> Outcome {
        let primary = self.server.primary().await?.port();
        let answer = command(primary, doc! { "replSetGetConfig": 1 }).await?;
        let mut config = answer.get_document("config")?.clone();
        let mut settings = config.get_document("settings")?.clone();
        settings.insert("electionTimeoutMillis", i64::try_from(ELECTION_TIMEOUT.as_millis())?);
        config.insert("settings", settings);
        config.insert("version", config.get_i32("version")? + 1);
        command(primary, doc! { "replSetReconfig": config }).await?;
        Ok(())
    }

    /// Connects to all members, and notices within seconds when one does not answer.
    pub fn uri(&self, name: &str) -> String {
        format!(
            "{}&appName={name}&heartbeatFrequencyMS=500&connectTimeoutMS=2000&w=majority",
            self.server.uri()
        )
    }

    pub async fn client(&self, name: &str) -> Outcome<Client> {
        Ok(Client::with_uri_str(self.uri(name)).await?)
    }

    pub fn ports(&self) -> Vec<u16> {
        self.server.members().iter().map(Member::port).collect()
    }

    pub async fn primary(&mut self) -> Outcome<&mut Member> {
        Ok(self.server.primary().await?)
    }

    pub fn member(&mut self, port: u16) -> Outcome<&mut Member> {
        let member = self.server.members_mut().iter_mut().find(|member| member.port() == port);
        member.ok_or_else(|| format!("no member has port {port}").into())
    }

    /// Waits until all members take part, and one of them takes writes. A member that does not is started again: one that was
    /// paused as a primary can find that it has to roll back what it cannot, and end itself.
    pub async fn settle(&mut self) -> Outcome {
        for port in self.ports() {
            let started = Instant::now();
            while !takes_part(port).await {
                if started.elapsed() > SETTLE_LIMIT {
                    self.member(port)?.restart().await?;
                }
                sleep(Duration::from_millis(100)).await;
            }
        }
        self.primary().await.map(drop)
    }

    pub async fn stop(self) -> Outcome {
        Ok(self.server.stop().await?)
    }
}

/// The signal by its name, to a process that this one has started.
pub fn signal(pid: u32, signal: &str) -> Outcome {
    let status = Command::new("/bin/sh").arg("-c").arg(format!("kill -{signal} {pid}")).status()?;
    if status.success() { Ok(()) } else { Err(format!("SIG{signal} to process {pid}: {status}").into()) }
}

/// Runs a command on one member, whatever its part.
pub async fn command(port: u16, command: Document) -> Outcome<Document> {
    let uri = format!("mongodb://127.0.0.1:{port}/?directConnection=true&serverSelectionTimeoutMS=3000");
    let client = Client::with_uri_str(uri).await?;
    let answer = timeout(COMMAND_LIMIT, client.database("admin").run_command(command)).await;
    client.shutdown().immediate(true).await;
    Ok(answer??)
}

async fn takes_part(port: u16) -> bool {
    let hello = command(port, doc! { "hello": 1 }).await.unwrap_or_default();
    ["isWritablePrimary", "secondary"].iter().any(|role| hello.get_bool(role).unwrap_or(false))
}
