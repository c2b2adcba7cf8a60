//! What is implemented for the type: which version it belongs to from now on.
//!
//! | written for | from now on |
//! | --- | --- |
//! | the type, as a derive could have written it (`Default`, `PartialEq`, ..) | both versions: the original stays, and the next has a copy |
//! | the step or the way back of a `manual` version | that version |
//! | the alias, or the type without a number | the current version |
//! | the numbered type, which nothing but impls and the alias names | the current version, by the alias |
//! | the numbered type, which other code names, too | that version; a person is told |

use std::ops::Range;

use syn::{GenericArgument, Item, ItemImpl, Path, PathArguments, Type, ext::IdentExt};

use super::{
    Plan,
    declared::Module,
    imports::{has_glob, leaves},
};
use crate::scaffold::{source::Token, text::indentation, text::words};

/// What a derive could write. A derive of the type may ask for one of them, and `#[serde(default)]` does.
const LIKE_DERIVED: &[&str] =
    &["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];

/// An impl in whose head the type stands.
struct Impl<'a> {
    module: Module<'a>,
    item: &'a ItemImpl,
    range: Range<usize>,
    /// The name that the type has there.
    name: String,
    /// Whether it is the type's own, and not that of another one that takes it.
    own: bool,
}

pub(super) fn write(plan: &mut Plan<'_>) {
    let impls = impls(plan);
    let (mut follow, mut known) = (Vec::new(), Vec::new());
    for one in &impls {
        if is_step(plan, one) {
            pin(plan, one);
        } else if one.own && last_of_trait(one.item).is_some_and(|name| LIKE_DERIVED.contains(&name.as_str()))
        {
            copy(plan, one);
        } else if one.name == plan.names.was && !plan.names.renames() {
            follow.push(one);
        }
        known.push((one.module.source.number, one.range.clone()));
    }
    let moves = !plan.names.moved.is_empty() && !is_named_elsewhere(plan, &known);
    for one in follow {
        if moves {
            to_alias(plan, one);
        } else {
            let head = head(one);
            let place = one.module.source.place(one.range.start);
            let (old, new) = (plan.names.old.clone(), plan.names.shown().to_owned());
            let why = if plan.names.moved.is_empty() { "" } else { ", which other code names, too" };
            plan.note(format!(
                "`{head}` ({place}) stays with `{old}`{why}; write it for `{new}` if that needs it"
            ));
        }
    }
    pin_ways_back(plan);
}

fn impls<'a>(plan: &Plan<'a>) -> Vec<Impl<'a>> {
    let names = plan.names.all();
    let mut found = Vec::new();
    for module in &plan.index.modules {
        for item in module.items {
            let Item::Impl(item) = item else { continue };
            let own = last_of(&item.self_ty).filter(|name| names.contains(&name.as_str()));
            let is_own = own.is_some();
            let taken = || in_arguments(item).into_iter().find(|name| names.contains(&name.as_str()));
            let Some(name) = own.or_else(taken) else { continue };
            if refers(plan, module, &name) {
                let range = module.source.range(item);
                found.push(Impl { module: module.clone(), item, range, name, own: is_own });
            }
        }
    }
    found
}

fn last_of(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.unraw().to_string()),
        Type::Reference(reference) => last_of(&reference.elem),
        _ => None,
    }
}

fn trait_of(item: &ItemImpl) -> Option<&Path> {
    item.trait_.as_ref().map(|(path, _)| path)
}

fn last_of_trait(item: &ItemImpl) -> Option<String> {
    trait_of(item)?.segments.last().map(|last| last.ident.unraw().to_string())
}

/// The `A` of `impl From<A> for B`.
fn in_arguments(item: &ItemImpl) -> Vec<String> {
    let last = trait_of(item).and_then(|path| path.segments.last());
    let Some(PathArguments::AngleBracketed(arguments)) = last.map(|last| &last.arguments) else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => last_of(ty),
        _ => None,
    });
    types.collect()
}

/// Whether the name means this type there, and not another one of the same name.
fn refers(plan: &Plan<'_>, module: &Module<'_>, name: &str) -> bool {
    let newest = &plan.chain.newest;
    if module.is_same(&newest.module) || plan.names.moved.iter().any(|alias| alias.module.is_same(module)) {
        return true;
    }
    if module.item(name).is_some() {
        return false;
    }
    !leaves(module, name).is_empty() || has_glob(module) || is_qualified(plan, module, name)
}

fn is_qualified(plan: &Plan<'_>, module: &Module<'_>, name: &str) -> bool {
    let home = plan.chain.newest.module.path.last().map_or("crate", String::as_str);
    module.source.tokens().windows(4).any(|four| match four {
        [of, one, two, last] => {
            last.is_named(name)
                && one.is(':')
                && two.is(':')
                && (of.is_named(home) || of.is_named("super") || of.is_named("crate"))
        }
        _ => false,
    })
}

/// `impl From<Before> for Current` and `impl From<Current> for Before`, where the step is written by hand.
fn is_step(plan: &Plan<'_>, one: &Impl<'_>) -> bool {
    let Some(before) =
        plan.chain.newest.keys.previous().and_then(|path| path.last().map(|name| (*name).to_owned()))
    else {
        return false;
    };
    let other =
        if one.own { in_arguments(one.item) } else { last_of(&one.item.self_ty).into_iter().collect() };
    plan.chain.newest.keys.has("manual")
        && matches!(last_of_trait(one.item).as_deref(), Some("From" | "TryFrom"))
        && other.contains(&before)
}

