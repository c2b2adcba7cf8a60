//! Transaction: a step and its entry in the ledger, both or neither.

use std::sync::Arc;

use mongodb::{
    ClientSession,
    error::{TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT},
    options::{ReadConcern, WriteConcern},
};
use tokio::sync::Mutex;

use super::{
    failure::Failure,
    moves::Move,
    perform::{Performer, Placed, Progress, work},
};
use crate::{error::During, ledger::LEDGER, migration::Context, retry::Patience};

impl Performer<'_, '_> {
    /// Makes a step in a transaction, as often as the server asks for it. How many documents it has changed.
    pub(super) async fn in_transaction(
        &self,
        one: &Move<'_>,
        placed: Placed<'_>,
        progress: &Progress,
        session: &Arc<Mutex<ClientSession>>,
    ) -> Result<u64, Failure> {
        let lsid = session.lock().await.id().clone();
        self.still(self.ledger.enter_in(&lsid, one.id(), self.lease.token()).await?)?;
        let mut patience = Patience::new();
        loop {
            begin(session).await?;
            let context = self.context(one, Arc::clone(session), true);
            let ended = match self.made_in(one, placed, progress, session, &context).await {
                Ok(()) => commit(session).await,
                Err(failure) => {
                    // What cannot be aborted any more has ended by itself.
                    let _ = session.lock().await.abort_transaction().await;
                    Err(failure)
                }
            };
            match ended {
                Ok(()) => return Ok(context.counted()),
                Err(failure) if failure.contains_label(TRANSIENT_TRANSACTION_ERROR) => {
                    if !patience.wait(&failure).await {
                        return Err(failure);
                    }
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn made_in(
        &self,
        one: &Move<'_>,
        placed: Placed<'_>,
        progress: &Progress,
        session: &Arc<Mutex<ClientSession>>,
        context: &Context,
    ) -> Result<(), Failure> {
        work(one.direction, placed.step, context).await.map_err(Failure::Step)?;
        let done = placed.done(one.direction, progress, context);
        let (mut session, token) = (session.lock().await, self.lease.token());
        Ok(self.still(self.ledger.step_done_in(&mut session, one.migration, token, done).await?)?)
    }
}

async fn begin(session: &Arc<Mutex<ClientSession>>) -> Result<(), Failure> {
    let mut session = session.lock().await;
    let begun = session
        .start_transaction()
        .read_concern(ReadConcern::snapshot())
        .write_concern(WriteConcern::majority())
        .await;
    Ok(begun.during("begin a transaction", LEDGER)?)
}

async fn commit(session: &Arc<Mutex<ClientSession>>) -> Result<(), Failure> {
    let mut patience = Patience::new();
    let mut session = session.lock().await;
    loop {
        match session.commit_transaction().await {
            // Nobody knows whether it was committed; to commit again does nothing if it was.
            Err(error)
                if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) && patience.wait(&error).await => {
            }
            committed => return Ok(committed.during("commit a transaction", LEDGER)?),
        }
    }
}
