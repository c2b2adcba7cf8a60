//! What the operating system knows of a server, and a program to start one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use schema_runtime::local::Member;

/// The program in `src/bin`: a test cannot change its own environment without racing the others, nor be
/// killed and go on.
pub(crate) fn start_local_server() -> Command {
    Command::new(env!("CARGO_BIN_EXE_start_local_server"))
}

pub(crate) fn pids(members: &[Member]) -> Vec<u32> {
    members.iter().filter_map(Member::pid).collect()
}

fn proc_file(pid: u32, name: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/{name}")).ok()
}

/// A zombie, which waits only for its parent to take note, is not running.
pub(crate) fn is_running(pid: u32) -> bool {
    let stat = proc_file(pid, "stat").unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

/// From the process itself, as the folder is nobody else's business.
pub(crate) fn data_folder(pid: u32) -> PathBuf {
    let command_line = proc_file(pid, "cmdline").unwrap();
    let mut words = command_line.split('\0').skip_while(|word| *word != "--dbpath");
    words.nth(1).unwrap().into()
}

/// The folder that the members' data folders are in.
pub(crate) fn root_of(data_folder: &Path) -> PathBuf {
    data_folder.parent().unwrap().to_path_buf()
}