/// The version that is left keeps it, under its name.
fn pin(plan: &mut Plan<'_>, one: &Impl<'_>) {
    let source = one.module.source;
    let old = plan.names.old.clone();
    let mentions = source.mentions(&one.range, &plan.names.current());
    if mentions.is_empty() {
        return;
    }
    let what = format!("`{}` belongs to `{old}`", head(one));
    plan.patch(source).replace_all(mentions, &old, what);
    plan.import(&one.module, &old, &one.name);
}

fn copy(plan: &mut Plan<'_>, one: &Impl<'_>) {
    let source = one.module.source;
    let new = plan.names.new.clone();
    let mut patch = crate::scaffold::text::Patch::default();
    for range in source.mentions(&one.range, &plan.names.all()) {
        patch.replace(range, new.clone());
    }
    let indent = indentation(&source.text, one.range.start);
    let text = format!("\n\n{indent}{}", patch.of(&source.text, one.range.clone()));
    let end = one.range.end;
    pin(plan, one);
    let what = format!("the same for `{new}`");
    plan.patch(source).report(end..end, text, what);
    plan.import(&one.module, &new, &one.name);
}

/// It is about the current version, as the code that uses it is.
fn to_alias(plan: &mut Plan<'_>, one: &Impl<'_>) {
    let source = one.module.source;
    let was = plan.names.was.clone();
    let alias = plan
        .names
        .moved
        .iter()
        .find(|alias| alias.module.is_same(&one.module) || !leaves(&one.module, &alias.name).is_empty());
    let name = match alias {
        Some(alias) => alias.name.clone(),
        None => {
            let new = plan.names.new.clone();
            plan.import(&one.module, &new, &was);
            new
        }
    };
    let what = format!("`{}` is for `{name}`", head(one));
    let mentions = source.mentions(&one.range, &[&was]);
    plan.patch(source).replace_all(mentions, &name, what);
}

/// Whether code outside of these impls means this version by its name. The declaration, aliases, imports and the examples of golden
/// documents do not.
fn is_named_elsewhere(plan: &Plan<'_>, impls: &[(usize, Range<usize>)]) -> bool {
    let newest = &plan.chain.newest;
    let was = plan.names.was.as_str();
    plan.index.package.sources.iter().any(|source| {
        let expected = |range: &Range<usize>| {
            let aliases = plan.names.moved.iter();
            impls.iter().any(|(number, item)| *number == source.number && contains(item, range))
                || aliases
                    .clone()
                    .any(|alias| alias.module.source.number == source.number && alias.target == *range)
                || (newest.source().number == source.number
                    && newest.source().range(newest.shape.ident()) == *range)
        };
        let mut in_use = false;
        source.tokens().iter().enumerate().any(|(at, token)| {
            in_use = token.is_named("use") || (in_use && !token.is(';'));
            let named = token.is_named(was) && !in_use && !is_example(source.tokens(), at);
            let quoted =
                token.text().is_some_and(|text| words(&text, was).next().is_some() && !is_doc(source, token));
            (named || quoted) && !expected(&token.range)
        })
    })
}

fn contains(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// A comment is a text to the compiler.
fn is_doc(source: &crate::scaffold::source::Source, token: &Token) -> bool {
    !source.slice(token.range.clone()).ends_with(['"', '#'])
}

/// `.example(&path::ProductV2`
fn is_example(tokens: &[Token], mut at: usize) -> bool {
    let is = |at: usize, punct: char| tokens.get(at).is_some_and(|token| token.is(punct));
    while at >= 3 && is(at - 1, ':') && is(at - 2, ':') {
        at -= 3;
    }
    at >= 3 && is(at - 1, '&') && tokens.get(at - 3).is_some_and(|token| token.is_named("example"))
}

/// `reversible(old = f)`: the function takes the version that is left, and says so by the name of the current one.
fn pin_ways_back(plan: &mut Plan<'_>) {
    let newest = plan.chain.newest.clone();
    let old = plan.names.old.clone();
    for function in newest.keys.ways_back() {
        for module in plan.index.modules.clone() {
            let found = module.items.iter().find_map(|item| match item {
                Item::Fn(item) if item.sig.ident == function => Some(item),
                _ => None,
            });
            let Some(item) = found else { continue };
            let mentions = module.source.mentions(&module.source.range(&item.sig), &plan.names.current());
            if let Some(name) = mentions.first().map(|range| module.source.slice(range.clone()).to_owned())
                && refers(plan, &module, &name)
            {
                let what = format!("`{function}` leads back from `{old}`");
                plan.patch(module.source).replace_all(mentions, &old, what);
                plan.import(&module, &old, &name);
            }
        }
    }
}

/// `impl Display for ProductV2`
fn head(one: &Impl<'_>) -> String {
    let source = one.module.source;
    let start = source.range(&one.item.impl_token).start;
    let end = one.item.brace_token.span.open().byte_range().start;
    let end = end + source.range(&one.item.impl_token).start - one.item.impl_token.span.byte_range().start;
    source.slice(start..end).split_whitespace().collect::<Vec<_>>().join(" ")
}
