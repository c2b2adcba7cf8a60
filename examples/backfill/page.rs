//! Page: what the example prints, for people or, with `--json`, for programs.

use std::io::{self, Write};

use serde_json::{Value, json};

/// Standard output, with numbered sections.
#[derive(Debug)]
pub(crate) struct Page {
    json: bool,
    sections: u32,
}

impl Page {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, sections: 0 }
    }

    /// Whether people read it, who like to see that something goes on.
    pub(crate) fn is_for_people(&self) -> bool {
        !self.json
    }

    /// The headline of the next section.
    pub(crate) fn headline(&mut self, text: &str) -> io::Result<()> {
        self.sections += 1;
        if self.json {
            return Ok(());
        }
        let gap = if self.sections == 1 { "" } else { "\n" };
        writeln!(io::stdout(), "{gap}{}. {text}\n", self.sections)
    }

    /// One or more lines of the section.
    pub(crate) fn text(&self, text: impl AsRef<str>) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        for line in text.as_ref().lines() {
            writeln!(out, "{}", format!("   {line}").trim_end())?;
        }
        Ok(())
    }

    /// The section as one object; `facts` is an object.
    pub(crate) fn facts(&self, section: &str, mut facts: Value) -> io::Result<()> {
        if !self.json {
            return Ok(());
        }
        if let Some(object) = facts.as_object_mut() {
            object.insert("section".to_owned(), json!(section));
        }
        writeln!(io::stdout(), "{facts}")
    }
}
