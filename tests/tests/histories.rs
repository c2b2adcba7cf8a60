//! The report on 377 real migration steps: its tables are what its list of steps adds up to.

use std::collections::BTreeMap;

const STEPS: &str = include_str!("../histories/steps.tsv");
const REPORT: &str = include_str!("../histories/README.md");

struct Step {
    id: &'static str,
    way: &'static str,
    reason: &'static str,
}

fn steps() -> Vec<Step> {
    let lines = STEPS.lines().skip(1);
    lines
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [id, way, reason, how] if !how.is_empty() => Step { id, way, reason },
            _ => panic!("not a step: {line}"),
        })
        .collect()
}

/// The numbers of the row of the report that starts with this name.
fn reported(name: &str) -> Vec<usize> {
    let start = format!("| {name} |");
    let row =
        REPORT.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no row for {name}"));
    row.split('|').filter_map(|cell| cell.trim().parse().ok()).collect()
}

#[test]
fn every_step_is_listed_once_with_one_of_four_ways() {
    let steps = steps();
    let ids: BTreeMap<_, _> = steps.iter().map(|step| (step.id, step.way)).collect();
    assert_eq!((steps.len(), ids.len()), (377, 377));
    for step in &steps {
        assert!(["attributes", "function", "hand-written", "cannot"].contains(&step.way), "{}", step.id);
        assert_eq!(step.way == "cannot", step.reason != "-", "{}", step.id);
    }
}

#[test]
fn the_tables_of_the_report_add_up() {
    let steps = steps();
    let count = |condition: &dyn Fn(&Step) -> bool| steps.iter().filter(|step| condition(step)).count();
    for way in ["attributes", "function", "hand-written", "cannot"] {
        assert_eq!(reported(way), [count(&|step| step.way == way)], "{way}");
    }
    let mut reasons: Vec<_> = steps.iter().map(|step| step.reason).filter(|reason| *reason != "-").collect();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        assert_eq!(reported(reason), [count(&|step| step.reason == reason)], "{reason}");
    }
    let mut applications: Vec<_> = steps.iter().filter_map(|step| step.id.split('/').next()).collect();
    applications.sort_unstable();
    applications.dedup();
    for application in applications {
        let of =
            |way: &str| count(&|step| step.id.starts_with(&format!("{application}/")) && step.way == way);
        assert_eq!(reported(application), [of("attributes"), of("function"), of("cannot")], "{application}");
    }
}
