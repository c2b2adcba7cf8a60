//! The next version of a document type: what has to be written, and where.

mod alias;
mod chain;
mod current;
mod declared;
mod definition;
mod frozen;
mod impls;
mod imports;
mod keys;
mod names;
mod uses;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use self::{
    chain::{Chain, Index},
    imports::Import,
    names::Names,
};
use super::{
    ScaffoldError,
    edits::{Edit, Edits},
    source::{Package, Source},
    style::Style,
    text::Patch,
};

/// Everything that is to be written, while it is found out.
struct Plan<'a> {
    index: &'a Index<'a>,
    chain: &'a Chain<'a>,
    names: Names<'a>,
    style: Style,
    /// By the number of the file.
    patches: BTreeMap<usize, Patch>,
    /// By the file and the place of the name that is imported already.
    imports: BTreeMap<(usize, usize), Import>,
    /// Files that are no Rust.
    others: Vec<Edit>,
    notes: Vec<String>,
}

/// Plans the next version of a document type: see [`scaffold`](super).
///
/// `folder` is that of the package, or one inside of it that has the types. `name` is that of the type, of its alias, or of its collection;
/// `products::Product` where several have it.
///
/// ```no_run
/// # use schema_runtime::scaffold;
/// scaffold::new_version(".", "Product")?.apply()?;
/// # Ok::<(), scaffold::ScaffoldError>(())
/// ```
///
/// # Errors
///
/// [`ScaffoldError`] if the type is not found, or found twice, or cannot be copied; nothing is written in any case before
/// [`Edits::apply`].
pub fn new_version(folder: impl AsRef<Path>, name: &str) -> Result<Edits, ScaffoldError> {
    let package = Package::read(folder.as_ref())?;
    let index = Index::new(&package);
    let chain = index.chain(name)?;
    let names = Names::choose(&index, &chain)?;
    package.refuse_unread(&names.all())?;
    let style = Style::of(&chain.newest.source().path);
    let mut plan = Plan {
        index: &index,
        chain: &chain,
        names,
        style,
        patches: BTreeMap::new(),
        imports: BTreeMap::new(),
        others: Vec::new(),
        notes: Vec::new(),
    };
    definition::write(&mut plan)?;
    current::move_aliases(&mut plan);
    impls::write(&mut plan);
    frozen::write(&mut plan)?;
    uses::note(&mut plan);
    plan.export();
    plan.write_imports();
    Ok(plan.edits())
}

impl Plan<'_> {
    fn patch(&mut self, source: &Source) -> &mut Patch {
        self.patches.entry(source.number).or_default()
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// A path within the package.
    fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.index.package.root.join(path)
    }

    fn edits(self) -> Edits {
        let mut files = self.others;
        for (number, patch) in self.patches {
            if let Some(source) = self.index.package.sources.get(number).filter(|_| !patch.is_empty()) {
                let (after, changes) = patch.apply(&source.text);
                files.push(Edit::new(source.path.clone(), Some(source.text.clone()), after, changes));
            }
        }
        let version = self.chain.newest.version.saturating_add(1);
        let purpose = format!("version {version} of `{}`", self.names.shown());
        Edits::new(purpose, files, self.notes)
    }
}
