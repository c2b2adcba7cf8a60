//! The outcome as Markdown.

use std::fmt::Write as _;

use crate::{
    contender::Contender,
    found::Found,
    trials::{BadPrices, BesideWriters, Killed, Rounds},
};

/// All that one contender went through.
pub struct Row {
    pub contender: Contender,
    pub speed: Rounds,
    pub bad_prices: BadPrices,
    pub writers: BesideWriters,
    pub killed: Killed,
}

/// For one document, as a multiple of ours in the same round; then the rest of the speed.
pub fn speeds(rows: &[Row]) -> String {
    let mut table = String::from(
        "| | time to ours | documents a second | the whole | peak memory |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    for Row { contender, speed, .. } in rows {
        let (ratio, least, most) = speed.ratio();
        let (time, rate) = match speed.undone() {
            Some(ended) => (format!("fails, {}", ended.exit()), String::new()),
            None => (format!("{ratio:.2} ({least:.2} to {most:.2})"), format!("{:.0}", 1.0 / speed.each())),
        };
        let _ = writeln!(
            table,
            "| {} | {time} | {rate} | {:.1} s for {} | {} MiB |",
            contender.name(),
            speed.seconds(),
            speed.documents(),
            speed.memory() >> 20,
        );
    }
    table
}

pub fn outcomes(rows: &[Row]) -> String {
    let mut table = String::from(
        "| | a field it does not know | ten bad prices | updates lost beside writers | after `kill -9` |\n\
         | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let _ = writeln!(table, "{}", outcome(row));
    }
    table
}

/// One line of them.
pub fn outcome(row: &Row) -> String {
    format!(
        "| {} | {} | {} | {} | {} |",
        row.contender.name(),
        unknown(row),
        bad_prices(&row.bad_prices),
        writers(&row.writers),
        killed(&row.killed),
    )
}

/// The errors in their own words.
pub fn errors(rows: &[Row]) -> String {
    let mut list = String::new();
    for Row { contender, speed, bad_prices, writers, killed } in rows {
        let ended = [
            ("alone", speed.undone()),
            ("ten bad prices", Some(&bad_prices.ended)),
            ("beside writers", Some(&writers.ended)),
            ("after `kill -9`", killed.again.first()),
            ("a minute after `kill -9`", killed.again.get(1)),
        ];
        for (trial, ended) in ended {
            if let Some(ended) = ended.filter(|ended| !ended.status.success()) {
                let _ = writeln!(list, "- {}, {trial}: {}", contender.name(), ended.gist());
            }
        }
    }
    list
}

fn unknown(row: &Row) -> String {
    let converted = row.speed.found().map_or(0, |found| found.converted);
    match row.speed.found().map_or(0, |found| found.without_unknown) {
        0 if converted == 0 => "nothing converted".to_owned(),
        0 => "kept".to_owned(),
        lost => format!("lost on {lost}"),
    }
}

fn bad_prices(trial: &BadPrices) -> String {
    let BadPrices { good, ended, found, named } = trial;
    let others = match found.converted {
        all if all == *good => "all others converted".to_owned(),
        some => format!("{some} of {good} others converted"),
    };
    format!("{others}; {named} of the ten named; {}{}", ended.exit(), damage(found))
}

fn writers(trial: &BesideWriters) -> String {
    let BesideWriters { documents, ended, acknowledged, found } = trial;
    let done = match found.converted {
        all if all == *documents => String::new(),
        some => format!("; {some} of {documents} converted, {}", ended.exit()),
    };
    format!(
        "{} of {} increments, {} of {} names{done}{}",
        found.views_lost,
        acknowledged.views_written,
        found.names_lost,
        acknowledged.names.len(),
        damage(found)
    )
}

fn killed(trial: &Killed) -> String {
    let Killed { documents, was_killed, at_kill, again, found, changed_again } = trial;
    if !was_killed {
        return "ended before it could be killed".to_owned();
    }
    let runs: Vec<String> = again
        .iter()
        .zip(["again", "after a minute"])
        .map(|(ended, when)| format!("{when}: {} in {:.1} s", ended.exit(), ended.took.as_secs_f64()))
        .collect();
    let end = match found.converted {
        all if all == *documents => "all converted".to_owned(),
        some => format!("{some} of {documents} converted"),
    };
    let runs = runs.join("; ");
    format!("killed at {at_kill}; {runs}; {end}, {changed_again} changed twice{}", damage(found))
}

fn damage(found: &Found) -> String {
    match (&found.first_damage, found.missing) {
        (None, 0) => String::new(),
        (None, missing) => format!("; {missing} missing"),
        (Some(first), _) => format!("; {} damaged ({first})", found.damaged),
    }
}
