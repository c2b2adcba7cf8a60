//! The keys of `#[versioned(..)]` as they are written: what comes over to the next version, and what links the chain.

use std::ops::Range;

use proc_macro2::Delimiter;
use syn::Attribute;

use crate::scaffold::source::{Kind, Source, Token};

/// The keys of all such attributes of a type or a field.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    keys: Vec<Key>,
    /// The attributes, with their brackets.
    pub(super) attributes: Vec<Range<usize>>,
}

#[derive(Debug, Clone)]
struct Key {
    name: String,
    /// All of it, as in `previous = ProductV1`.
    range: Range<usize>,
    tokens: Vec<Token>,
}

/// Not inherited along the chain, and as true of the next version.
const CARRIED: &[&str] = &["index", "crate"];

impl Keys {
    pub(super) fn read(source: &Source, attributes: &[Attribute]) -> Self {
        let mut read = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("versioned")) {
            let range = source.range(attribute);
            read.put(source.within(&range));
            read.attributes.push(range);
        }
        read
    }

    /// `# [ versioned ( .. ) ]`
    fn put(&mut self, attribute: &[Token]) {
        let inside = attribute.get(4..attribute.len().saturating_sub(2)).unwrap_or_default();
        let (mut depth, mut key) = (0_usize, Vec::new());
        for (at, token) in inside.iter().enumerate() {
            match token.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth = depth.saturating_sub(1),
                // A comma within the arguments of a type is one between keys only if a key stands behind it.
                Kind::Punct(',') if depth == 0 && begins_key(inside.get(at + 1..).unwrap_or_default()) => {
                    self.push(std::mem::take(&mut key));
                    continue;
                }
                _ => {}
            }
            key.push(token.clone());
        }
        self.push(key);
    }

    fn push(&mut self, mut tokens: Vec<Token>) {
        if tokens.last().is_some_and(|last| last.is(',')) {
            tokens.pop();
        }
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        let range = first.range.start..last.range.end;
        let name = first.ident().unwrap_or_default().to_owned();
        self.keys.push(Key { name, range, tokens });
    }

    fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.key(name).is_some()
    }

    pub(super) fn version(&self) -> Option<u32> {
        let Key { tokens, .. } = self.key("version")?;
        match &tokens.get(2)?.kind {
            Kind::Literal(literal) => syn::parse_str::<syn::LitInt>(literal).ok()?.base10_parse().ok(),
            _ => None,
        }
    }

    /// The text of a key such as `collection = ".."`.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.key(name)?.tokens.get(2)?.text()
    }

    /// The `value = ".."` within `kind(..)`.
    pub(super) fn kind_value(&self) -> Option<String> {
        let tokens = &self.key("kind")?.tokens;
        let at = tokens.iter().position(|token| token.is_named("value"))?;
        tokens.get(at + 2)?.text()
    }

    /// The path of the previous type without its arguments: `["super", "v1", "Product"]`.
    pub(super) fn previous(&self) -> Option<Vec<&str>> {
        let value = self.key("previous")?.tokens.get(2..)?;
        let path = value.iter().take_while(|token| !token.is('<'));
        Some(path.filter_map(Token::ident).map(|name| name.trim_start_matches("r#")).collect())
    }

    /// The functions that `reversible(old = f)` names, by the last part of their paths.
    pub(super) fn ways_back(&self) -> Vec<&str> {
        let Some(key) = self.key("reversible") else { return Vec::new() };
        let values = key.tokens.split(|token| token.is(','));
        let last = values.filter_map(|value| {
            let mut value = value.iter().rev().skip_while(|token| matches!(token.kind, Kind::Close(_)));
            value.next().and_then(Token::ident)
        });
        last.collect()
    }

    /// What comes over to the next version, as it is written.
    pub(super) fn carried<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = &'a str> {
        let carried = self.keys.iter().filter(|key| CARRIED.contains(&key.name.as_str()));
        carried.map(|key| source.slice(key.range.clone()))
    }
}

/// `name`, `name = ..` or `name(..)`
fn begins_key(tokens: &[Token]) -> bool {
    match tokens {
        [] => true,
        [first, rest @ ..] if first.ident().is_some() => match rest.first().map(|token| &token.kind) {
            None | Some(Kind::Punct('=' | ',') | Kind::Open(Delimiter::Parenthesis)) => true,
            Some(_) => false,
        },
        _ => false,
    }
}
