//! Transaction: a step and its entry in the ledger, both or neither.

use std::sync::Arc;

use mongodb::{
    ClientSession,
    error::{TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT},
    options::{ReadConcern, WriteConcern},
};
use tokio::sync::Mutex;

use super::perform::{Failure, Performer};
use crate::{
    error::During,
    ledger::{Done, LEDGER},
    migration::{Context, Step, StepError},
    retry::Patience,
};

impl Performer<'_, '_> {
    /// Makes a step in a transaction, as often as the server asks for it. How many documents it has changed.
    pub(super) async fn in_transaction(
        &self,
        step: &dyn Step,
        in_effect: usize,
        session: &Arc<Mutex<ClientSession>>,
    ) -> Result<u64, Failure> {
        let mut patience = Patience::new();
        loop {
            let begin = session.lock().await;
            begin_in(begin).await?;
            let context = self.context(Arc::clone(session), true);
            let made = match self.work(step, &context).await {
                Ok(()) => self.note_in(session, in_effect, &context).await,
                Err(error) => Err(Failure::Step(error)),
            };
            let ended = match made {
                Ok(()) => commit(session).await,
                Err(failure) => {
                    let mut session = session.lock().await;
                    // What cannot be aborted any more has ended by itself.
                    let _ = session.abort_transaction().await;
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

    async fn note_in(
        &self,
        session: &Arc<Mutex<ClientSession>>,
        in_effect: usize,
        context: &Context,
    ) -> Result<(), Failure> {
        let mut session = session.lock().await;
        let done = Done { steps: in_effect, affected: self.affected_before() + context.counted() };
        self.noted(done, Some(&mut session)).await
    }
}

async fn begin_in(mut session: impl std::ops::DerefMut<Target = ClientSession>) -> Result<(), Failure> {
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

/// What is said beside an error of a step in a transaction.
pub(super) fn hint(error: &StepError) -> Option<&'static str> {
    const NOT_SUPPORTED: i32 = 263;
    let driver = error.downcast_ref::<mongodb::error::Error>()?;
    match driver.kind.as_ref() {
        mongodb::error::ErrorKind::Command(command) if command.code == NOT_SUPPORTED => Some(
            "give the step `transaction(Transaction::Never)`, because the server does not do that in one",
        ),
        _ => None,
    }
}
