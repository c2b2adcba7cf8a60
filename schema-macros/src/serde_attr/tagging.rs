//! How serde tells the variants of an enum apart in a document.

use darling::{Error, Result, error::Accumulator};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{
    Attribute, DataEnum, Fields, Ident, LitStr, Meta, Token, punctuated::Punctuated, spanned::Spanned,
};

use super::serde_attributes;

/// The names of the fields with the variant's name and with what it holds.
#[derive(Clone)]
pub(crate) struct Tagged {
    pub(crate) tag: LitStr,
    /// Without it the variant's own fields stand beside the tag.
    pub(crate) content: Option<LitStr>,
}

impl Tagged {
    /// Every other form than the two with a tag has no place for a version, or none for the name of a variant.
    pub(crate) fn of(ident: &Ident, attrs: &[Attribute], data: &DataEnum) -> Result<Self> {
        let mut errors = Error::accumulator();
        let untagged = std::iter::once(attrs).chain(data.variants.iter().map(|variant| &*variant.attrs));
        for span in untagged.filter_map(|attrs| key(attrs, "untagged").map(|meta| meta.span())) {
            refuse_untagged(span, &mut errors);
        }
        let (tag, content) = (key(attrs, "tag"), key(attrs, "content"));
        let tagging = match (tag.as_ref().and_then(text), content.as_ref().and_then(text)) {
            (Some(tag), content) => Some(Self { tag, content }),
            (None, _) if tag.is_none() && key(attrs, "untagged").is_none() => {
                let message = format!(
                    "the documents of `{ident}` consist of one field named after the variant, which leaves no place for the \
                     version; add `#[serde(tag = \"..\")]` to name the field for the variant"
                );
                errors.push(Error::custom(message).with_span(ident));
                None
            }
            (None, _) => None,
        };
        if let Some(Self { content: None, .. }) = &tagging {
            refuse_tuples(data, &mut errors);
        }
        match tagging {
            Some(tagging) => errors.finish_with(tagging),
            // serde's derive has its own words for a tag that is not text.
            None => {
                let mut all = errors.into_inner();
                if all.is_empty() {
                    all.push(
                        Error::custom("the tag has to be text; write `#[serde(tag = \"..\")]`")
                            .with_span(ident),
                    );
                }
                Err(Error::multiple(all))
            }
        }
    }
}

fn refuse_untagged(span: Span, errors: &mut Accumulator) {
    let message = "an untagged variant is whichever the fields fit first, which may be another one after the next version; \
                   remove `untagged`, and name the field for the variant: `#[serde(tag = \"..\")]` on the enum";
    errors.push(Error::custom(message).with_span(&span));
}

fn refuse_tuples(data: &DataEnum, errors: &mut Accumulator) {
    for variant in &data.variants {
        if let Fields::Unnamed(fields) = &variant.fields
            && fields.unnamed.len() != 1
        {
            let message = format!(
                "the values of `{0}` have no names to be stored under beside the tag; write `{0} {{ .. }}`, or \
                 `content = \"..\"` beside `tag`",
                variant.ident
            );
            errors.push(Error::custom(message).with_span(&variant.ident));
        }
    }
}

/// serde's attributes of an enum but for its tagging: how it would be read if it had none.
pub(crate) fn without_tagging<'a>(attrs: impl IntoIterator<Item = &'a Attribute>) -> TokenStream {
    let metas = attrs.into_iter().flat_map(metas).filter(|meta| {
        let path = meta.path();
        !path.is_ident("tag") && !path.is_ident("content")
    });
    quote! { #(#[serde(#metas)])* }
}

fn metas(attr: &Attribute) -> Vec<Meta> {
    // What does not parse here is for serde's derive to report.
    let metas = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    metas.into_iter().flatten().collect()
}

fn key(attrs: &[Attribute], key: &str) -> Option<Meta> {
    serde_attributes(attrs).flat_map(metas).find(|meta| meta.path().is_ident(key))
}

fn text(meta: &Meta) -> Option<LitStr> {
    match meta {
        Meta::NameValue(syn::MetaNameValue {
            value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }),
            ..
        }) => Some(text.clone()),
        _ => None,
    }
}
