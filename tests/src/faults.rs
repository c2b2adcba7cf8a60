//! Faults: a backfill on a replica set of three, whose members and processes are killed and paused while releases old and new
//! write to the same collection; and a checker that says whether anything was lost.
//!
//! ```text
//! seed -> plan of the run -> population
//!         [ writers | processes of the job, and their faults | faults of the members ]
//!         -> an undisturbed run -> checker: the writers' histories against what is stored
//! ```
//!
//! All that is random comes from the seed: what is stored at first, what writers mean to do, which faults come and when. What
//! comes of it is a matter of time, so a seed repeats a run's plan and not its every step.

pub mod account;
pub mod checker;
pub mod cluster;
pub mod content;
pub mod conversions;
pub mod declared;
pub mod expected;
pub mod fail_points;
pub mod history;
pub mod job;
pub mod member_faults;
pub mod plan;
pub mod population;
pub mod processes;
pub mod run;
pub mod writer;
