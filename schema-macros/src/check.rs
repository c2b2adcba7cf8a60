//! From what was written to what it means. Every rule between keys has one function here; a rule about a
//! single value is in [`value`](crate::value). Mistakes are collected, so that one compilation shows all.

use darling::{Error, Result, ast::Data, util::SpannedValue};
use syn::{DeriveInput, Ident, Path, ext::IdentExt, spanned::Spanned};

use crate::{
    attr::{DocumentOptions, FieldOptions, UpgradeOptions},
    krate,
    model::{Body, BodyField, Document, NewField, Position, Rule, Step, Target},
    serde_attr::{ContainerSerde, FieldSerde, serde_attributes},
    value::{Function, Idents, TypePath},
};

/// The largest version that fits the Int32 of the stamp.
const MAX_VERSION: u32 = i32::MAX.unsigned_abs();

pub(crate) fn document<'a>(input: &'a DeriveInput, options: &'a DocumentOptions) -> Result<Document<'a>> {
    let fields = named_fields(input, &options.data, "VersionedDocument")?;
    let mut errors = Error::accumulator();
    let version = errors.handle(version(input, options));
    let body = errors.handle(body(input, fields));
    let position = errors.handle(position(input, options, fields));
    if let Some(field) = &options.version_field {
        errors.handle(version_field(field));
    }
    errors.finish()?;
    match (version, body, position) {
        (Some(version), Some(body), Some(position)) => Ok(Document {
            target: target(input, options.krate.as_ref()),
            version: **version,
            version_span: version.span(),
            position,
            collection: options.collection.as_ref().map(|collection| collection.0.clone()),
            version_field: options.version_field.as_ref().map(|field| (field.as_ref().clone(), field.span())),
            unversioned: options.unversioned,
            body,
        }),
        // Nothing is missing without an error above.
        _ => Err(Error::custom("the attributes of this type are incomplete").with_span(&input.ident)),
    }
}

pub(crate) fn embedded<'a>(
    input: &'a DeriveInput,
    options: &'a UpgradeOptions,
) -> Result<(Target<'a>, Step)> {
    let fields = named_fields(input, &options.data, "Upgrade")?;
    let Some(TypePath(previous)) = &options.previous else {
        return Err(Error::custom(
            "`Upgrade` writes the conversion from another type; add `#[versioned(previous = ..)]`",
        )
        .with_span(&input.ident));
    };
    let container = ContainerSerde::parse(&input.attrs)?;
    let step = step(previous, &options.removed, fields, &container)?;
    Ok((target(input, options.krate.as_ref()), step))
}

fn target<'a>(input: &'a DeriveInput, krate: Option<&Path>) -> Target<'a> {
    Target { ident: &input.ident, generics: &input.generics, private: krate::private(krate) }
}

/// A stored document has named fields, and so has the stamp.
fn named_fields<'a>(
    input: &DeriveInput,
    data: &'a Data<darling::util::Ignored, FieldOptions>,
    derive: &str,
) -> Result<&'a [FieldOptions]> {
    match (data, &input.data) {
        (Data::Struct(fields), syn::Data::Struct(syn::DataStruct { fields: syn::Fields::Named(_), .. })) => {
            Ok(fields.fields.as_slice())
        }
        (_, syn::Data::Enum(_)) => {
            Err(Error::custom(format!("`{derive}` takes a struct; wrap the enum in one")))
        }
        (_, syn::Data::Union(_)) => Err(Error::custom(format!("`{derive}` takes a struct, not a union"))),
        _ => Err(Error::custom(format!(
            "`{derive}` needs named fields; write `struct {} {{ .. }}`",
            input.ident
        ))),
    }
    .map_err(|error| error.with_span(&input.ident))
}

