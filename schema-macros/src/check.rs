//! From what was written to what it means. Every rule between keys has one function here or in [`field`]; a
//! rule about a single value is in [`value`](crate::value). Mistakes are collected, so that one compilation
//! shows all.

mod back;
mod field;

use darling::{Error, FromDeriveInput, Result, error::Accumulator};
use syn::{Data, DataStruct, DeriveInput, Fields, FieldsNamed, Ident, Path};

use self::field::Field;
use crate::{
    attr::{DocumentOptions, UpgradeOptions},
    krate,
    model::{Body, Document, Position, Record, Step, Target},
    serde_attr::{ContainerSerde, serde_attributes},
    value::{Flag, Idents, Reversible, TypePath, Version},
};

pub(crate) fn document(input: &DeriveInput) -> Result<Document<'_>> {
    let fields = named_fields(input, "VersionedDocument")?;
    let mut errors = Error::accumulator();
    let options = errors.handle(DocumentOptions::from_derive_input(input));
    let serde = errors.handle(ContainerSerde::parse(&input.attrs)).unwrap_or_default();
    for (name, span) in &serde.foreign {
        let message = format!(
            "`#[serde({name})]` does not go with `VersionedDocument`, which reads and writes the fields \
             themselves; remove it, and write `#[serde(with = ..)]` on single fields if need be"
        );
        errors.push(Error::custom(message).with_span(span));
    }
    if let Some(lifetime) = input.generics.lifetimes().find(|param| param.lifetime.ident == "de") {
        let message = "serde's impls call the lifetime of the bytes `'de`; give this one another name";
        errors.push(Error::custom(message).with_span(&lifetime.lifetime));
    }
    let fields = all(fields, &mut errors);
    let Some(options) = options else {
        return finish(errors, None);
    };
    let version = errors.handle(version(input, &options));
    let position = errors.handle(position(&options, &fields, &serde));
    let document = version.zip(position).map(|(version, position)| Document {
        target: target(input, options.krate.as_ref()),
        version,
        position,
        collection: options.collection,
        version_field: options.version_field,
        unversioned: options.unversioned,
        body: body(input, &fields, serde),
    });
    finish(errors, document)
}

pub(crate) fn embedded(input: &DeriveInput) -> Result<(Target<'_>, Step)> {
    let fields = named_fields(input, "Upgrade")?;
    let mut errors = Error::accumulator();
    let options = errors.handle(UpgradeOptions::from_derive_input(input));
    let serde = errors.handle(ContainerSerde::parse(&input.attrs)).unwrap_or_default();
    let fields = all(fields, &mut errors);
    let Some(options) = options else {
        return finish(errors, None);
    };
    let step = match &options.previous {
        Some(TypePath(previous)) => {
            errors.handle(step(previous, &options.removed, options.reversible.as_ref(), &fields, &serde))
        }
        None => {
            let message = format!(
                "`Upgrade` writes the conversion from another type to `{}`; name it: `#[versioned(previous = ..)]`",
                input.ident
            );
            errors.push(Error::custom(message).with_span(&input.ident));
            None
        }
    };
    finish(errors, step.map(|step| (target(input, options.krate.as_ref()), step)))
}

/// The value if all went well; one that is missing has left an error.
fn finish<T>(errors: Accumulator, value: Option<T>) -> Result<T> {
    match value {
        Some(value) => errors.finish_with(value),
        None => Err(Error::multiple(errors.into_inner())),
    }
}

fn target<'a>(input: &'a DeriveInput, krate: Option<&TypePath>) -> Target<'a> {
    Target {
        ident: &input.ident,
        generics: &input.generics,
        private: krate::private(krate.map(|TypePath(path)| path)),
    }
}

/// A stored document has named fields, and so has the stamp.
fn named_fields<'a>(input: &'a DeriveInput, derive: &str) -> Result<&'a FieldsNamed> {
    let instead = match &input.data {
        Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) => return Ok(fields),
        Data::Struct(_) => format!("a struct with named fields; write `struct {} {{ .. }}`", input.ident),
        Data::Enum(_) => "a struct; wrap the enum in one".to_owned(),
        Data::Union(_) => "a struct, and a union has no place in a document".to_owned(),
    };
    Err(Error::custom(format!("`{derive}` takes {instead}")).with_span(&input.ident))
}

fn all<'a>(fields: &'a FieldsNamed, errors: &mut Accumulator) -> Vec<Field<'a>> {
    fields.named.iter().filter_map(|field| errors.handle(Field::parse(field))).collect()
}

