//! Consent: what a person has to allow before anything is lost, and where.

use super::moves::Move;
use crate::{environment::Environment, schema::SchemaError};

/// What a person has said about what destroys.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Consent {
    pub(super) destructive: bool,
    pub(super) backup: bool,
}

impl Consent {
    fn covers(self, environment: Option<Environment>) -> bool {
        match environment {
            Some(Environment::Development) => true,
            Some(Environment::Staging) => self.destructive,
            Some(Environment::Production) | None => self.destructive && self.backup,
        }
    }

    /// The first thing that would be lost and may not be.
    pub(super) fn refusal(self, moves: &[Move<'_>], environment: Option<Environment>) -> Option<SchemaError> {
        if self.covers(environment) {
            return None;
        }
        moves.iter().find_map(|one| {
            let what = one.steps().into_iter().find_map(|(_, step)| step.destroys(one.direction))?;
            Some(SchemaError::Destructive { id: one.id().to_owned(), what, environment })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_there_is_to_lose_the_more_is_asked_for() {
        use Environment::{Development, Production, Staging};
        for destructive in [false, true] {
            for backup in [false, true] {
                let consent = Consent { destructive, backup };
                assert!(consent.covers(Some(Development)));
                assert_eq!(consent.covers(Some(Staging)), destructive);
                assert_eq!(consent.covers(Some(Production)), destructive && backup);
                assert_eq!(consent.covers(None), consent.covers(Some(Production)));
            }
        }
    }
}
