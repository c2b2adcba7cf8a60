//! What commands do, in memory.

use schema_runtime::ledger::State;
use schema_tests::marks::Way;

use super::Made;

#[derive(Debug, Clone)]
pub enum Command {
    Up,
    UpTo(usize),
    Down(usize),
    To(usize),
    Redo,
    Only(usize, bool),
    Mark(usize),
    Baseline(usize),
}

/// A command, how it is asked for, and the step that fails meanwhile.
#[derive(Debug, Clone)]
pub struct Plan {
    pub command: Command,
    pub out_of_order: bool,
    pub retry: bool,
    pub fails: Option<(usize, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Failed,
    OutOfOrder,
    Dependent,
    CutOff,
}

/// A migration: what the ledger says of it, and what there is of it.
#[derive(Debug, Clone)]
pub struct Migrated {
    made: Made,
    pub state: State,
    pub done: usize,
    pub begun: Option<usize>,
    pub marked: bool,
    pub marks: Vec<bool>,
    pub ups: Vec<u64>,
    pub downs: Vec<u64>,
}

#[derive(Debug)]
pub struct Model {
    pub migrations: Vec<Migrated>,
}

/// A migration, and whether it goes up.
type Move = (usize, bool);

impl Model {
    pub fn new(made: &[Made]) -> Self {
        let pending = made.iter().map(|made| {
            let steps = made.ways.len();
            Migrated {
                made: made.clone(),
                state: State::Pending,
                done: 0,
                begun: None,
                marked: false,
                marks: vec![false; steps],
                ups: vec![0; steps],
                downs: vec![0; steps],
            }
        });
        Self { migrations: pending.collect() }
    }

    pub fn perform(&mut self, plan: &Plan) -> Outcome {
        let all = self.migrations.len();
        let moves = match plan.command {
            Command::Up => self.up(0, all),
            Command::UpTo(place) => self.up(0, place + 1),
            Command::Down(count) => self.down(0, all, count),
            Command::To(place) => [self.down(place + 1, all, all), self.up(0, place + 1)].concat(),
            Command::Redo => self
                .down(0, all, 1)
                .into_iter()
                .flat_map(|(place, _)| [(place, false), (place, true)])
                .collect(),
            Command::Only(place, true) => self.up(place, place + 1),
            Command::Only(place, false) => self.down(place, place + 1, 1),
            Command::Mark(place) => return self.mark(&[place]),
            Command::Baseline(place) => {
                let unmarked = self.up(0, place + 1);
                return self.mark(&unmarked.iter().map(|(place, _)| *place).collect::<Vec<_>>());
            }
        };
        if let Some(refused) = self.refused(plan, &moves) {
            return refused;
        }
        for (place, up) in moves {
            let fails = plan.fails.filter(|(failing, _)| *failing == place).map(|(_, number)| number);
            if !self.migrations[place].go(up, fails) {
                return Outcome::Failed;
            }
        }
        Outcome::Done
    }

    fn up(&self, from: usize, to: usize) -> Vec<Move> {
        let pending = |place: &usize| {
            let one = &self.migrations[*place];
            one.state != State::Completed && !one.made.production_only
        };
        (from..to).filter(pending).map(|place| (place, true)).collect()
    }

    fn down(&self, from: usize, to: usize, count: usize) -> Vec<Move> {
        let in_effect = |place: &usize| self.migrations[*place].in_effect();
        (from..to).rev().filter(in_effect).take(count).map(|place| (place, false)).collect()
    }

    fn mark(&mut self, places: &[usize]) -> Outcome {
        for place in places {
            let one = &mut self.migrations[*place];
            (one.state, one.done, one.begun, one.marked) =
                (State::Completed, one.made.ways.len(), None, true);
        }
        Outcome::Done
    }

    fn refused(&self, plan: &Plan, moves: &[Move]) -> Option<Outcome> {
        let is = |place: usize, state| self.migrations[place].state == state;
        let named = matches!(plan.command, Command::Only(..));
        let last = (0..self.migrations.len())
            .rev()
            .find(|place| is(*place, State::Completed) && !moves.contains(&(*place, false)));
        let early = moves.iter().any(|(place, up)| {
            *up && last.is_some_and(|last| *place < last)
                && (is(*place, State::Pending) || is(*place, State::RolledBack))
        });
        if early && !named && !plan.out_of_order {
            return Some(Outcome::OutOfOrder);
        }
        let held = moves.iter().any(|(place, up)| match up {
            true => self.migrations[*place].made.after.iter().any(|other| {
                !self.migrations[*other].made.production_only
                    && !is(*other, State::Completed)
                    && !moves.contains(&(*other, true))
            }),
            false => self.migrations.iter().enumerate().any(|(other, one)| {
                one.made.after.contains(place) && one.in_effect() && !moves.contains(&(other, false))
            }),
        });
        if held {
            return Some(Outcome::Dependent);
        }
        let asks = moves.iter().any(|(place, _)| {
            let one = &self.migrations[*place];
            one.begun.is_some_and(|begun| one.made.ways[begun - 1] != Way::Repeatable)
        });
        (asks && !plan.retry).then_some(Outcome::CutOff)
    }
}

impl Migrated {
    fn in_effect(&self) -> bool {
        self.state == State::Completed || self.done > 0 || self.begun.is_some()
    }

    /// Goes one way, as far as it comes. Whether it has come to the end.
    fn go(&mut self, up: bool, fails: Option<usize>) -> bool {
        self.marked = false;
        let steps: Vec<usize> = if up {
            self.done = self.begun.map_or(self.done, |begun| begun - 1);
            (self.done + 1..=self.made.ways.len()).collect()
        } else {
            self.done = self.begun.unwrap_or(self.done);
            (1..=self.done).rev().collect()
        };
        for number in steps {
            if !self.make(number, up, fails == Some(number)) {
                self.state = State::Failed;
                return false;
            }
        }
        self.state = if up { State::Completed } else { State::RolledBack };
        true
    }

    fn make(&mut self, number: usize, up: bool, fails: bool) -> bool {
        let place = number - 1;
        let in_transaction = self.made.ways[place] == Way::InTransaction;
        if in_transaction && (fails || self.marks[place] == up) {
            return false;
        }
        self.marks[place] = up;
        if up {
            self.ups[place] += 1;
        } else {
            self.downs[place] += 1;
        }
        if fails {
            self.begun = Some(number);
            return false;
        }
        (self.done, self.begun) = (if up { number } else { place }, None);
        true
    }
}
