//! Progress for people and machines: a bar on a terminal, a block of lines in a log, JSON lines for programs. On standard
//! error, so that standard output stays free for the program's own.

mod bar;
mod block;
mod json;

use std::io::{IsTerminal, Write};

pub use self::json::JsonLines;
use self::{bar::Bar, block::Block};
use crate::backfill::{Event, Progress};

/// Tells people how a backfill goes.
///
/// ```no_run
/// # use schema_runtime::{VersionedCollection, DecodeOwned, Error};
/// # async fn example<T: DecodeOwned + Send + Sync>(users: VersionedCollection<T>) -> Result<(), Error> {
/// use schema_runtime::terminal::Terminal;
///
/// let report = users.backfill().progress(Terminal::new()).run().await?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Terminal(Surface);

#[derive(Debug)]
enum Surface {
    Bar(Bar),
    Block(Block),
}

impl Terminal {
    /// A live bar if standard error is a terminal, else a block of two lines every ten seconds.
    #[must_use]
    pub fn new() -> Self {
        if std::io::stderr().is_terminal() { Self(Surface::Bar(Bar::new())) } else { Self::lines() }
    }

    /// Blocks of lines, whatever standard error is.
    #[must_use]
    pub fn lines() -> Self {
        Self(Surface::Block(Block::default()))
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for Terminal {
    fn on(&self, event: &Event<'_>) {
        match &self.0 {
            Surface::Bar(bar) => bar.draw(event),
            Surface::Block(block) => {
                if let Some(text) = block.of(event) {
                    // Nothing can be done about a standard error that is gone, and a backfill should not end for it.
                    let _ = writeln!(std::io::stderr(), "{text}");
                }
            }
        }
    }
}
