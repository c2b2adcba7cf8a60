//! The keys of `#[versioned(..)]`: which there are, where, and each once. A misspelt key is reported and then
//! read as the one that was meant, so that the rest of the type is judged as if it stood there.

use darling::{Error, ast::NestedMeta, error::Accumulator};
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Fields, Ident, Meta, Path, spanned::Spanned};

/// The keys that one kind of attribute knows.
pub(crate) struct Keys {
    /// What carries the attribute, in messages.
    owner: &'static str,
    pub(crate) names: &'static [&'static str],
}

pub(crate) const DOCUMENT: Keys = Keys {
    owner: "a versioned document",
    names: &[
        "version",
        "previous",
        "oldest",
        "collection",
        "version_field",
        "unversioned",
        "kind",
        "index",
        "removed",
        "manual",
        "reversible",
        "crate",
    ],
};

pub(crate) const UPGRADE: Keys =
    Keys { owner: "`Upgrade`", names: &["previous", "removed", "reversible", "crate"] };

pub(crate) const KINDS: Keys = Keys { owner: "`DocumentKinds`", names: &["crate"] };

pub(crate) const VARIANT: Keys = Keys { owner: "a variant", names: &["from", "added", "removed"] };

pub(crate) const FIELD: Keys = Keys {
    owner: "a field",
    names: &[
        "from",
        "with",
        "try_with",
        "compute",
        "try_compute",
        "added",
        "back_with",
        "try_back_with",
        "unknown",
    ],
};

/// Keys that say one of several things of their kind.
const REPEATABLE: &[&str] = &["index"];

/// Keys of serde's that somebody may look for here.
const SERDE: &[&str] = &[
    "alias",
    "bound",
    "default",
    "deny_unknown_fields",
    "flatten",
    "rename",
    "rename_all",
    "skip",
    "skip_serializing_if",
];

/// How alike two names have to be for one to be a misspelling of the other, from 0 to 1.
const ALIKE: f64 = 0.8;

pub(crate) fn check(input: &mut DeriveInput, container: &Keys, errors: &mut Accumulator) {
    container.check(&mut input.attrs, errors);
    match &mut input.data {
        Data::Struct(data) => check_fields(&mut data.fields, errors),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                VARIANT.check(&mut variant.attrs, errors);
                check_fields(&mut variant.fields, errors);
            }
        }
        // Refused as a whole.
        Data::Union(_) => {}
    }
}

fn check_fields(fields: &mut Fields, errors: &mut Accumulator) {
    for field in fields {
        FIELD.check(&mut field.attrs, errors);
    }
}

impl Keys {
    fn check(&self, attrs: &mut [Attribute], errors: &mut Accumulator) {
        let mut seen: Vec<String> = Vec::new();
        for attr in attrs {
            // Whatever is not a list of keys is for darling to report.
            let Meta::List(list) = &mut attr.meta else {
                continue;
            };
            if !list.path.is_ident("versioned") {
                continue;
            }
            let Ok(items) = NestedMeta::parse_meta_list(list.tokens.clone()) else {
                continue;
            };
            let kept = items.into_iter().filter_map(|item| self.check_item(item, &mut seen, errors));
            let kept: Vec<NestedMeta> = kept.collect();
            list.tokens = quote!(#(#kept),*);
        }
    }

    /// The item, if there is anything in it to read on.
    fn check_item(
        &self,
        mut item: NestedMeta,
        seen: &mut Vec<String>,
        errors: &mut Accumulator,
    ) -> Option<NestedMeta> {
        let Some(path) = path_mut(&mut item) else {
            let message = format!("this is not a key; the keys of {} are {}", self.owner, self.list());
            errors.push(Error::custom(message).with_span(&item));
            return None;
        };
        let written = path.to_token_stream().to_string();
        let key = if self.names.contains(&written.as_str()) {
            if seen.contains(&written) && !REPEATABLE.contains(&written.as_str()) {
                let message = format!("`{written}` is written twice; keep one of them");
                errors.push(Error::custom(message).with_span(path));
                return None;
            }
            written
        } else {
            let meant = most_like(&written, self.names).copied();
            errors.push(Error::custom(self.unknown(&written, meant)).with_span(path));
            let meant = meant?.to_owned();
            if seen.contains(&meant) && !REPEATABLE.contains(&meant.as_str()) {
                return None;
            }
            *path = Ident::new(&meant, path.span()).into();
            meant
        };
        seen.push(key);
        Some(item)
    }

    fn unknown(&self, written: &str, meant: Option<&str>) -> String {
        if let Some(meant) = meant {
            return format!("unknown key `{written}`; did you mean `{meant}`?");
        }
        if SERDE.contains(&written) {
            return format!(
                "unknown key `{written}`; serde's keys go into an attribute of their own, `#[serde({written} ..)]`"
            );
        }
        format!("unknown key `{written}`; the keys of {} are {}", self.owner, self.list())
    }

    fn list(&self) -> String {
        let names: Vec<String> = self.names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    }
}

/// The name that was meant, where one of them is likely.
pub(crate) fn most_like<'a, T: AsRef<str>>(written: &str, names: &'a [T]) -> Option<&'a T> {
    names
        .iter()
        .map(|name| (strsim::jaro_winkler(written, name.as_ref()), name))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

fn path_mut(item: &mut NestedMeta) -> Option<&mut Path> {
    match item {
        NestedMeta::Meta(Meta::Path(path)) => Some(path),
        NestedMeta::Meta(Meta::List(list)) => Some(&mut list.path),
        NestedMeta::Meta(Meta::NameValue(pair)) => Some(&mut pair.path),
        NestedMeta::NameValueInvalidExpr(pair) => Some(&mut pair.path),
        NestedMeta::Lit(_) => None,
    }
}
