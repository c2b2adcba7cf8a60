//! One run, from its plan to what the checker says.

use std::{
    collections::BTreeMap,
    fmt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use mongodb::{
    Database,
    bson::{Bson, Document, doc},
};
use schema_runtime::backfill::{Ending, JOBS, Report};
use tokio::{task::JoinSet, time::sleep};

use super::{
    account::COLLECTION,
    checker::{Found, check, check_untouched},
    cluster::{Cluster, Outcome},
    fail_points::{self, APPLICATION},
    history::{self, Entry},
    plan::Plan,
    population::Population,
    processes::Processes,
    writer::Writer,
};

/// How long processes that were left alone may take to end; more than the job waits for a database.
const ENDING_LIMIT: Duration = Duration::from_secs(90);

/// What a run came to.
#[derive(Debug)]
pub struct Verdict {
    pub violations: Vec<String>,
    documents: usize,
    writes: usize,
    unknown: usize,
    processes: u32,
    upgraded_at_last: u64,
    elapsed: Duration,
}

/// Carries out a plan. The database is left where something is wrong with it.
///
/// # Errors
///
/// What has nothing to do with the job: a member that does not start, a checker that cannot read.
pub async fn run(cluster: &mut Cluster, program: &Path, plan: &Plan) -> Outcome<Verdict> {
    let started = Instant::now();
    cluster.settle().await?;
    let mut rng = plan.rng.clone();
    let database = cluster.client("checker").await?.database(&format!("faults_{}_{}", plan.seed, plan.run));
    database.drop().await?;
    let population = Population::new(&mut rng, plan.options.steps, plan.documents, plan.releases.len());
    population.insert(&database).await?;

    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for (writer, release) in plan.releases.iter().enumerate() {
        // With a driver that writes again what failed, hardly any outcome stays unknown.
        let client = cluster.client(&format!("writer&retryWrites={}", rng.bool())).await?;
        let accounts = client.database(database.name()).collection(COLLECTION);
        let own = population.owned.get(writer).into_iter().flatten();
        let own = own.map(|number| (*number, population.documents.get(number).cloned())).collect();
        let shared = population.shared.clone();
        let writer = Writer::new(writer, plan.options.steps, *release, rng.fork(), accounts, own, shared);
        let stop = Arc::clone(&stop);
        writers.spawn(async move { writer.write(&stop).await });
    }
    let arguments = plan.options.arguments(&cluster.uri(APPLICATION), database.name());
    let mut processes = Processes::new(program.to_owned(), arguments, cluster.ports(), plan.processes);
    let suffered = processes.suffer(&plan.process_faults, members(cluster, plan)).await;
    stop.store(true, Ordering::Relaxed);
    let history: Vec<Entry> = writers.join_all().await.into_iter().flatten().collect();
    suffered?;
    while !fail_points::end(&cluster.ports()).await {
        sleep(Duration::from_millis(100)).await;
    }
    if plan.killed_at_the_end {
        processes.kill_all().await?
    } else {
        processes.finish(ENDING_LIMIT).await?
    }
    cluster.settle().await?;

    let mut violations: Vec<String> = std::mem::take(&mut processes.complaints);
    let first = last_run(plan, &database, &mut violations).await?;
    let found = Found::read(&database).await?;
    let documents = &population.documents;
    violations.extend(check_untouched(documents, &history, &found).iter().map(ToString::to_string));
    // The one before may have been a job of before, which had passed by what was written later.
    let last = last_run(plan, &database, &mut violations).await?;
    violations.extend(left_over(&database, &last).await?);
    let found = Found::read(&database).await?;
    violations.extend(check(documents, &history, &found).iter().map(ToString::to_string));
    if violations.is_empty() {
        database.drop().await?;
    }
    Ok(Verdict {
        violations,
        documents: found.documents.len(),
        writes: history.len(),
        unknown: history.iter().filter(|entry| matches!(entry.outcome, history::Outcome::Unknown(_))).count(),
        processes: processes.started,
        upgraded_at_last: first.upgraded,
        elapsed: started.elapsed(),
    })
}

async fn members(cluster: &mut Cluster, plan: &Plan) -> Outcome {
    for (after, fault) in &plan.member_faults {
        sleep(*after).await;
        fault.happen(cluster).await?;
    }
    Ok(())
}

/// The job as it is when nothing disturbs it.
async fn last_run(plan: &Plan, database: &Database, violations: &mut Vec<String>) -> Outcome<Report> {
    let options = super::job::Options { rate: 1_000_000, batch_size: 500, ..plan.options };
    let report = options.run(database).await?;
    if report.ending != Ending::Finished || report.remaining > 0 {
        violations.push(format!("an undisturbed run did not finish: {report}"));
    }
    Ok(report)
}

/// What a finished job has left behind and should not have.
async fn left_over(database: &Database, report: &Report) -> Outcome<Vec<String>> {
    let jobs = database.collection::<Document>(JOBS);
    let job = jobs.find_one(doc! { "_id": COLLECTION }).await?.unwrap_or_default();
    let partitions = jobs.count_documents(doc! { "_id.job": COLLECTION }).await?;
    let mut wrong = Vec::new();
    if job.get_str("state").ok() != Some("finished") || job.get("lease") != Some(&Bson::Null) {
        wrong.push(format!("the job is not as a finished one is: {job}"));
    }
    if partitions > 0 {
        wrong.push(format!("{partitions} partition(s) of jobs that have ended are still there"));
    }
    let failures: BTreeMap<u32, String> = Found::read(database).await?.failures;
    if report.failed + report.newer != u64::try_from(failures.len())? {
        let counted = report.failed + report.newer;
        wrong.push(format!("the report counts {counted} failures, and there are {} records", failures.len()));
    }
    Ok(wrong)
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents, writes, unknown, processes, upgraded_at_last, elapsed, .. } = self;
        let verdict = if self.violations.is_empty() { "holds" } else { "DOES NOT HOLD" };
        write!(
            f,
            "{verdict} after {:.1} s: {writes} writes ({unknown} with no known outcome), {processes} process(es), \
             {documents} documents in the end, {upgraded_at_last} of them upgraded when it was quiet",
            elapsed.as_secs_f64()
        )
    }
}
