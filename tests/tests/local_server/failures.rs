//! Servers that cannot start.

use schema_runtime::local::{LocalServer, LocalServerError};

use crate::Outcome;

#[tokio::test]
async fn a_wrong_argument_is_reported_in_the_words_of_mongod() {
    let error = LocalServer::builder().arg("--nonsense").start().await.unwrap_err();
    assert!(matches!(error, LocalServerError::Exited { .. }), "{error:?}");
    assert!(error.to_string().contains("unrecognised option '--nonsense'"), "{error}");
}

#[tokio::test]
async fn a_data_folder_in_use_is_reported_in_the_words_of_mongod() -> Outcome {
    let folder = tempfile::tempdir()?;
    let server = LocalServer::builder().data_dir(folder.path()).start().await?;
    let error = LocalServer::builder().data_dir(folder.path()).start().await.unwrap_err();
    assert!(error.to_string().contains("DBPathInUse"), "{error}");
    server.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_replica_set_of_eight_is_refused() {
    let error = LocalServer::builder().replica_set(8).start().await.unwrap_err();
    assert!(matches!(error, LocalServerError::ReplicaSetSize { members: 8, .. }), "{error:?}");
}
