//! The declarations: the next version as a copy without the rules of the step before, and the name of the one that is left.

mod doc;
mod variants;

use syn::Meta;

use super::{Plan, declared::Declared, keys::Keys};
use crate::scaffold::{
    ScaffoldError,
    source::is_called,
    text::{Patch, indentation, line_end, with_line},
};

pub(super) fn write(plan: &mut Plan<'_>) -> Result<(), ScaffoldError> {
    let newest = plan.chain.newest.clone();
    refuse(&newest)?;
    let source = newest.source();
    let indent = indentation(&source.text, newest.range.start).to_owned();
    let end = behind(&source.text, newest.range.end);
    let mut text = format!("\n\n{indent}{}", copy(plan, &newest));
    if let Some(alias) = &plan.names.alias {
        text.push_str(&format!("\n\n{}", alias_item(plan, &newest, alias, &indent)));
    }
    let what = format!("`{}`, the version after `{}`", plan.names.new, plan.names.old);
    plan.patch(source).report(end..end, text, what);
    rename(plan, &newest);
    Ok(())
}

/// The end of the line, if nothing but a comment stands behind the item.
fn behind(text: &str, end: usize) -> usize {
    let line = line_end(text, end);
    let rest = text.get(end..line).unwrap_or_default().trim_start();
    if rest.is_empty() || rest.starts_with("//") { line } else { end }
}

/// What a copy could not be right about.
fn refuse(newest: &Declared<'_>) -> Result<(), ScaffoldError> {
    let source = newest.source();
    let fields = newest.shape.fields().flat_map(|field| &field.attrs);
    let variants = newest.shape.variants().flat_map(|variant| &variant.attrs);
    for attribute in newest.shape.attributes().iter().chain(fields).chain(variants) {
        let range = source.range(attribute);
        let place = source.place(range.start);
        let tokens = source.within(&range);
        if is_called(attribute, "cfg_attr") && tokens.iter().any(|token| token.is_named("versioned")) {
            let why = "`versioned` stands in a `cfg_attr`, so there are several types to copy; write the next version by hand";
            return Err(ScaffoldError::CannotCopy { place, why: why.to_owned() });
        }
    }
    for attribute in newest.shape.attributes().iter().filter(|attribute| is_called(attribute, "serde")) {
        let range = source.range(attribute);
        let tokens = source.within(&range);
        let by_function = tokens
            .windows(2)
            .any(|pair| matches!(pair, [key, equals] if key.is_named("default") && equals.is('=')));
        if by_function {
            let why = format!(
                "`default = ..` names a function that makes a `{}`, and the next version would need one of its own; write \
                 `#[serde(default)]` and `impl Default for {0}`, which are copied, or the next version by hand",
                newest.name
            );
            return Err(ScaffoldError::CannotCopy { place: source.place(range.start), why });
        }
    }
    Ok(())
}

/// Its own name and the aliases of it, wherever they stand in the declaration for the type itself.
fn rename(plan: &mut Plan<'_>, newest: &Declared<'_>) {
    let source = newest.source();
    let names = plan.names.all();
    let renamed: Vec<_> = own(newest, &names)
        .into_iter()
        .filter(|range| source.slice(range.clone()) != plan.names.old)
        .collect();
    if renamed.is_empty() {
        return;
    }
    let old = plan.names.old.clone();
    let what = if plan.names.renames() {
        format!("`{}` is `{old}` now", plan.names.was)
    } else {
        format!("`{old}` holds itself, and no later version")
    };
    plan.patch(source).replace_all(renamed, &old, what);
}

/// Where the declaration names itself; a variant may have its name and is another thing.
fn own(newest: &Declared<'_>, names: &[&str]) -> Vec<std::ops::Range<usize>> {
    let source = newest.source();
    let variants: Vec<_> =
        newest.shape.variants().map(|variant| source.range(&variant.ident).start).collect();
    let mut own = source.mentions(&newest.range, names);
    own.retain(|range| !variants.contains(&range.start));
    own
}

/// Whether documents of this type hold documents of this type.
pub(super) fn holds_itself(newest: &Declared<'_>, names: &[&str]) -> bool {
    let source = newest.source();
    newest.shape.fields().any(|field| {
        let ty = source.range(&field.ty);
        !source.mentions(&ty, names).is_empty() || !source.mentions(&ty, &["Self"]).is_empty()
    })
}

