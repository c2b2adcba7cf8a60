//! What the types are called: the version that is left, the next one, and what the rest of the code says.

use super::{
    alias::Alias,
    chain::{Chain, Index},
    declared::Declared,
};
use crate::scaffold::{ScaffoldError, source::Token};

pub(super) struct Names<'a> {
    /// The type of the version that is left, before this.
    pub(super) was: String,
    /// And after it.
    pub(super) old: String,
    /// The type of the next version.
    pub(super) new: String,
    /// The alias that has to be written, so that the rest of the code can stay as it is.
    pub(super) alias: Option<String>,
    /// The aliases that are to stand for the next version.
    pub(super) moved: Vec<Alias<'a>>,
}

impl<'a> Names<'a> {
    pub(super) fn choose(index: &Index<'a>, chain: &Chain<'a>) -> Result<Self, ScaffoldError> {
        let newest = &chain.newest;
        let was = newest.name.clone();
        let next = newest.version.checked_add(1).filter(|next| i32::try_from(*next).is_ok());
        let Some(next) = next else {
            let why = format!("version {} is the last that a stamp can hold", newest.version);
            return Err(ScaffoldError::CannotCopy { place: newest.place(), why });
        };
        let names = match numbered(&was, newest.version) {
            Some(of) => Self {
                old: was.clone(),
                new: of.with(next),
                alias: None,
                moved: index.aliases_of(newest),
                was,
            },
            None => {
                let of = style(chain);
                let old = of.with(newest.version);
                // An alias stands for a type, but its variants cannot be imported through it.
                let in_its_place = newest.is_enum() && index.imports_variants(&was);
                let new = if in_its_place { was.clone() } else { of.with(next) };
                let alias = (new != was).then(|| was.clone());
                Self { old, new, alias, moved: Vec::new(), was }
            }
        };
        for name in [&names.old, &names.new].into_iter().filter(|name| **name != names.was) {
            if let Some(item) = newest.module.item(name) {
                let source = newest.source();
                let place = source.place(source.range(item).start);
                return Err(ScaffoldError::NameTaken { name: name.clone(), place });
            }
        }
        Ok(names)
    }

    /// Whether the struct that is left gets another name, so that the code can go on with its old one.
    pub(super) fn renames(&self) -> bool {
        self.was != self.old
    }

    /// What the rest of the code calls the current version.
    pub(super) fn current(&self) -> Vec<&str> {
        if self.renames() {
            vec![&self.was]
        } else {
            self.moved.iter().map(|alias| alias.name.as_str()).collect()
        }
    }

    /// All names that have stood for the version that is left.
    pub(super) fn all(&self) -> Vec<&str> {
        let mut all = self.current();
        if !all.contains(&self.was.as_str()) {
            all.push(&self.was);
        }
        all
    }

    /// A name of the next version for people.
    pub(super) fn shown(&self) -> &str {
        self.current().first().copied().unwrap_or(&self.new)
    }
}

/// A name that ends in its version: `ProductV` and `2`.
struct Numbered {
    stem: String,
    width: usize,
}

impl Numbered {
    fn with(&self, version: u32) -> String {
        format!("{}{version:0>width$}", self.stem, width = self.width)
    }
}

/// A number that is not the version is a part of the name, as in `Sha256`.
fn numbered(name: &str, version: u32) -> Option<Numbered> {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name.get(stem.len()..)?;
    (number.parse() == Ok(version)).then(|| Numbered { stem: stem.to_owned(), width: number.len() })
}

/// The name without its version: `Product` of `ProductV2`.
pub(super) fn stem(name: &str, version: u32) -> Option<&str> {
    numbered(name, version)?;
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = stem.strip_suffix("Version").or(stem.strip_suffix('V')).unwrap_or(stem);
    Some(stem.trim_end_matches('_'))
}

/// As the versions before it are called, or else `ProductV1` for `Product`.
fn style(chain: &Chain<'_>) -> Numbered {
    let newest = &chain.newest;
    let mut older = chain.versions().iter().skip(1);
    let like = |older: &Declared<'_>| {
        let of = numbered(&older.name, older.version)?;
        (stem(&older.name, older.version) == Some(newest.name.as_str())).then_some(of)
    };
    older.find_map(like).unwrap_or_else(|| Numbered { stem: format!("{}V", newest.name), width: 1 })
}

impl<'a> Index<'a> {
    /// Those that stand for this type. One that ends in the version, too, is another name of that version.
    fn aliases_of(&self, newest: &Declared<'a>) -> Vec<Alias<'a>> {
        let of = |alias: &&Alias<'a>| {
            self.declared.get(alias.of).is_some_and(|declared| declared.is(newest))
                && numbered(&alias.name, newest.version).is_none()
        };
        self.aliases.iter().filter(of).cloned().collect()
    }

    /// Whether a `use` takes something out of the type, as in `use crate::Event::*`.
    fn imports_variants(&self, name: &str) -> bool {
        let through = |path: &[Token]| {
            path.windows(3).any(|three| {
                matches!(three, [one, two, three] if one.is_named(name) && two.is(':') && three.is(':'))
            })
        };
        self.package.sources.iter().any(|source| {
            let uses = source.tokens().split(|token| token.is_named("use")).skip(1);
            uses.filter_map(|tokens| tokens.split(|token| token.is(';')).next()).any(through)
        })
    }
}
