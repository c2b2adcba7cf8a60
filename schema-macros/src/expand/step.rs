//! One step as the impls that a program uses: `From` where nothing in it can fail, `TryFrom` where something can,
//! and, for a reversible step, the same in the other direction. Which of the two it is, a constant decides; see
//! `schema_core`'s `step` and `carry`. What stands inside is in [`record`](super::record).

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Ident, Path, PathArguments};

use super::{
    arms,
    record::{self, Fields, Rest},
};
use crate::model::{Record, Shape, Step, Target};

/// The step, and the way back where there is one.
pub(super) fn conversions(target: &Target<'_>, step: &Step, rest: Rest) -> TokenStream {
    let ident = target.ident;
    let (_, ty_generics, _) = target.generics.split_for_impl();
    let this = Side { ty: quote!(#ident #ty_generics), path: ident.clone().into() };
    let previous = Side { ty: step.previous.to_token_stream(), path: without_arguments(&step.previous) };
    let there = Conversion {
        target,
        from: &previous,
        to: &this,
        shape: &step.there,
        rest,
        direction: Direction::There,
    };
    let back = step.back.as_ref().map(|shape| Conversion {
        target,
        from: &this,
        to: &previous,
        shape,
        rest: Rest::Checked,
        direction: Direction::Back,
    });
    let (there, back) = (there.expand(), back.as_ref().map(Conversion::expand));
    quote! {
        use __schema::choice::*;

        #there
        #back
    }
}

/// A pattern or a constructor names the type without its arguments: they are inferred.
fn without_arguments(path: &Path) -> Path {
    let mut path = path.clone();
    for segment in &mut path.segments {
        segment.arguments = PathArguments::None;
    }
    path
}

/// One of the two types of a step.
pub(super) struct Side {
    pub(super) ty: TokenStream,
    /// For patterns and constructors.
    pub(super) path: Path,
}

/// A step in one direction.
pub(super) struct Conversion<'a> {
    pub(super) target: &'a Target<'a>,
    pub(super) from: &'a Side,
    pub(super) to: &'a Side,
    pub(super) shape: &'a Shape,
    pub(super) rest: Rest,
    pub(super) direction: Direction,
}

#[derive(Clone, Copy)]
pub(super) enum Direction {
    There,
    Back,
}

impl Direction {
    /// What says whether the step in this direction can fail.
    fn constant(self) -> &'static str {
        match self {
            Self::There => "__FALLIBLE",
            Self::Back => "__FALLIBLE_BACK",
        }
    }
}

impl Conversion<'_> {
    fn expand(&self) -> TokenStream {
        let Self { target, from: Side { ty: from, .. }, to: Side { ty: to, .. }, .. } = self;
        let (impl_generics, ty_generics, where_clause) = target.generics.split_for_impl();
        let this = target.ident;
        let this = quote!(#this #ty_generics);
        let constant = Ident::new(self.direction.constant(), Span::call_site());
        let fallible = self.fallible();
        let types = quote!(<#constant, #from, #to>);
        let arguments = quote!(<#constant, #this, #from, #to>);
        let argument = record::argument();
        let body = match self.shape {
            Shape::Struct(record) => self.fields(record).body(),
            Shape::Enum(arms) => arms::body(self, arms),
        };
        quote! {
            const #constant: __schema::bool = #fallible;

            #[automatically_derived]
            impl #impl_generics __schema::From<__schema::Infallibly #types> for #to #where_clause {
                fn from(__source: __schema::Infallibly #types) -> Self {
                    __schema::from::#arguments(__source)
                }
            }

            #[automatically_derived]
            impl #impl_generics __schema::TryFrom<__schema::Fallibly #types> for #to #where_clause {
                type Error = __schema::UpgradeError;

                fn try_from(__source: __schema::Fallibly #types) -> __schema::Result<Self, Self::Error> {
                    __schema::try_from::#arguments(__source)
                }
            }

            #[automatically_derived]
            impl #impl_generics __schema::Convert<#from, #to> for #this #where_clause {
                type Fault = __schema::StepFault #types;

                #[inline]
                fn convert(#argument: #from) -> __schema::Result<#to, Self::Fault> {
                    #body
                }
            }
        }
    }

    fn fields<'a>(&'a self, record: &'a Record) -> Fields<'a> {
        Fields {
            conversion: self,
            record,
            from: self.from.path.clone(),
            to: self.to.path.clone(),
            variants: false,
        }
    }

    /// Whether the step can fail: somebody says so, or a carried field turns out to.
    fn fallible(&self) -> TokenStream {
        if self.shape.records().flat_map(|record| &record.fields).any(|field| field.rule.says_fallible()) {
            return quote!(true);
        }
        // Constants cannot depend on type parameters; the step of a generic type has to say what can fail.
        if self.target.is_generic() {
            return quote!(false);
        }
        match self.shape {
            Shape::Struct(record) if self.fields(record).carries() => self.fields(record).can_fail(),
            Shape::Struct(_) => quote!(false),
            Shape::Enum(arms) => arms::can_fail(self, arms),
        }
    }
}