fn version<'a>(input: &DeriveInput, options: &'a DocumentOptions) -> Result<&'a SpannedValue<u32>> {
    let Some(version) = &options.version else {
        return Err(Error::custom("a versioned document needs its version; add `#[versioned(version = 1)]`")
            .with_span(&input.ident));
    };
    let number = **version;
    if number > MAX_VERSION {
        return Err(Error::custom(format!("a schema version is stored as an Int32, at most {MAX_VERSION}"))
            .with_span(&version.span()));
    }
    if number > 1 && options.previous.is_none() && !options.oldest.is_present() {
        return Err(Error::custom(format!(
            "schema version {number} of `{}` needs the type of version {}; add `previous = ..`, or `oldest` if \
             that type has been retired",
            input.ident,
            number - 1
        ))
        .with_span(&version.span()));
    }
    Ok(version)
}

/// An update names fields by dotted paths, so the stamp's name must be a plain one.
fn version_field(field: &SpannedValue<String>) -> Result<()> {
    let name = field.as_ref();
    if name.is_empty() || name.starts_with('$') || name.contains(['.', '\0']) || name == "_id" {
        return Err(Error::custom(
            "the version field needs a plain field name: not empty, no `.`, no leading `$`, not `_id`",
        )
        .with_span(&field.span()));
    }
    Ok(())
}

fn position(input: &DeriveInput, options: &DocumentOptions, fields: &[FieldOptions]) -> Result<Position> {
    let Some(TypePath(previous)) = &options.previous else {
        return start(options, fields).map(|()| Position::Start);
    };
    let mut errors = Error::accumulator();
    if options.oldest.is_present() {
        errors.push(
            Error::custom("`oldest` starts a chain and `previous` continues one; remove one of them")
                .with_span(&options.oldest.span()),
        );
    }
    if options.manual.is_present() {
        let why = "`manual` leaves the step to you, so this has no effect; remove it, or `manual`";
        refuse_rules(&options.removed, fields, why, &mut errors);
        return errors
            .finish_with(Position::Manual { previous: previous.clone(), span: options.manual.span() });
    }
    let step = errors.handle_in(|| {
        let container = ContainerSerde::parse(&input.attrs)?;
        step(previous, &options.removed, fields, &container)
    });
    errors.finish()?;
    step.map(Position::Derived).ok_or_else(|| Error::custom("the step is incomplete").with_span(previous))
}

fn start(options: &DocumentOptions, fields: &[FieldOptions]) -> Result<()> {
    let mut errors = Error::accumulator();
    let why = "there is no previous version for this to refer to; remove it, or add `previous = ..`";
    if options.manual.is_present() {
        errors.push(Error::custom(why).with_span(&options.manual.span()));
    }
    refuse_rules(&options.removed, fields, why, &mut errors);
    errors.finish()
}

fn refuse_rules(
    removed: &Idents,
    fields: &[FieldOptions],
    why: &str,
    errors: &mut darling::error::Accumulator,
) {
    for field in &removed.0 {
        errors.push(Error::custom(why).with_span(field));
    }
    for field in fields {
        for span in rule_spans(field) {
            errors.push(Error::custom(why).with_span(&span));
        }
    }
}

fn functions(field: &FieldOptions) -> impl Iterator<Item = &Function> {
    [&field.with, &field.try_with, &field.compute, &field.try_compute].into_iter().flatten()
}

fn rule_spans(field: &FieldOptions) -> Vec<proc_macro2::Span> {
    let from = field.from.as_ref().map(|from| from.span);
    let added = field.added.as_ref().map(|added| added.span);
    from.into_iter().chain(functions(field).map(|function| function.key.span())).chain(added).collect()
}

fn step(
    previous: &Path,
    removed: &Idents,
    fields: &[FieldOptions],
    container: &ContainerSerde,
) -> Result<Step> {
    let mut errors = Error::accumulator();
    let fields: Vec<NewField> =
        fields.iter().filter_map(|field| errors.handle(new_field(field, container))).collect();
    removed_once_and_unused(removed, &fields, &mut errors);
    errors.finish_with(Step { previous: previous.clone(), removed: removed.0.clone(), fields })
}

