//! From what was written to what it means. Every rule between keys has one function here or in [`field`]; a
//! rule about a single value is in [`value`](crate::value). Mistakes are collected, so that one compilation
//! shows all.

mod back;
mod field;
mod index;
mod step;
mod unknown;
mod variant;

use darling::{Error, FromDeriveInput, Result, error::Accumulator};
use syn::{Data, DataEnum, DataStruct, DeriveInput, Fields};

use self::{
    field::Field,
    step::{Contents, Keys, step},
    unknown::{EMBEDDED, IN_AN_ENUM},
    variant::Variant,
};
use crate::{
    attr::{DocumentOptions, UpgradeOptions},
    krate,
    model::{self, Body, Document, Position, Step, Target},
    serde_attr::{ContainerSerde, Tagged, serde_attributes},
    value::{Flag, Removed, Reversible, TypePath, Version},
};

pub(crate) fn document(input: &DeriveInput) -> Result<Document<'_>> {
    refuse_shapes(input, "VersionedDocument")?;
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
    let tagged = match &input.data {
        Data::Enum(data) => errors.handle(Tagged::of(&input.ident, &input.attrs, data)),
        _ => None,
    };
    let contents = contents(input, &serde, &mut errors);
    match &contents {
        Contents::Fields(fields) => unknown::check(fields, &serde, &mut errors),
        Contents::Variants(_) => unknown::refuse(&contents, IN_AN_ENUM, &mut errors),
    }
    let Some(options) = options else {
        return finish(errors, None);
    };
    let indexes = index::indexes(input, &options.index, &contents, &serde, &mut errors);
    let version = errors.handle(version(input, &options));
    let position = errors.handle(position(input, &options, &contents, &serde));
    let document = version.zip(position).map(|(version, position)| Document {
        target: target(input, options.krate.as_ref()),
        version,
        position,
        collection: options.collection,
        version_field: options.version_field,
        unversioned: options.unversioned,
        kind: options.kind,
        indexes,
        body: body(input, &contents, tagged, serde),
    });
    finish(errors, document)
}

pub(crate) fn embedded(input: &DeriveInput) -> Result<(Target<'_>, Step)> {
    refuse_shapes(input, "Upgrade")?;
    let mut errors = Error::accumulator();
    let options = errors.handle(UpgradeOptions::from_derive_input(input));
    let serde = errors.handle(ContainerSerde::parse(&input.attrs)).unwrap_or_default();
    let contents = contents(input, &serde, &mut errors);
    unknown::refuse(&contents, EMBEDDED, &mut errors);
    let Some(options) = options else {
        return finish(errors, None);
    };
    let step = match &options.previous {
        Some(TypePath(previous)) => {
            let keys = Keys { previous, removed: &options.removed, reversible: options.reversible.as_ref() };
            errors.handle(step(&input.ident, &keys, &contents, &serde))
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

/// A stored document has names for what it holds, and so has the stamp.
fn refuse_shapes(input: &DeriveInput, derive: &str) -> Result<()> {
    match &input.data {
        Data::Struct(DataStruct { fields: Fields::Named(_), .. }) | Data::Enum(_) => Ok(()),
        Data::Struct(_) => {
            let instead = format!("a struct with named fields; write `struct {} {{ .. }}`", input.ident);
            refuse_shape(input, derive, &instead)
        }
        Data::Union(_) => refuse_shape(input, derive, "a struct, and a union has no place in a document"),
    }
}

fn refuse_shape<T>(input: &DeriveInput, derive: &str, instead: &str) -> Result<T> {
    Err(Error::custom(format!("`{derive}` takes {instead}")).with_span(&input.ident))
}

fn contents<'a>(input: &'a DeriveInput, serde: &ContainerSerde, errors: &mut Accumulator) -> Contents<'a> {
    match &input.data {
        Data::Struct(data) => Contents::Fields(all(&data.fields, errors)),
        Data::Enum(DataEnum { variants, .. }) => {
            let variants =
                variants.iter().filter_map(|variant| errors.handle(Variant::parse(variant, serde)));
            Contents::Variants(variants.collect())
        }
        Data::Union(_) => Contents::Fields(Vec::new()),
    }
}

fn all<'a>(fields: &'a Fields, errors: &mut Accumulator) -> Vec<Field<'a>> {
    let numbered = fields.iter().zip(0..);
    numbered.filter_map(|(field, index)| errors.handle(Field::parse(field, index))).collect()
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

fn position(
    input: &DeriveInput,
    options: &DocumentOptions,
    contents: &Contents<'_>,
    serde: &ContainerSerde,
) -> Result<Position> {
    let mut errors = Error::accumulator();
    let Some(TypePath(previous)) = &options.previous else {
        let why = "this refers to a previous version, and there is none; remove it, or add `previous = ..`";
        let manual = options.manual.map(|Flag(span)| span);
        for span in manual.into_iter().chain(options.reversible.as_ref().map(|way| way.span)) {
            errors.push(Error::custom(why).with_span(&span));
        }
        refuse_rules(&options.removed, contents, why, &mut errors);
        return errors.finish_with(Position::Start);
    };
    if let Some(Flag(span)) = &options.oldest {
        let message = "`oldest` starts a chain and `previous` continues one; remove one of them";
        errors.push(Error::custom(message).with_span(span));
    }
    let position = if let Some(Flag(span)) = &options.manual {
        let why = "`manual` leaves the step to you, so this has no effect; remove it, or `manual`";
        refuse_rules(&options.removed, contents, why, &mut errors);
        let reversible = options.reversible.as_ref();
        for span in reversible.into_iter().flat_map(Reversible::spans) {
            errors.push(Error::custom(why).with_span(&span));
        }
        let reversible = reversible.map(|way| way.span);
        Some(Position::Manual { previous: previous.clone(), span: *span, reversible })
    } else {
        let keys = Keys { previous, removed: &options.removed, reversible: options.reversible.as_ref() };
        errors.handle(step(&input.ident, &keys, contents, serde)).map(Position::Derived)
    };
    finish(errors, position)
}

/// No step is written, so a rule for one is a misunderstanding.
fn refuse_rules(removed: &Removed, contents: &Contents<'_>, why: &str, errors: &mut Accumulator) {
    let rules: Vec<_> = match contents {
        Contents::Fields(fields) => fields.iter().flat_map(|field| field.options.spans()).collect(),
        Contents::Variants(variants) => variants.iter().flat_map(Variant::spans).collect(),
    };
    for span in removed.spans().chain(rules) {
        errors.push(Error::custom(why).with_span(&span));
    }
}

fn body<'a>(
    input: &'a DeriveInput,
    contents: &Contents<'a>,
    tagged: Option<Tagged>,
    serde: ContainerSerde,
) -> Body<'a> {
    let (contents, flatten) = match (contents, tagged) {
        (Contents::Variants(variants), Some(tagged)) => {
            let variants = variants.iter().map(|variant| variant.in_body(&serde)).collect();
            // serde reads a flattened field of a variant in the way that hides the stamp and the tag anyway.
            (model::Contents::Variants(tagged, variants), false)
        }
        (Contents::Fields(fields), _) => {
            let body = fields.iter().map(|field| field.in_body(&serde)).collect();
            (model::Contents::Fields(body), fields.iter().any(|field| field.serde.flatten))
        }
        // What is wrong with the tag has been said.
        (Contents::Variants(_), None) => (model::Contents::Fields(Vec::new()), false),
    };
    Body {
        attrs: serde_attributes(&input.attrs).collect(),
        contents,
        strict: serde.deny_unknown_fields || flatten,
        default: serde.default,
        bounds: serde.bounds,
    }
}
