//! The plan of a run: all that its seed decides beside the documents and the writers' doings.

use std::{fmt, time::Duration};

use fastrand::Rng;

use super::{
    account::Steps,
    fail_points::{CODES, Trouble},
    job::Options,
    member_faults::{MemberFault, Which},
    processes::ProcessFault,
};

#[derive(Debug, Clone)]
pub struct Plan {
    /// Of all runs.
    pub seed: u64,
    pub run: u32,
    pub documents: u32,
    /// The version that each writer writes.
    pub releases: Vec<u32>,
    pub options: Options,
    /// How many processes of the job there are at a time.
    pub processes: usize,
    /// With the time since the beginning of the run, in order.
    pub process_faults: Vec<(Duration, ProcessFault)>,
    /// One after the other, each after a pause.
    pub member_faults: Vec<(Duration, MemberFault)>,
    /// Whether the processes are killed at the end, and do not come to their own.
    pub killed_at_the_end: bool,
    /// For the documents and the writers.
    pub rng: Rng,
}

impl Plan {
    pub fn new(seed: u64, run: u32) -> Self {
        // Neighbouring seeds are to give runs that have nothing in common.
        let mut rng = Rng::with_seed(Rng::with_seed(seed).u64(..).wrapping_add(run.into()));
        let rng = &mut rng;
        let processes = rng.usize(1..=3);
        let options = Options {
            batch_size: rng.u32(10..=80),
            workers: rng.u32(1..=3),
            partition_size: rng.u64(100..=800),
            lease: millis(rng, 600..1500),
            rate: rng.u32(200..=1000),
            steps: if rng.u32(0..5) < 2 { Steps::Declared } else { Steps::Computed },
        };
        let faults = rng.usize(2..=6);
        let process_faults = (0..faults).map(|_| (millis(rng, 100..5000), process_fault(rng, processes)));
        let mut process_faults: Vec<_> = process_faults.collect();
        process_faults.sort_by_key(|(at, _)| *at);
        let faults = [0, 1, 1, 2][rng.usize(0..4)];
        Self {
            seed,
            run,
            documents: rng.u32(800..=2_000),
            releases: releases(rng),
            options,
            processes,
            process_faults,
            member_faults: (0..faults).map(|_| (millis(rng, 300..2000), member_fault(rng))).collect(),
            killed_at_the_end: rng.bool(),
            rng: rng.fork(),
        }
    }
}

/// Programs of the new release beside those of one or both of the old ones.
fn releases(rng: &mut Rng) -> Vec<u32> {
    let (first, second, third) = match rng.u32(0..4) {
        0 => (rng.usize(2..=4), 0, rng.usize(1..=3)),
        1 => (0, rng.usize(2..=4), rng.usize(1..=3)),
        _ => (rng.usize(1..=3), rng.usize(1..=3), rng.usize(1..=2)),
    };
    [vec![1; first], vec![2; second], vec![3; third]].concat()
}

fn process_fault(rng: &mut Rng, processes: usize) -> ProcessFault {
    let process = rng.usize(0..processes);
    let code = CODES[rng.usize(0..CODES.len())];
    match rng.u32(0..10) {
        0..=3 => ProcessFault::Kill { process, gap: millis(rng, 0..500) },
        4..=6 => ProcessFault::Pause { process, time: millis(rng, 500..4000) },
        7 => ProcessFault::Trouble(Trouble::Cut(millis(rng, 100..2500))),
        8 => ProcessFault::Trouble(Trouble::Refused { code, times: rng.i32(1..=4) }),
        _ => ProcessFault::Trouble(Trouble::Unsure { code, times: rng.i32(1..=4) }),
    }
}

fn member_fault(rng: &mut Rng) -> MemberFault {
    match rng.u32(0..10) {
        0..=3 => MemberFault::Kill(Which::Primary, millis(rng, 0..2500)),
        4 => MemberFault::Kill(Which::Secondary, millis(rng, 0..2500)),
        5..=6 => MemberFault::Pause(Which::Primary, millis(rng, 300..5000)),
        7 => MemberFault::Pause(Which::Secondary, millis(rng, 300..3000)),
        _ => MemberFault::StepDown,
    }
}

fn millis(rng: &mut Rng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(rng.u64(range))
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents, releases, options, processes, .. } = self;
        writeln!(f, "  {documents} documents, writers of releases {releases:?}, {processes} process(es)")?;
        writeln!(f, "  {options:?}")?;
        for (at, fault) in &self.process_faults {
            writeln!(f, "  at {at:?}: {fault}")?;
        }
        for (after, fault) in &self.member_faults {
            writeln!(f, "  in turn, after {after:?}: {fault}")?;
        }
        let end = if self.killed_at_the_end { "are killed" } else { "end by themselves" };
        write!(f, "  at the end the processes {end}")
    }
}
