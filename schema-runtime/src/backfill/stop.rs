//! The signals by which a process is asked to end.

/// Ready when the process is asked to end: by SIGINT (ctrl-C) or, on Unix, by SIGTERM. Says which.
///
/// From the first use on, the signals no longer end the process by themselves. Where they cannot be listened to, this is
/// never ready, and they end the process as before.
pub async fn termination() -> String {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupt => "SIGINT was received".to_owned(),
        () = terminate() => "SIGTERM was received".to_owned(),
    }
}

#[cfg(unix)]
async fn terminate() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending().await
}
