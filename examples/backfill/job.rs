//! The sections about the job: planned, tried, run, verified and taken back.

use std::time::Duration;

use anyhow::{Context, ensure};
use schema_runtime::{backfill::Report, terminal::Terminal};
use serde_json::json;

use crate::story::Story;

const AN_HOUR: Duration = Duration::from_secs(60 * 60);

impl Story {
    pub(crate) async fn plan(&mut self) -> anyhow::Result<()> {
        self.page.headline("The plan of the backfill, before anything is written")?;
        let plan = self.flights.backfill().keep_preimages(AN_HOUR).plan().examples(1).await?;
        self.page.text(plan.to_string())?;
        self.page.facts("plan", json!({ "plan": plan }))?;
        Ok(())
    }

    pub(crate) async fn dry_run(&mut self) -> anyhow::Result<()> {
        self.page.headline("A dry run of the backfill")?;
        let before = self.flights.census().await?;
        let report = self.flights.backfill().dry_run(true).run().await?;
        ensure!(self.flights.census().await? == before, "a dry run wrote something");
        self.page.text(report.to_string())?;
        self.page.facts("dryRun", json!({ "report": report }))?;
        Ok(())
    }

    pub(crate) async fn backfill(&mut self) -> anyhow::Result<Report> {
        self.page.headline("The backfill")?;
        let mut job = self.flights.backfill().batch_size(500).keep_preimages(AN_HOUR);
        if self.page.is_for_people() {
            job = job.progress(Terminal::new());
        }
        let report = job.run().await?;
        self.page.text(report.to_string())?;
        self.page.facts("backfill", json!({ "report": report }))?;
        Ok(report)
    }

    /// Every document is read as the current type, and a sample of what they were is converted again.
    pub(crate) async fn verify(&mut self, report: &Report) -> anyhow::Result<()> {
        self.page.headline("Verified")?;
        let verification = self.flights.verify().preimages(100).run().await?;
        self.page.text(verification.to_string())?;
        ensure!(verification.is_clean() == (report.failed == 0), "{verification}");
        self.page.facts("verified", json!({ "verification": verification }))?;
        Ok(())
    }

    /// What nobody has changed since becomes what it was, byte for byte.
    pub(crate) async fn roll_back(&mut self, before: &Report) -> anyhow::Result<()> {
        self.page.headline("Rolled back, by the pre-images of the backfill")?;
        let run = before.run.context("the backfill has written nothing")?;
        let report = self.flights.rollback().of(run).run().await?;
        self.page.text(report.to_string())?;
        // A row that is no longer what the backfill wrote is counted as changed.
        let taken_back = report.rolled_back + report.changed + report.already_there;
        ensure!(taken_back == before.upgraded, "{} were upgraded: {report}", before.upgraded);
        self.page.facts("rolledBack", json!({ "report": report }))?;
        Ok(())
    }
}
