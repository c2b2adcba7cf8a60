//! Names that a module needs and does not have yet: beside the one that is imported there.

use std::ops::Range;

use syn::{Item, UseTree, Visibility, ext::IdentExt};

use super::{Plan, declared::Module};

/// Where a `use` brings a name in.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) range: Range<usize>,
    /// Whether it is one of several in braces.
    grouped: bool,
    pub(super) is_public: bool,
}

/// Names that come in beside another one.
#[derive(Debug)]
pub(super) struct Import {
    range: Range<usize>,
    grouped: bool,
    /// That one first.
    names: Vec<String>,
}

/// Where this module imports the name, under that name.
pub(super) fn leaves(module: &Module<'_>, name: &str) -> Vec<Leaf> {
    let mut found = Vec::new();
    for item in module.items {
        if let Item::Use(item) = item {
            let is_public = !matches!(item.vis, Visibility::Inherited);
            find(module, &item.tree, name, false, is_public, &mut found);
        }
    }
    found
}

fn find(
    module: &Module<'_>,
    tree: &UseTree,
    name: &str,
    grouped: bool,
    is_public: bool,
    found: &mut Vec<Leaf>,
) {
    match tree {
        UseTree::Path(path) => find(module, &path.tree, name, false, is_public, found),
        UseTree::Group(group) => {
            for tree in &group.items {
                find(module, tree, name, true, is_public, found);
            }
        }
        UseTree::Name(leaf) if leaf.ident.unraw() == name => {
            found.push(Leaf { range: module.source.range(&leaf.ident), grouped, is_public });
        }
        UseTree::Name(_) | UseTree::Rename(_) | UseTree::Glob(_) => {}
    }
}

/// Whether a `use` brings in whatever there is.
pub(super) fn has_glob(module: &Module<'_>) -> bool {
    fn is_glob(tree: &UseTree) -> bool {
        match tree {
            UseTree::Path(path) => is_glob(&path.tree),
            UseTree::Group(group) => group.items.iter().any(is_glob),
            UseTree::Glob(_) => true,
            UseTree::Name(_) | UseTree::Rename(_) => false,
        }
    }
    module.items.iter().any(|item| matches!(item, Item::Use(item) if is_glob(&item.tree)))
}

impl Plan<'_> {
    /// Makes a name known where `beside` is imported. Where it is not, it is known by a glob, or from the module itself.
    pub(super) fn import(&mut self, module: &Module<'_>, name: &str, beside: &str) {
        if module.is_same(&self.chain.newest.module) || !leaves(module, name).is_empty() {
            return;
        }
        for leaf in leaves(module, beside).into_iter().take(1) {
            self.add_beside(module, &leaf, name, beside);
        }
    }

    /// What is exported under its name is exported in its next version, too.
    pub(super) fn export(&mut self) {
        if self.names.renames() {
            return;
        }
        let (was, new) = (self.names.was.clone(), self.names.new.clone());
        for module in self.index.modules.clone() {
            for leaf in leaves(&module, &was).into_iter().filter(|leaf| leaf.is_public) {
                self.add_beside(&module, &leaf, &new, &was);
            }
        }
    }

    fn add_beside(&mut self, module: &Module<'_>, leaf: &Leaf, name: &str, beside: &str) {
        let place = (module.source.number, leaf.range.start);
        let import = self.imports.entry(place).or_insert_with(|| Import {
            range: leaf.range.clone(),
            grouped: leaf.grouped,
            names: vec![beside.to_owned()],
        });
        if !import.names.iter().any(|known| known == name) {
            import.names.push(name.to_owned());
        }
    }

    pub(super) fn write_imports(&mut self) {
        for ((source, _), import) in std::mem::take(&mut self.imports) {
            let Some(source) = self.index.package.sources.get(source) else { continue };
            let Import { range, grouped, names } = import;
            let list = names.join(", ");
            let text = if grouped { list } else { format!("{{{list}}}") };
            let added: Vec<_> = names.iter().skip(1).map(|name| format!("`{name}`")).collect();
            self.patch(source).report(range, text, format!("{} for what stands below", added.join(" and ")));
        }
    }
}
