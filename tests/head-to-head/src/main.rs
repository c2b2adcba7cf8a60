//! Reading stored documents, head to head: `cargo run --release` in this folder.
//!
//! Prints one Markdown table from one run: how long each way takes as a multiple of ours, for documents of the
//! current version and of the first of three. Arguments select the rows whose name contains one of them.

mod contender;
mod contest;
mod kind;
mod peers;
mod plain;
mod rounds;

use self::contest::contests;

const ROUNDS: usize = 2_000;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for (position, contest) in contests().iter().enumerate() {
        contest.check();
        if position == 0 {
            print_row(
                "| bytes | stored version |",
                contest.contenders.iter().map(|one| format!(" {} |", one.name)),
            );
            print_row("| ---: | --- |", contest.contenders.iter().map(|_| " ---: |".to_owned()));
        }
        if wanted.is_empty() || wanted.iter().any(|word| contest.row.contains(word)) {
            let ratios = rounds::median_ratios(&contest.contenders, ROUNDS);
            print_row(&contest.row, ratios.iter().map(|ratio| format!(" {ratio:.2} |")));
        }
    }
}

fn print_row(name: &str, columns: impl Iterator<Item = String>) {
    println!("{name}{}", columns.collect::<String>());
}

#[cfg(test)]
mod tests {
    #[test]
    fn everybody_reads_the_same_documents() {
        for contest in super::contests() {
            contest.check();
        }
    }
}
