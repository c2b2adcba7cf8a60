//! The chain that a name stands for, newest version first.

use super::{
    alias::{Alias, aliases},
    declared::{Declared, Module},
};
use crate::scaffold::{
    ScaffoldError,
    place::Place,
    source::{Kind, Package, Token},
};

/// The versions of one document.
pub(super) struct Chain<'a> {
    /// Newest first, never empty.
    versions: Vec<Declared<'a>>,
    pub(super) newest: Declared<'a>,
}

/// What there is in the package.
pub(super) struct Index<'a> {
    pub(super) package: &'a Package,
    pub(super) modules: Vec<Module<'a>>,
    pub(super) declared: Vec<Declared<'a>>,
    pub(super) aliases: Vec<Alias<'a>>,
}

/// How alike two names have to be for one to be a misspelling of the other, from 0 to 1.
const ALIKE: f64 = 0.8;

impl<'a> Index<'a> {
    pub(super) fn new(package: &'a Package) -> Self {
        let modules = super::declared::modules(package);
        let declared: Vec<_> = modules.iter().flat_map(Module::declared).collect();
        let aliases = aliases(&modules, &declared);
        Self { package, modules, declared, aliases }
    }

    /// The chain that is meant by the name of a type or an alias, with its module or without, or of a collection.
    pub(super) fn chain(&self, name: &str) -> Result<Chain<'a>, ScaffoldError> {
        let (module, bare) =
            name.rsplit_once("::").map_or((None, name), |(module, bare)| (Some(module), bare));
        let in_module = |of: &Module<'_>| match module {
            None => true,
            Some(module) => {
                let parts = module.split("::").filter(|part| !matches!(*part, "crate" | "self" | "super"));
                of.path.ends_with(&parts.map(str::to_owned).collect::<Vec<_>>())
            }
        };
        let by_name =
            self.declared.iter().filter(|declared| declared.name == bare && in_module(&declared.module));
        let by_alias = self.aliases.iter().filter(|alias| alias.name == bare && in_module(&alias.module));
        let mut found: Vec<_> =
            by_name.chain(by_alias.filter_map(|alias| self.declared.get(alias.of))).collect();
        if found.is_empty() && module.is_none() {
            let in_collection =
                |declared: &&Declared<'_>| declared.keys.text("collection").as_deref() == Some(name);
            found = self.declared.iter().filter(in_collection).collect();
        }
        if found.is_empty() {
            let numbered = |declared: &&Declared<'_>| {
                super::names::stem(&declared.name, declared.version) == Some(bare)
                    && in_module(&declared.module)
            };
            found = self.declared.iter().filter(numbered).collect();
        }
        self.one_chain(name, found)
    }

    fn one_chain(&self, name: &str, mut found: Vec<&Declared<'a>>) -> Result<Chain<'a>, ScaffoldError> {
        // What lies elsewhere, and then what is for tests, is meant only if nothing else is.
        for preferred in [|one: &&Declared<'_>| one.source().wanted, |one: &&Declared<'_>| one.is_for_real()]
        {
            if found.iter().any(preferred) {
                found.retain(preferred);
            }
        }
        let mut newest: Vec<Declared<'a>> = Vec::new();
        for one in found {
            let candidate = self.newest(one)?;
            if !newest.iter().any(|known| known.is(&candidate)) {
                newest.push(candidate);
            }
        }
        match newest.as_slice() {
            [] => Err(self.not_found(name)),
            [newest] => Ok(self.down_from(newest)),
            [first, ..] => Err(ScaffoldError::FoundTwice {
                name: name.to_owned(),
                places: newest.iter().map(Declared::place).collect(),
                example: match first.module.path.last() {
                    Some(module) => format!("{module}::{}", first.name),
                    None => first.name.clone(),
                },
            }),
        }
    }

    fn down_from(&self, newest: &Declared<'a>) -> Chain<'a> {
        let versions = std::iter::successors(Some(newest), |version| self.before(version)).cloned().collect();
        Chain { versions, newest: newest.clone() }
    }

    fn newest(&self, from: &Declared<'a>) -> Result<Declared<'a>, ScaffoldError> {
        let mut newest = from;
        loop {
            let next = self.declared.iter().filter(|next| {
                newest.version.checked_add(1) == Some(next.version)
                    && self.before(next).is_some_and(|before| before.is(newest))
            });
            match next.collect::<Vec<_>>().as_slice() {
                [] => return Ok(newest.clone()),
                [next] => newest = next,
                several => {
                    return Err(ScaffoldError::Branches {
                        type_name: newest.name.clone(),
                        places: several.iter().map(|next| next.place()).collect(),
                    });
                }
            }
        }
    }

    /// The version before: of several types of the name and the number, the one in the same module or in the one that the path
    /// names.
    fn before(&self, version: &Declared<'a>) -> Option<&Declared<'a>> {
        let path = version.keys.previous()?;
        let (name, modules) = path.split_last()?;
        let candidates = self
            .declared
            .iter()
            .filter(|one| one.name == *name && version.version.checked_sub(1) == Some(one.version));
        let candidates: Vec<_> = candidates.collect();
        if let [only] = candidates.as_slice() {
            return Some(only);
        }
        let modules: Vec<_> =
            modules.iter().filter(|part| !matches!(**part, "crate" | "self" | "super")).collect();
        if modules.is_empty() {
            return candidates.into_iter().find(|one| one.module.is_same(&version.module));
        }
        candidates.into_iter().find(|one| {
            let path: Vec<_> = one.module.path.iter().map(String::as_str).collect();
            let modules: Vec<_> = modules.iter().map(|part| **part).collect();
            path.ends_with(&modules)
        })
    }

    fn not_found(&self, name: &str) -> ScaffoldError {
        let bare = name.rsplit("::").next().unwrap_or(name);
        if let Err(error) = self.package.refuse_unread(&[bare]) {
            return error;
        }
        if let Some(place) = self.macro_with(bare) {
            return ScaffoldError::InMacro { name: name.to_owned(), place };
        }
        let real = |declared: &&Declared<'_>| declared.is_for_real();
        let mut known: Vec<_> = self.declared.iter().filter(real).map(|one| one.name.clone()).collect();
        known.extend(self.aliases.iter().map(|alias| alias.name.clone()));
        known.extend(self.declared.iter().filter(real).filter_map(|one| one.keys.text("collection")));
        known.sort();
        known.dedup();
        let alike = known.iter().map(|known| (strsim::jaro_winkler(bare, known), known));
        let meant = alike.filter(|(likeness, _)| *likeness > ALIKE).max_by(|(a, _), (b, _)| a.total_cmp(b));
        let meant = meant.map(|(_, known)| known.clone());
        ScaffoldError::NotFound { name: name.to_owned(), package: self.package.root.clone(), meant, known }
    }

    /// A macro that has the name, and `versioned`, among what is given to it.
    fn macro_with(&self, name: &str) -> Option<Place> {
        let inside = self.modules.iter().flat_map(|module| {
            module.items.iter().filter_map(move |item| match item {
                syn::Item::Macro(item) => Some((module.source, module.source.range(item))),
                _ => None,
            })
        });
        let mut with_name = inside.filter(|(source, range)| {
            source.within(range).iter().any(|token| {
                token.is_named(name)
                    || matches!(&token.kind, Kind::Literal(_)) && token.text().as_deref() == Some(name)
            })
        });
        let found = with_name.next()?;
        let versioned = self.package.sources.iter().any(|source| {
            let tokens = source.tokens();
            let macros = tokens.iter().any(|token| token.is_named("macro_rules") || token.is('!'));
            macros && tokens.iter().any(|token: &Token| token.is_named("versioned"))
        });
        versioned.then(|| found.0.place(found.1.start))
    }
}

impl<'a> Chain<'a> {
    /// Newest first.
    pub(super) fn versions(&self) -> &[Declared<'a>] {
        &self.versions
    }

    /// Whether all types down to the one that starts the chain are known.
    pub(super) fn start(&self) -> Option<&Declared<'a>> {
        self.versions.last().filter(|last| !last.keys.has("previous"))
    }

    /// What a key says that is inherited along the chain.
    pub(super) fn inherited<T>(&self, key: impl Fn(&Declared<'a>) -> Option<T>) -> Option<T> {
        self.versions.iter().find_map(key)
    }
}
