//! A plan for people.

use std::fmt;

use super::{Plan, Trial, Tried};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            collection,
            server,
            permissions,
            census,
            server_side,
            earlier,
            trial,
            notes,
            cannot_run,
            ..
        } = self;
        writeln!(
            f,
            "{} of {} documents in `{collection}` are to be brought to schema version {}:",
            census.upgradable(),
            census.total(),
            census.current_version
        )?;
        writeln!(f, "{census}")?;
        if let Some(server_side) = server_side {
            for line in server_side.to_string().lines() {
                writeln!(f, "  upgrade {line}")?;
            }
        }
        writeln!(f, "  server  {server}")?;
        writeln!(f, "  user    {permissions}")?;
        if let Some(earlier) = earlier {
            writeln!(f, "  job     {earlier}")?;
        }
        if let Some(time) = earlier.as_ref().and_then(|earlier| earlier.time_for(census.upgradable())) {
            writeln!(f, "  time    {:.1} s at that pace", time.as_secs_f64())?;
        }
        for note in notes {
            writeln!(f, "  note    {note}")?;
        }
        write!(f, "{trial}")?;
        if self.can_run() {
            return Ok(());
        }
        writeln!(f, "\nThe backfill cannot run:")?;
        cannot_run.iter().try_for_each(|reason| writeln!(f, "  - {reason}"))
    }
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.versions.iter().all(|tried| tried.tried == 0) {
            return Ok(());
        }
        writeln!(f, "\nConverted on trial, and not written:")?;
        for tried in &self.versions {
            writeln!(f, "{tried}")?;
        }
        let about = if self.complete { "" } else { "about " };
        let (bytes, seconds) = (self.bytes(), self.converting().as_secs_f64());
        writeln!(f, "  size        {about}{} now, {} when upgraded", size(bytes.before), size(bytes.after))?;
        writeln!(
            f,
            "  conversion  {about}{seconds:.1} s of one core; how long the writes take is known after the first batches"
        )?;
        if self.failed() > 0 {
            writeln!(f, "\nWould fail: {about}{}, among them", self.failed())?;
            for failure in &self.first_failures {
                writeln!(f, "  {}: {}", failure.kind, failure.error)?;
            }
        }
        for example in &self.examples {
            write!(f, "\n{example}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stored, documents, tried, upgraded, failures, .. } = self;
        write!(f, "  {:<10}  {tried} of {documents}: {upgraded} can be upgraded", stored.to_string())?;
        if self.failed() > 0 {
            let kinds: Vec<String> = failures.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
            write!(f, ", {} cannot ({})", self.failed(), kinds.join(", "))?;
        }
        Ok(())
    }
}

/// A number of bytes, in the unit in which it is short.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut scaled = (bytes, "bytes");
    let mut rest = bytes;
    for unit in UNITS {
        if rest < 10 * 1024 {
            break;
        }
        rest /= 1024;
        scaled = (rest, unit);
    }
    format!("{} {}", scaled.0, scaled.1)
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(10_239), "10239 bytes");
        assert_eq!(size(10_240), "10 KiB");
        assert_eq!(size(3 << 30), "3072 MiB");
        assert_eq!(size(u64::MAX), "16777215 TiB");
    }
}
