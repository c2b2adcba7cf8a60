//! What happens to the members of the replica set. One at a time: with two of three gone there is nobody to write to.

use std::{fmt, time::Duration};

use mongodb::bson::doc;
use tokio::time::sleep;

use super::cluster::{Cluster, Outcome, command, signal};

#[derive(Debug, Clone, Copy)]
pub enum MemberFault {
    /// SIGKILL, and a restart after this time.
    Kill(Which, Duration),
    /// SIGSTOP, and SIGCONT after this time.
    Pause(Which, Duration),
    StepDown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Primary,
    Secondary,
}

impl MemberFault {
    /// Does it, and undoes it.
    pub async fn happen(self, cluster: &mut Cluster) -> Outcome {
        let primary = cluster.primary().await?.port();
        let port = match self {
            Self::Kill(Which::Secondary, _) | Self::Pause(Which::Secondary, _) => {
                cluster.ports().into_iter().find(|port| *port != primary).ok_or("there is one member only")?
            }
            _ => primary,
        };
        match self {
            Self::Kill(_, time) => {
                cluster.member(port)?.kill()?;
                sleep(time).await;
                cluster.member(port)?.restart().await?;
            }
            Self::Pause(_, time) => {
                let pid = cluster.member(port)?.pid().ok_or("a member is not running")?;
                signal(pid, "STOP")?;
                sleep(time).await;
                signal(pid, "CONT")?;
            }
            Self::StepDown => {
                let step_down =
                    doc! { "replSetStepDown": 10, "secondaryCatchUpPeriodSecs": 1, "force": true };
                // It may have stepped down by itself meanwhile, which is as well.
                let _ = command(port, step_down).await;
            }
        }
        cluster.settle().await
    }
}

impl fmt::Display for MemberFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill(which, time) => write!(f, "kill {which} for {time:?}"),
            Self::Pause(which, time) => write!(f, "pause {which} for {time:?}"),
            Self::StepDown => f.write_str("step down the primary"),
        }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Primary => "the primary",
            Self::Secondary => "a secondary",
        })
    }
}
