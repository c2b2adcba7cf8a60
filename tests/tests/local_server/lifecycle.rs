//! Start, stop, drop, kill and start again.

use futures_util::future::try_join_all;
use mongodb::bson::doc;
use mongodb::options::WriteConcern;
use schema_runtime::local::LocalServer;

use crate::Outcome;
use crate::process::{data_folder, is_running, pids, root_of};
use crate::things::{count, insert, things};

#[tokio::test]
async fn a_stand_alone_server_starts_and_leaves_nothing_behind() -> Outcome {
    let server = LocalServer::start().await?;
    assert!(!server.uri().contains("replicaSet"));
    insert(&server.client().await?, 1).await?;

    let pids = pids(server.members());
    let folder = data_folder(pids[0]);
    assert!(folder.is_dir());
    server.stop().await?;
    assert!(!is_running(pids[0]));
    assert!(!folder.exists() && !root_of(&folder).exists());
    Ok(())
}

#[tokio::test]
async fn dropping_a_server_ends_it_and_removes_its_data() -> Outcome {
    let server = LocalServer::start().await?;
    let pid = pids(server.members())[0];
    let folder = data_folder(pid);
    drop(server);
    assert!(!is_running(pid));
    assert!(!root_of(&folder).exists());
    Ok(())
}

#[tokio::test]
async fn a_killed_server_comes_back_on_its_port_with_its_data() -> Outcome {
    let mut server = LocalServer::start().await?;
    let client = server.client().await?;
    // Without the journal, a stand-alone server that is killed forgets its last moments.
    let journaled = WriteConcern::builder().journal(true).build();
    things(&client).insert_one(doc! { "_id": 1 }).write_concern(journaled).await?;

    let member = &mut server.members_mut()[0];
    let (port, pid) = (member.port(), member.pid().unwrap());
    member.kill()?;
    assert_eq!(member.pid(), None);
    assert!(!is_running(pid));
    member.restart().await?;
    assert_eq!(member.port(), port);
    assert_ne!(member.pid(), Some(pid));
    assert_eq!(count(&client).await?, 1);
    server.stop().await?;
    Ok(())
}

#[tokio::test]
async fn kept_data_is_there_on_the_next_start() -> Outcome {
    try_join_all([0, 1, 3].map(keep_data)).await?;
    Ok(())
}

async fn keep_data(members: u8) -> Outcome {
    let folder = tempfile::tempdir()?;
    let builder = LocalServer::builder().replica_set(members).data_dir(folder.path());

    let server = builder.clone().start().await?;
    insert(&server.client().await?, 1).await?;
    let stopped = pids(server.members());
    server.stop().await?;
    assert!(!stopped.into_iter().any(is_running), "{members} members");

    let server = builder.start().await?;
    assert_eq!(count(&server.client().await?).await?, 1, "{members} members");
    server.stop().await?;
    Ok(())
}