fn copy(plan: &Plan<'_>, newest: &Declared<'_>) -> String {
    let source = newest.source();
    let mut patch = Patch::default();
    for range in own(newest, &plan.names.all()) {
        patch.replace(range, plan.names.new.clone());
    }
    let mut attributes = newest.keys.attributes.iter();
    if let Some(first) = attributes.next() {
        patch.replace(first.clone(), attribute(plan, newest));
    }
    for range in attributes {
        patch.replace(with_line(&source.text, range.clone()), "");
    }
    for field in newest.shape.fields() {
        let keys = Keys::read(source, &field.attrs);
        for (at, range) in keys.attributes.iter().enumerate() {
            // It says what the field is, and not where it comes from.
            if at == 0 && keys.has("unknown") {
                patch.replace(range.clone(), "#[versioned(unknown)]");
            } else {
                patch.replace(with_line(&source.text, range.clone()), "");
            }
        }
    }
    for variant in newest.shape.variants() {
        for range in Keys::read(source, &variant.attrs).attributes {
            patch.replace(with_line(&source.text, range), "");
        }
    }
    variants::spread(newest, &mut patch);
    let docs = newest.shape.attributes().iter().filter(|attribute| is_called(attribute, "doc"));
    for (line, attribute) in docs.enumerate() {
        if matches!(attribute.meta, Meta::NameValue(_)) {
            let range = source.range(attribute);
            let adapted = doc::adapted(
                source.slice(range.clone()),
                line == 0,
                newest.version,
                (!plan.names.renames()).then_some((&plan.names.was, &plan.names.new)),
            );
            patch.replace(range, adapted);
        }
    }
    patch.of(&source.text, newest.range.clone())
}

/// The keys that are not inherited. Whether the step is to be `reversible` is for whoever changes it.
fn attribute(plan: &Plan<'_>, newest: &Declared<'_>) -> String {
    let source = newest.source();
    let version = newest.version.saturating_add(1);
    let previous = format!("previous = {}{}", plan.names.old, arguments(newest));
    let keys = [format!("version = {version}"), previous];
    let carried = newest.keys.carried(source).map(str::to_owned);
    let keys: Vec<_> = keys.into_iter().chain(carried).collect();
    let line = keys.join(", ");
    if line.len() <= plan.style.attribute && !line.contains('\n') {
        return format!("#[versioned({line})]");
    }
    let indent = indentation(&source.text, newest.range.start);
    let keys: Vec<_> = keys.iter().map(|key| format!("{indent}    {key}")).collect();
    format!("#[versioned(\n{}\n{indent})]", keys.join(",\n"))
}

/// `<'a, T>`: the parameters as arguments.
fn arguments(newest: &Declared<'_>) -> String {
    let parameters = newest.shape.generics().params.iter().map(|parameter| match parameter {
        syn::GenericParam::Lifetime(parameter) => parameter.lifetime.to_string(),
        syn::GenericParam::Type(parameter) => parameter.ident.to_string(),
        syn::GenericParam::Const(parameter) => parameter.ident.to_string(),
    });
    let parameters: Vec<_> = parameters.collect();
    if parameters.is_empty() { String::new() } else { format!("<{}>", parameters.join(", ")) }
}

/// The bounds stay on the struct: an alias does not check them.
fn parameters(newest: &Declared<'_>) -> String {
    let source = newest.source();
    let parameters = newest.shape.generics().params.iter().map(|parameter| match parameter {
        syn::GenericParam::Lifetime(parameter) => parameter.lifetime.to_string(),
        syn::GenericParam::Type(parameter) => match &parameter.default {
            Some((_, ty)) => format!("{} = {}", parameter.ident, source.written(ty)),
            None => parameter.ident.to_string(),
        },
        syn::GenericParam::Const(parameter) => source.written(parameter).to_owned(),
    });
    let parameters: Vec<_> = parameters.collect();
    if parameters.is_empty() { String::new() } else { format!("<{}>", parameters.join(", ")) }
}

fn alias_item(plan: &Plan<'_>, newest: &Declared<'_>, alias: &str, indent: &str) -> String {
    let source = newest.source();
    let visibility = match source.written(newest.shape.visibility()) {
        "" => String::new(),
        written => format!("{written} "),
    };
    let conditions = newest.shape.attributes().iter().filter(|attribute| is_called(attribute, "cfg"));
    let conditions: String =
        conditions.map(|attribute| format!("{indent}{}\n", source.written(attribute))).collect();
    let new = &plan.names.new;
    format!(
        "{indent}/// The current version. The next one changes this line.\n{conditions}{indent}{visibility}type {alias}{} = \
         {new}{};",
        parameters(newest),
        arguments(newest)
    )
}
