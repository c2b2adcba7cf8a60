//! Every comparison under criterion, for its history and its reports. For the ratios alone, see `ratios`.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run should stop")]

#[allow(dead_code, reason = "the limits are for `ratios`")]
mod common;

use std::time::Instant;

use criterion::{Bencher, BenchmarkId, Criterion, criterion_group, criterion_main};

use self::common::{Work, comparisons};

fn against_plain(criterion: &mut Criterion) {
    for comparison in comparisons() {
        let mut group = criterion.benchmark_group(comparison.task);
        let size = format!("{} B", comparison.size);
        group.bench_with_input(BenchmarkId::new("versioned", &size), &comparison.ours, time);
        group.bench_with_input(BenchmarkId::new("plain", &size), &comparison.theirs, time);
    }
}

fn time(bencher: &mut Bencher<'_>, work: &Work) {
    bencher.iter_custom(|times| {
        let start = Instant::now();
        work(times);
        start.elapsed()
    });
}

criterion_group!(benches, against_plain);
criterion_main!(benches);
