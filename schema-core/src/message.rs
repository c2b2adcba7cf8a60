//! Text put together at compile time, so that a chain that does not fit together is a compile error
//! that names the versions involved.

use crate::{chain::Chain, history::Version};

/// Longer messages are cut; none of ours comes near.
const CAPACITY: usize = 512;

pub(crate) struct Message {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Message {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; CAPACITY], length: 0 }
    }

    /// A name, as all are written.
    pub(crate) const fn quoted(name: &str) -> Self {
        Self::new().text("`").text(name).text("`")
    }

    /// The type at the end of a chain, with its version.
    pub(crate) const fn current(chain: &Chain) -> Self {
        Self::quoted(chain.type_name).with_version(chain.version)
    }

    /// A type with its version.
    pub(crate) const fn version(version: &Version) -> Self {
        Self::quoted(version.type_name).with_version(version.version)
    }

    /// A variant of a type, with the version of that.
    pub(crate) const fn variant(version: &Version, name: &str) -> Self {
        Self::new()
            .text("`")
            .text(version.type_name)
            .text("::")
            .text(name)
            .text("`")
            .with_version(version.version)
    }

    const fn with_version(self, version: u32) -> Self {
        self.text(" (schema version ").number(version).text(")")
    }

    #[expect(clippy::indexing_slicing, reason = "both indices are compared with the lengths first")]
    pub(crate) const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut at = 0;
        while at < text.len() && self.length < CAPACITY {
            self.bytes[self.length] = text[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    #[expect(clippy::indexing_slicing, reason = "the index is compared with the length first")]
    pub(crate) const fn append(mut self, other: &Self) -> Self {
        let mut at = 0;
        while at < other.length && self.length < CAPACITY {
            self.bytes[self.length] = other.bytes[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub(crate) const fn number(self, number: u32) -> Self {
        let shorter = if number < 10 { self } else { self.number(number / 10) };
        // One digit as text: the only number-to-text conversion available in constants.
        shorter.text(match number % 10 {
            0 => "0",
            1 => "1",
            2 => "2",
            3 => "3",
            4 => "4",
            5 => "5",
            6 => "6",
            7 => "7",
            8 => "8",
            _ => "9",
        })
    }

    /// Ends the compilation with this message.
    // Every constant function on the way here tracks its caller, so that the compiler shows the user's line
    // and none of ours.
    #[track_caller]
    #[expect(clippy::panic, reason = "only evaluated by the compiler, where a panic is a compile error")]
    pub(crate) const fn fail(&self) -> ! {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => panic!("{}", text),
            Err(_) => panic!("the versions of this chain do not fit together"),
        }
    }
}

/// `==` for text, which constants cannot use yet.
#[expect(clippy::indexing_slicing, reason = "the lengths are equal and the index is below them")]
pub(crate) const fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}
