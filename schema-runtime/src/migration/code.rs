//! Code: a step of the service's own.

use super::{Context, Direction, Step, Transaction, Work};

/// A function of the service's.
pub(super) type Function = Box<dyn Fn(Context) -> Work<'static> + Send + Sync>;

/// What a migration was given with `up` and `down`.
#[derive(Default)]
pub(super) struct Code {
    pub(super) up: Option<Function>,
    pub(super) down: Option<Function>,
    pub(super) transaction: Transaction,
    pub(super) repeatable: bool,
    pub(super) destroys: Option<String>,
}

impl Step for Code {
    fn describe(&self) -> String {
        "code".to_owned()
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        match &self.up {
            Some(up) => up(context.clone()),
            // A migration that has only a way back does nothing on the way up.
            None => Box::pin(async { Ok(()) }),
        }
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        match &self.down {
            Some(down) => down(context.clone()),
            None => Box::pin(async { Err("there is no way back".into()) }),
        }
    }

    fn is_reversible(&self) -> bool {
        self.down.is_some()
    }

    fn transaction(&self) -> Transaction {
        self.transaction
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        self.repeatable
    }

    fn destroys(&self, direction: Direction) -> Option<String> {
        self.destroys.clone().filter(|_| direction == Direction::Up)
    }
}