fn version(input: &DeriveInput, options: &DocumentOptions) -> Result<Version> {
    let Some(version) = options.version else {
        let message = format!("`{}` needs a schema version; add `#[versioned(version = ..)]`", input.ident);
        return Err(Error::custom(message).with_span(&input.ident));
    };
    if version.number > 1 && options.previous.is_none() && options.oldest.is_none() {
        let message = format!(
            "schema version {} of `{}` needs the type of version {}; add `previous = ..`, or `oldest` if that \
             type has been retired",
            version.number,
            input.ident,
            version.number - 1
        );
        return Err(Error::custom(message).with_span(&version.span));
    }
    Ok(version)
}

fn position(options: &DocumentOptions, fields: &[Field<'_>], serde: &ContainerSerde) -> Result<Position> {
    let mut errors = Error::accumulator();
    let Some(TypePath(previous)) = &options.previous else {
        let why = "this refers to a previous version, and there is none; remove it, or add `previous = ..`";
        let manual = options.manual.map(|Flag(span)| span);
        for span in manual.into_iter().chain(options.reversible.as_ref().map(|way| way.span)) {
            errors.push(Error::custom(why).with_span(&span));
        }
        refuse_rules(&options.removed, fields, why, &mut errors);
        return errors.finish_with(Position::Start);
    };
    if let Some(Flag(span)) = &options.oldest {
        let message = "`oldest` starts a chain and `previous` continues one; remove one of them";
        errors.push(Error::custom(message).with_span(span));
    }
    let position = if let Some(Flag(span)) = &options.manual {
        let why = "`manual` leaves the step to you, so this has no effect; remove it, or `manual`";
        refuse_rules(&options.removed, fields, why, &mut errors);
        let reversible = options.reversible.as_ref();
        for (old, _) in reversible.into_iter().flat_map(|way| &way.fields) {
            errors.push(Error::custom(why).with_span(old));
        }
        let reversible = reversible.map(|way| way.span);
        Some(Position::Manual { previous: previous.clone(), span: *span, reversible })
    } else {
        let step = step(previous, &options.removed, options.reversible.as_ref(), fields, serde);
        errors.handle(step).map(Position::Derived)
    };
    finish(errors, position)
}

/// No step is written, so a rule for one is a misunderstanding.
fn refuse_rules(removed: &Idents, fields: &[Field<'_>], why: &str, errors: &mut Accumulator) {
    let rules = fields.iter().flat_map(|field| field.options.spans());
    for span in removed.0.iter().map(Ident::span).chain(rules) {
        errors.push(Error::custom(why).with_span(&span));
    }
}

fn step(
    previous: &Path,
    removed: &Idents,
    reversible: Option<&Reversible>,
    fields: &[Field<'_>],
    serde: &ContainerSerde,
) -> Result<Step> {
    let mut errors = Error::accumulator();
    let new = fields.iter().map(|field| field.in_step(serde)).collect();
    let there = Record { fields: new, removed: removed.0.clone() };
    for (position, old) in removed.0.iter().enumerate() {
        let message = if removed.0.iter().take(position).any(|earlier| earlier == old) {
            format!("`{old}` is removed twice; keep one of them")
        } else if let Some(user) = fields.iter().find(|field| field.rule.sources().contains(old)) {
            format!(
                "`{old}` is removed here, but the new field `{}` takes its value; keep one of the two",
                user.ident
            )
        } else {
            continue;
        };
        errors.push(Error::custom(message).with_span(old));
    }
    let back = match reversible {
        Some(reversible) => errors.handle(back::record(previous, &there, fields, reversible)),
        None => {
            let why = "only a `reversible` step has a way back; add `reversible` to the type, or remove this";
            for (function, _) in fields.iter().filter_map(Field::back) {
                errors.push(Error::custom(why).with_span(&function.span));
            }
            None
        }
    };
    errors.finish_with(Step { previous: previous.clone(), there, back })
}

fn body<'a>(input: &'a DeriveInput, fields: &[Field<'a>], serde: ContainerSerde) -> Body<'a> {
    Body {
        attrs: serde_attributes(&input.attrs).collect(),
        strict: serde.deny_unknown_fields || fields.iter().any(|field| field.serde.flatten),
        fields: fields.iter().map(|field| field.in_body(&serde)).collect(),
        default: serde.default,
        bounds: serde.bounds,
    }
}
