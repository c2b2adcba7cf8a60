//! Aliases of versioned types: what the rest of the code calls the current version.

use std::ops::Range;

use syn::{Item, Path, Type, UseTree, Visibility, ext::IdentExt};

use super::declared::{Declared, Module};

/// `pub type Product = ProductV2;`, or `pub use v2::ProductV2 as Product;`
#[derive(Clone)]
pub(super) struct Alias<'a> {
    pub(super) name: String,
    pub(super) module: Module<'a>,
    /// Which of the declared types it stands for.
    pub(super) of: usize,
    /// The name of that type in it.
    pub(super) target: Range<usize>,
    /// Whether a path leads to the type, so that it need not be imported.
    pub(super) by_path: bool,
}

pub(super) fn aliases<'a>(modules: &[Module<'a>], declared: &[Declared<'a>]) -> Vec<Alias<'a>> {
    let mut found = Vec::new();
    for module in modules {
        for item in module.items {
            match item {
                Item::Type(item) => {
                    if let Type::Path(ty) = &*item.ty
                        && ty.qself.is_none()
                    {
                        found.extend(alias(module, declared, item.ident.unraw().to_string(), &ty.path));
                    }
                }
                Item::Use(item) if !matches!(item.vis, Visibility::Inherited) => {
                    renames(module, declared, &item.tree, &mut found);
                }
                _ => {}
            }
        }
    }
    found
}

fn alias<'a>(module: &Module<'a>, declared: &[Declared<'a>], name: String, path: &Path) -> Option<Alias<'a>> {
    let last = path.segments.last()?;
    let of = find(module, declared, &last.ident.unraw().to_string())?;
    let target = module.source.range(&last.ident);
    Some(Alias { name, module: module.clone(), of, target, by_path: path.segments.len() > 1 })
}

fn renames<'a>(module: &Module<'a>, declared: &[Declared<'a>], tree: &UseTree, found: &mut Vec<Alias<'a>>) {
    match tree {
        UseTree::Path(path) => renames(module, declared, &path.tree, found),
        UseTree::Group(group) => {
            for tree in &group.items {
                renames(module, declared, tree, found);
            }
        }
        UseTree::Rename(rename) if rename.rename != "_" => {
            if let Some(of) = find(module, declared, &rename.ident.unraw().to_string()) {
                let name = rename.rename.unraw().to_string();
                let target = module.source.range(&rename.ident);
                found.push(Alias { name, module: module.clone(), of, target, by_path: true });
            }
        }
        UseTree::Rename(_) | UseTree::Name(_) | UseTree::Glob(_) => {}
    }
}

/// The type of that name: the one in the same module, or the only one, or the only one that is not for tests.
fn find(module: &Module<'_>, declared: &[Declared<'_>], name: &str) -> Option<usize> {
    let named: Vec<_> = declared.iter().enumerate().filter(|(_, one)| one.name == name).collect();
    let only = |found: Vec<usize>| if let [only] = found.as_slice() { Some(*only) } else { None };
    let all = |wanted: &dyn Fn(&Declared<'_>) -> bool| {
        named.iter().filter(|(_, one)| wanted(one)).map(|(at, _)| *at).collect()
    };
    only(all(&|one| one.module.is_same(module)))
        .or_else(|| only(all(&|_| true)))
        .or_else(|| only(all(&|one| one.is_for_real())))
}
