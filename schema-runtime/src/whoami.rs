//! This process, in words that an operator can find it by.

use bson::oid::ObjectId;

/// The machine's name.
pub(crate) fn host() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// The machine and the process.
pub(crate) fn process() -> String {
    format!("{}:{}", host(), std::process::id())
}

/// The same with a name of its own for each time that it is asked for.
pub(crate) fn owner() -> String {
    format!("{}:{}", process(), ObjectId::new())
}

/// Who started it, and where.
pub(crate) fn user() -> String {
    let user = ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    format!("{}@{}", user.as_deref().unwrap_or("unknown"), host())
}
