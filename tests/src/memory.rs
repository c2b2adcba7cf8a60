//! How much memory a process has held.

use std::{fs, io};

/// The most that this process has held at once so far, in bytes.
///
/// # Errors
///
/// Where there is no such process, or the system says nothing of the kind (it is asked as
/// [Linux](https://man7.org/linux/man-pages/man5/proc_pid_status.5.html) is).
pub fn peak(process: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kibibytes.map(|number| number * 1024).ok_or_else(|| io::Error::other("no peak memory"))
}
