//! The versioned types of a package, as they are declared, and the modules they stand in.

use std::ops::Range;

use syn::{
    Attribute, Field, Generics, Ident, Item, ItemEnum, ItemStruct, Meta, Variant, Visibility, ext::IdentExt,
};

use super::keys::Keys;
use crate::scaffold::{
    place::Place,
    source::{Package, Source, is_called},
};

/// A module, inline or a file.
#[derive(Clone)]
pub(super) struct Module<'a> {
    pub(super) source: &'a Source,
    pub(super) path: Vec<String>,
    pub(super) items: &'a [Item],
    /// Whether it is there for tests only.
    test: bool,
}

/// A type with `#[versioned(version = ..)]`.
#[derive(Clone)]
pub(super) struct Declared<'a> {
    pub(super) module: Module<'a>,
    pub(super) shape: Shape<'a>,
    pub(super) name: String,
    pub(super) version: u32,
    pub(super) keys: Keys,
    pub(super) range: Range<usize>,
}

/// What it is declared as.
#[derive(Clone, Copy)]
pub(super) enum Shape<'a> {
    Struct(&'a ItemStruct),
    Enum(&'a ItemEnum),
}

/// All modules of a package, each inline one behind the one that it stands in.
pub(super) fn modules(package: &Package) -> Vec<Module<'_>> {
    let mut found = Vec::new();
    for source in &package.sources {
        let test = source.module.first().is_none_or(|first| matches!(first.as_str(), "tests" | "benches"));
        let path = source.module.clone();
        put(Module { source, path, items: &source.parsed.file.items, test }, &mut found);
    }
    found
}

fn put<'a>(module: Module<'a>, found: &mut Vec<Module<'a>>) {
    found.push(module.clone());
    for item in module.items {
        if let Item::Mod(inner) = item
            && let Some((_, items)) = &inner.content
        {
            let mut path = module.path.clone();
            path.push(inner.ident.unraw().to_string());
            let test = module.test || inner.attrs.iter().any(is_for_tests);
            put(Module { source: module.source, path, items, test }, found);
        }
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) if is_called(attribute, "cfg") => list.tokens.to_string() == "test",
        _ => false,
    }
}

impl<'a> Module<'a> {
    /// The types that are declared in it, where they belong to the search.
    pub(super) fn declared(&self) -> impl Iterator<Item = Declared<'a>> + use<'a> {
        let module = self.clone();
        self.items.iter().filter_map(move |item| Declared::of(module.clone(), item))
    }

    /// Whether an item of that name stands in it: two of one kind cannot.
    pub(super) fn item(&self, name: &str) -> Option<&'a Item> {
        self.items.iter().find(|item| match item {
            Item::Struct(item) => item.ident == name,
            Item::Enum(item) => item.ident == name,
            Item::Union(item) => item.ident == name,
            Item::Trait(item) => item.ident == name,
            Item::TraitAlias(item) => item.ident == name,
            Item::Type(item) => item.ident == name,
            _ => false,
        })
    }

    pub(super) fn is_same(&self, other: &Module<'_>) -> bool {
        self.source.number == other.source.number && self.path == other.path
    }
}

impl<'a> Shape<'a> {
    fn of(item: &'a Item) -> Option<Self> {
        match item {
            Item::Struct(item) => Some(Self::Struct(item)),
            Item::Enum(item) => Some(Self::Enum(item)),
            _ => None,
        }
    }

    pub(super) fn ident(self) -> &'a Ident {
        match self {
            Self::Struct(item) => &item.ident,
            Self::Enum(item) => &item.ident,
        }
    }

    pub(super) fn attributes(self) -> &'a [Attribute] {
        match self {
            Self::Struct(item) => &item.attrs,
            Self::Enum(item) => &item.attrs,
        }
    }

    pub(super) fn visibility(self) -> &'a Visibility {
        match self {
            Self::Struct(item) => &item.vis,
            Self::Enum(item) => &item.vis,
        }
    }

    pub(super) fn generics(self) -> &'a Generics {
        match self {
            Self::Struct(item) => &item.generics,
            Self::Enum(item) => &item.generics,
        }
    }

    pub(super) fn variants(self) -> impl Iterator<Item = &'a Variant> {
        let variants = match self {
            Self::Struct(_) => None,
            Self::Enum(item) => Some(&item.variants),
        };
        variants.into_iter().flatten()
    }

    /// All fields, those of variants too.
    pub(super) fn fields(self) -> impl Iterator<Item = &'a Field> {
        let fields = match self {
            Self::Struct(item) => Some(&item.fields),
            Self::Enum(_) => None,
        };
        fields.into_iter().flatten().chain(self.variants().flat_map(|variant| &variant.fields))
    }
}

impl<'a> Declared<'a> {
    fn of(module: Module<'a>, item: &'a Item) -> Option<Self> {
        let shape = Shape::of(item)?;
        let keys = Keys::read(module.source, shape.attributes());
        let version = keys.version()?;
        let range = module.source.range(item);
        Some(Self { module, shape, name: shape.ident().unraw().to_string(), version, keys, range })
    }

    pub(super) fn source(&self) -> &'a Source {
        self.module.source
    }

    pub(super) fn place(&self) -> Place {
        self.source().place(self.source().range(self.shape.ident()).start)
    }

    pub(super) fn is(&self, other: &Declared<'_>) -> bool {
        self.source().number == other.source().number && self.range == other.range
    }

    pub(super) fn is_enum(&self) -> bool {
        matches!(self.shape, Shape::Enum(_))
    }

    /// Whether it is more than an example in a test.
    pub(super) fn is_for_real(&self) -> bool {
        !self.module.test
    }
}
