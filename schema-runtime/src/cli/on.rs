//! Which documents a command is about.

use clap::Args;

/// A command about the documents of one type.
#[derive(Debug, Clone, Args)]
pub struct On<A: Args> {
    /// The collection, or the name of the documents of a kind [default: the only one].
    pub(super) collection: Option<String>,
    #[command(flatten)]
    pub(super) options: A,
}

/// A command about the documents of one type, or of all.
#[derive(Debug, Clone, Args)]
pub struct OnEach<A: Args> {
    #[command(flatten)]
    pub(super) names: Names,
    #[command(flatten)]
    pub(super) options: A,
}

/// One, or all.
#[derive(Debug, Clone, Args)]
pub(super) struct Names {
    /// The collection, or the name of the documents of a kind [default: the only one].
    collection: Option<String>,
    /// Of every type, one after the other.
    #[arg(long, conflicts_with = "collection")]
    all: bool,
}

/// No options.
#[derive(Debug, Clone, Args)]
pub struct Nothing {}

impl Names {
    pub(super) fn get(&self) -> (Option<&str>, bool) {
        (self.collection.as_deref(), self.all)
    }
}
