//! The history for people: one section a version, newest first, one row a field; of an enum, one table a variant.

use std::fmt;

use super::{Field, Rule, Step, Variant, Variants, Version};
use crate::{chain::Chain, document::VersionedDocument};

/// The history of a document type as Markdown, through its `Display`.
///
/// ```
/// use schema_core::{VersionedDocument, history::Markdown};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1, collection = "users")]
/// struct User {
///     email: String,
/// }
///
/// assert!(Markdown::of::<User>().to_string().starts_with("# `User` in the collection `users`"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Markdown {
    chain: Chain,
    newest: &'static Version,
}

impl Markdown {
    /// The history of this type.
    #[must_use]
    pub fn of<T: VersionedDocument>() -> Self {
        Self { chain: T::CHAIN, newest: T::HISTORY }
    }
}

impl fmt::Display for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Chain { type_name, collection, version_field, kind, .. } = self.chain;
        write!(f, "# `{type_name}`")?;
        if let Some(collection) = collection {
            write!(f, " in the collection `{collection}`")?;
        }
        write!(f, "\n\nThe version is stored in `{version_field}`.")?;
        if let Some(kind) = kind {
            write!(f, " Its documents are told from others by `{}` in `{}`.", kind.value, kind.key)?;
        }
        for version in self.newest.versions() {
            section(f, version)?;
        }
        Ok(())
    }
}

fn section(f: &mut fmt::Formatter<'_>, version: &'static Version) -> fmt::Result {
    write!(f, "\n\n## Version {} (`{}`)\n\n", version.version, version.type_name)?;
    match &version.step {
        Step::Start => f.write_str("The first version that is known.\n\n")?,
        Step::Manual { reversible } => {
            let back = if *reversible { ", in both directions" } else { "" };
            writeln!(f, "The step is written by hand{back}.\n")?;
        }
        Step::Derived { back: Some(_), .. } => f.write_str("The step can be taken back.\n\n")?,
        Step::Derived { .. } => {}
    }
    // How an enum is tagged has a sentence of its own.
    let tagging = |attribute: &str| attribute.starts_with("tag =") || attribute.starts_with("content =");
    for attribute in version.serde.iter().filter(|text| version.variants.is_none() || !tagging(text)) {
        writeln!(f, "Stored with `{attribute}`.\n")?;
    }
    if !version.indexes.is_empty() {
        let indexes: Vec<_> = version.indexes.iter().map(|index| format!("`{index}`")).collect();
        writeln!(f, "Indexes: {}.\n", indexes.join("; "))?;
    }
    if let Some(variants) = &version.variants {
        return enumeration(f, variants, version);
    }
    let previous = version.previous.map_or(&[][..], |previous| previous.fields);
    table(f, version.fields, previous)?;
    if let Step::Derived { removed, back } = version.step {
        for old in removed {
            let old_name = stored_name(previous, old);
            write!(f, "\n| ~~{old_name}~~ | | removed")?;
            let way_back = back.into_iter().flatten().find(|(field, _)| field == old);
            if let Some((_, function)) = way_back {
                write!(f, "; back through `{}`", escaped(function))?;
            }
            f.write_str(" |")?;
        }
    }
    Ok(())
}

fn table(f: &mut fmt::Formatter<'_>, fields: &'static [Field], previous: &'static [Field]) -> fmt::Result {
    f.write_str("| field | type | value |\n| --- | --- | --- |")?;
    for field in fields {
        write!(f, "\n| {} | `{}` | {} |", Name(field), escaped(field.ty), Value { field, previous })?;
    }
    Ok(())
}

fn enumeration(f: &mut fmt::Formatter<'_>, variants: &Variants, version: &Version) -> fmt::Result {
    write!(f, "The variant is stored in `{}`", variants.tag)?;
    if let Some(content) = variants.content {
        write!(f, ", and what it holds in `{content}`")?;
    }
    f.write_str(".")?;
    let previous = version.previous.and_then(|previous| previous.variants);
    for variant in variants.list {
        let Variant { name, stored_as, read_as, fields, from, .. } = variant;
        write!(f, "\n\n### `{}`", variant.label())?;
        for alias in read_as.iter().filter(|alias| Some(**alias) != *stored_as) {
            write!(f, ", read as `{alias}`")?;
        }
        let old = from.and_then(|from| previous?.named(from));
        match (from, &version.step) {
            (Some(from), _) if from != name => write!(f, "\n\nRenamed from `{from}`.")?,
            (None, Step::Derived { .. }) => f.write_str("\n\nNew.")?,
            _ => {}
        }
        if !fields.is_empty() {
            f.write_str("\n\n")?;
            table(f, fields, old.map_or(&[][..], |old| old.fields))?;
        }
    }
    let Step::Derived { removed, back } = version.step else { return Ok(()) };
    for gone in removed {
        write!(f, "\n\nGone: `{gone}`.")?;
    }
    for (new, old) in back.into_iter().flatten() {
        write!(f, "\n\nOn the way back: `{new} => {old}`.")?;
    }
    Ok(())
}

/// A field by what it is called in a document.
struct Name(&'static Field);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Field { name, stored_as, read_as, .. } = self.0;
        match stored_as.or(read_as.first().copied()) {
            Some(stored) => write!(f, "`{stored}`")?,
            None => write!(f, "({name})")?,
        }
        for alias in read_as.iter().filter(|alias| Some(**alias) != *stored_as) {
            write!(f, ", read as `{alias}`")?;
        }
        Ok(())
    }
}

struct Value {
    field: &'static Field,
    /// The fields of which it is made.
    previous: &'static [Field],
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, previous } = *self;
        let failing = |fallible| if fallible { ", which may fail" } else { "" };
        match field.rule {
            Rule::Unstated if field.unknown => f.write_str("what the version does not know")?,
            Rule::Added { value: None } if field.unknown => {
                f.write_str("what the versions before do not know")?
            }
            Rule::Unstated => {}
            Rule::Carried { from } if from == field.name => {
                f.write_str("carried")?;
                let old = previous.iter().find(|old| old.name == from);
                if let Some(old) = old.filter(|old| old.ty != field.ty) {
                    write!(f, ", converted from `{}`", escaped(old.ty))?;
                }
            }
            Rule::Carried { from } => write!(f, "renamed from {}", stored_name(previous, from))?,
            Rule::With { from, function, fallible } => {
                f.write_str("from ")?;
                for (position, source) in from.iter().enumerate() {
                    let separator = if position == 0 { "" } else { ", " };
                    write!(f, "{separator}{}", stored_name(previous, source))?;
                }
                write!(f, " through `{}`{}", escaped(function), failing(fallible))?;
            }
            Rule::Computed { function, fallible } => {
                write!(f, "from the whole document through `{}`{}", escaped(function), failing(fallible))?;
            }
            Rule::Added { value: Some(value) } => write!(f, "new: `{}`", escaped(value))?,
            Rule::Added { value: None } => f.write_str("new: its default")?,
        }
        if let Some(back) = field.back_with {
            write!(f, "; back through `{}`", escaped(back))?;
        }
        Ok(())
    }
}

/// What a field of the previous version is called in a document.
fn stored_name(previous: &[Field], name: &str) -> String {
    match previous.iter().find(|field| field.name == name) {
        Some(Field { stored_as: Some(stored), .. }) => format!("`{stored}`"),
        _ => format!("`{name}`"),
    }
}

/// A table ends a cell at a bar, also inside code.
fn escaped(code: &str) -> String {
    code.replace('|', "\\|")
}
