//! What the server's process has used of the processor, which other work on the machine disturbs less than the time it takes.

use std::{error::Error, fs, path::Path};

/// Ticks of a processor's time are a hundredth of a second on every Linux of today.
const TICKS: f64 = 100.0;

/// Seconds of all processors that all `mongod` children of this process have used.
pub fn seconds() -> Result<f64, Box<dyn Error>> {
    let own = std::process::id();
    let mut ticks = 0;
    for entry in fs::read_dir("/proc")? {
        let path = entry?.path();
        ticks += of(&path, own).unwrap_or(0);
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    Ok(ticks as f64 / TICKS)
}

/// `None` for everything that is no process, or none of those.
fn of(process: &Path, parent: u32) -> Option<u64> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let (name, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let is_child = || fields.get(1).is_some_and(|field| *field == parent.to_string());
    if !name.ends_with("(mongod") || !is_child() {
        return None;
    }
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}
