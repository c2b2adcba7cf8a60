//! `#[derive(DocumentKinds)]`: an enum with a variant for each kind of document that a collection holds.

use darling::{Error, FromDeriveInput, Result};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{
    Data, DeriveInput, Fields, GenericArgument, Ident, PathArguments, Type, Variant, spanned::Spanned,
};

use crate::{expand::in_constant, krate, value::TypePath};

/// `#[versioned(..)]` on such an enum.
#[derive(Debug, FromDeriveInput)]
#[darling(attributes(versioned))]
struct Options {
    #[darling(default, rename = "crate")]
    krate: Option<TypePath>,
}

/// A variant, and the document in it.
struct Kind<'a> {
    variant: &'a Ident,
    document: &'a Type,
    boxed: bool,
}

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let mut errors = Error::accumulator();
    let options = errors.handle(Options::from_derive_input(input));
    let kinds = kinds(input, &mut errors);
    if !input.generics.params.is_empty() {
        let message = "the kinds of a collection are known types: an enum of them has no parameters";
        errors.push(Error::custom(message).with_span(&input.generics));
    }
    errors.finish()?;
    let krate = options.and_then(|options| options.krate);
    Ok(impls(&input.ident, &kinds, &krate::private(krate.as_ref().map(|TypePath(path)| path))))
}

fn kinds<'a>(input: &'a DeriveInput, errors: &mut darling::error::Accumulator) -> Vec<Kind<'a>> {
    let Data::Enum(data) = &input.data else {
        let message = "`DocumentKinds` is for an enum with a variant for each kind of document";
        errors.push(Error::custom(message).with_span(&input.ident));
        return Vec::new();
    };
    if data.variants.is_empty() {
        let message = "write a variant for each kind of document, as in `Article(Article)`";
        errors.push(Error::custom(message).with_span(&input.ident));
    }
    data.variants.iter().filter_map(|variant| errors.handle(kind(variant))).collect()
}

fn kind(variant: &Variant) -> Result<Kind<'_>> {
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let ty = fields.unnamed.first().map(|field| &field.ty);
            let Some(ty) = ty else { return Err(not_a_kind(variant)) };
            let inside = unboxed(ty);
            Ok(Kind { variant: &variant.ident, document: inside.unwrap_or(ty), boxed: inside.is_some() })
        }
        _ => Err(not_a_kind(variant)),
    }
}

fn not_a_kind(variant: &Variant) -> Error {
    let name = &variant.ident;
    let message = format!("a variant holds one versioned document; write `{name}({name})`");
    Error::custom(message).with_span(&variant.ident)
}

/// What is in the box: a large document among small ones.
fn unboxed(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Box")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inside)) if arguments.args.len() == 1 => Some(inside),
        _ => None,
    }
}

fn impls(ident: &Ident, kinds: &[Kind<'_>], private: &TokenStream) -> TokenStream {
    let name = ident.to_string();
    let variants: Vec<_> = kinds.iter().map(|kind| kind.variant).collect();
    let documents: Vec<_> = kinds.iter().map(|kind| kind.document).collect();
    let chains: Vec<_> = documents.iter().map(|ty| chain(ty)).collect();
    let checks = chains.iter().zip(&documents).enumerate().map(|(at, (chain, ty))| {
        let before = chains.iter().take(at);
        quote_spanned! { ty.span() => const _: () = __schema::assert_kind(#name, &#chain, &[#(#before),*]); }
    });
    let conversions = kinds.iter().map(|kind| conversions(ident, kind, kinds.len() > 1));
    let items = quote! {
        #(#checks)*

        #[automatically_derived]
        impl __schema::DocumentKinds for #ident {
            const TYPE_NAME: &'static __schema::str = #name;
            const CHAINS: &'static [__schema::Chain] = &[#(#chains),*];

            fn visit<__V: __schema::VisitKinds<Self>>(__visitor: &mut __V) {
                #(__schema::VisitKinds::<Self>::kind::<#documents>(__visitor);)*
            }
        }
        #[automatically_derived]
        impl __schema::Serialize for #ident {
            fn serialize<__S: __schema::Serializer>(
                &self,
                __serializer: __S,
            ) -> __schema::Result<__S::Ok, __S::Error> {
                match self {
                    #(Self::#variants(__document) => __schema::Serialize::serialize(__document, __serializer),)*
                }
            }
        }
        #[automatically_derived]
        impl<'de> __schema::Deserialize<'de> for #ident {
            fn deserialize<__D: __schema::Deserializer<'de>>(
                __deserializer: __D,
            ) -> __schema::Result<Self, __D::Error> {
                __schema::deserialize_kind(__deserializer)
            }
        }
        #(#conversions)*
    };
    in_constant(private, items)
}

fn chain(ty: &Type) -> TokenStream {
    quote_spanned! { ty.span() => <#ty as __schema::VersionedDocument>::CHAIN }
}

fn conversions(ident: &Ident, kind: &Kind<'_>, others: bool) -> TokenStream {
    let Kind { variant, document, boxed } = kind;
    let held = if *boxed { quote!(__schema::Box::new(__document)) } else { quote!(__document) };
    let no_other = others.then(|| quote!(_ => __schema::None,));
    quote! {
        #[automatically_derived]
        impl __schema::From<#document> for #ident {
            fn from(__document: #document) -> Self {
                Self::#variant(#held)
            }
        }
        #[automatically_derived]
        impl __schema::HasKind<#document> for #ident {
            fn as_kind(&self) -> __schema::Option<&#document> {
                match self {
                    Self::#variant(__document) => __schema::Some(__document),
                    #no_other
                }
            }
        }
    }
}
