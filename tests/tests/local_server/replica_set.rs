//! What takes a replica set.

use mongodb::bson::doc;
use mongodb::options::{Acknowledgment, WriteConcern};
use schema_runtime::local::LocalServer;

use crate::Outcome;
use crate::process::{data_folder, is_running, pids, root_of};
use crate::things::{count, insert, things};

#[tokio::test]
async fn a_replica_set_of_one_has_transactions() -> Outcome {
    let server = LocalServer::builder().replica_set(1).start().await?;
    let client = server.client().await?;
    insert(&client, 1).await?;

    let mut session = client.start_session().await?;
    session.start_transaction().await?;
    things(&client).insert_one(doc! { "_id": 2 }).session(&mut session).await?;
    session.abort_transaction().await?;
    assert_eq!(count(&client).await?, 1);
    server.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_replica_set_survives_the_loss_of_its_primary() -> Outcome {
    let mut server = LocalServer::builder().replica_set(3).start().await?;
    assert_eq!(server.members().len(), 3);
    let client = server.client().await?;
    insert(&client, 1).await?;

    let all = pids(server.members());
    let lost = server.primary().await?;
    let (port, pid) = (lost.port(), lost.pid().unwrap());
    lost.kill()?;
    assert!(!is_running(pid));

    let successor = server.primary().await?.port();
    assert_ne!(successor, port);
    insert(&client, 2).await?;

    let lost = server.members_mut().iter_mut().find(|member| member.port() == port).unwrap();
    lost.restart().await?;
    let everywhere = WriteConcern::builder().w(Acknowledgment::Nodes(3)).build();
    things(&client).insert_one(doc! { "_id": 3 }).write_concern(everywhere).await?;

    let root = root_of(&data_folder(pids(server.members())[0]));
    let remaining = [all, pids(server.members())].concat();
    server.stop().await?;
    assert!(!remaining.into_iter().any(is_running));
    assert!(!root.exists());
    Ok(())
}