/// A field that is both used and removed is a misunderstanding, whichever was meant.
fn removed_once_and_unused(removed: &Idents, fields: &[NewField], errors: &mut darling::error::Accumulator) {
    for (position, field) in removed.0.iter().enumerate() {
        if removed.0.iter().take(position).any(|earlier| earlier == field) {
            errors.push(Error::custom(format!("`{field}` is removed twice")).with_span(field));
        }
        if let Some(user) = fields.iter().find(|new| new.rule.sources().contains(field)) {
            let message =
                format!("`{field}` is removed, but `{}` takes its value; drop one of the two", user.ident);
            errors.push(Error::custom(message).with_span(field));
        }
    }
}

fn new_field(field: &FieldOptions, container: &ContainerSerde) -> Result<NewField> {
    let ident = named(field)?.clone();
    let name = ident.unraw().to_string();
    let label = FieldSerde::parse(&field.attrs)?.written_as(&name, container).unwrap_or(name);
    let rule = rule(field, &ident)?;
    Ok(NewField { ty: field.ty.clone(), ident, label, rule })
}

fn rule(field: &FieldOptions, ident: &Ident) -> Result<Rule> {
    let functions: Vec<&Function> = functions(field).collect();
    if let Some(added) = &field.added {
        if field.from.is_some() || !functions.is_empty() {
            return Err(Error::custom(format!(
                "`{ident}` is `added`, so it takes nothing from the previous version; remove `added`, or the other key"
            ))
            .with_span(&added.span));
        }
        return Ok(Rule::Added { value: added.value.clone(), span: added.span });
    }
    if let [first, second, ..] = functions.as_slice() {
        return Err(Error::custom(format!(
            "`{ident}` has both `{}` and `{}`; keep one",
            first.key, second.key
        ))
        .with_span(&second.key));
    }
    let Some(function) = functions.first() else {
        return match &field.from {
            None => Ok(Rule::Carry { from: ident.clone() }),
            Some(from) => match from.fields.as_slice() {
                [single] => Ok(Rule::Carry { from: single.clone() }),
                _ => Err(Error::custom(
                    "several fields become one only through a function; add `with = ..` or `try_with = ..`",
                )
                .with_span(&from.span)),
            },
        };
    };
    let fallible = function.key.to_string().starts_with("try_");
    if function.key.to_string().ends_with("compute") {
        if let Some(from) = &field.from {
            return Err(Error::custom(format!(
                "`{}` takes the whole previous document; drop `from`, or use `with`",
                function.key
            ))
            .with_span(&from.span));
        }
        return Ok(Rule::Compute { function: function.expr.clone(), fallible });
    }
    let from = field.from.as_ref().map_or_else(|| vec![ident.clone()], |from| from.fields.clone());
    Ok(Rule::With { from, function: function.expr.clone(), fallible })
}

fn body<'a>(input: &'a DeriveInput, fields: &'a [FieldOptions]) -> Result<Body<'a>> {
    let container = ContainerSerde::parse(&input.attrs)?;
    let mut errors = Error::accumulator();
    let mut body = Body {
        attrs: serde_attributes(&input.attrs).collect(),
        fields: Vec::new(),
        names: Vec::new(),
        strict: container.deny_unknown_fields,
        default: container.default,
        bounds: Default::default(),
    };
    for field in fields {
        let (Some(ident), Some(serde)) =
            (errors.handle(named(field)), errors.handle(FieldSerde::parse(&field.attrs)))
        else {
            continue;
        };
        let name = ident.unraw().to_string();
        body.strict |= serde.flatten;
        let read_as = serde.read_as(&name, &container);
        let written_as = serde.written_as(&name, &container);
        body.names.extend(read_as.iter().cloned());
        body.fields.push(BodyField {
            ident,
            ty: &field.ty,
            attrs: serde_attributes(&field.attrs).collect(),
            stored_as: written_as.into_iter().chain(read_as).collect(),
        });
    }
    body.bounds = container.bounds;
    errors.finish_with(body)
}

fn named(field: &FieldOptions) -> Result<&Ident> {
    field.ident.as_ref().ok_or_else(|| Error::custom("this field needs a name").with_span(&field.ty.span()))
}
