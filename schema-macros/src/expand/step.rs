//! One step: the previous version taken apart by name, the new one put together.
//!
//! ```text
//! let title = f(&previous);                       // compute
//! let V1 { name: old_name, sku: _ } = previous;   // every field used or removed, or this does not compile
//! let price = carry / function (old_price) or return the field's error;
//! V2 { title, price, .. }
//! ```
//!
//! Whether it becomes `From` or `TryFrom` is decided by a constant; see `schema_core`'s `step` and `carry`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, Ident, ext::IdentExt, spanned::Spanned};

use crate::{
    model::{NewField, Rule, Step, Target},
    tokens::{mentions, with_static_lifetimes},
};

/// What the pattern makes of a field that the step does not mention.
#[derive(Clone, Copy)]
pub(super) enum Rest {
    /// A constant has looked for it, and said so in better words.
    Checked,
    /// The pattern has to be complete, so that it does not compile.
    Forgotten,
}

pub(super) fn conversion(target: &Target<'_>, step: &Step, rest: Rest) -> TokenStream {
    let ident = target.ident;
    let (impl_generics, ty_generics, where_clause) = target.generics.split_for_impl();
    let previous = &step.previous;
    let pattern = pattern(step, rest);
    let this = quote!(#ident #ty_generics);
    let fallible = fallible(target, step, &pattern);
    let types = quote!(<__FALLIBLE, #previous, #this>);
    let source = quote!(<__schema::Step<__FALLIBLE, #this> as __schema::Source<#previous, #this>>);
    let body = body(target, step, &pattern);
    let argument = argument();
    quote! {
        #[allow(unused_imports)]
        use __schema::{CanFail as _, CannotFail as _, CarryDirect as _, CarryLifted as _, LiftedError as _, NoError as _};

        #[allow(non_snake_case, unused_variables)]
        const __FALLIBLE: bool = #fallible;

        #[automatically_derived]
        impl #impl_generics core::convert::From<__schema::Infallibly #types> for #this #where_clause {
            fn from(source: __schema::Infallibly #types) -> Self {
                #source::from(source, <Self as __schema::Convert<#previous>>::convert)
            }
        }

        #[automatically_derived]
        impl #impl_generics core::convert::TryFrom<__schema::Fallibly #types> for #this #where_clause {
            type Error = __schema::UpgradeError;

            fn try_from(source: __schema::Fallibly #types) -> core::result::Result<Self, __schema::UpgradeError> {
                #source::try_from(source, <Self as __schema::Convert<#previous>>::convert)
            }
        }

        #[automatically_derived]
        impl #impl_generics __schema::Convert<#previous> for #this #where_clause {
            type Fault = __schema::StepFault #types;

            // A field named `_id` makes a name with two underscores, `__old__id`.
            #[allow(non_snake_case, unreachable_code, unused_variables)]
            #[inline]
            fn convert(#argument: #previous) -> core::result::Result<Self, Self::Fault> {
                #body
            }
        }
    }
}

/// Whether the step can fail: somebody says so, or a carried field turns out to.
fn fallible(target: &Target<'_>, step: &Step, pattern: &TokenStream) -> TokenStream {
    if step.fields.iter().any(|field| field.rule.says_fallible()) {
        return quote!(true);
    }
    // Constants cannot depend on type parameters; the step of a generic type has to say what can fail.
    if target.is_generic() {
        return quote!(false);
    }
    let previous = with_static_lifetimes(step.previous.to_token_stream());
    let verdicts = step.fields.iter().rev().fold(quote!(()), |others, field| {
        let Rule::Carry { from } = &field.rule else {
            return others;
        };
        let ty = field.ty.to_token_stream();
        // A type inside itself can fail only if it can fail elsewhere.
        if mentions(ty.clone(), target.ident) {
            return others;
        }
        let (old, ty) = (old_value(from), with_static_lifetimes(ty));
        quote! { ((&&(&&&__schema::between::<_, #ty>(&#old)).error()).verdict(), #others) }
    });
    let argument = argument();
    quote! {
        __schema::can_fail(|#argument: #previous| {
            #pattern
            #verdicts
        })
    }
}

fn body(target: &Target<'_>, step: &Step, pattern: &TokenStream) -> TokenStream {
    let ident = target.ident;
    let computed = step.fields.iter().filter_map(computed_value);
    let mut uses = Uses::count(step);
    let values: Vec<TokenStream> =
        step.fields.iter().filter_map(|field| taken_value(field, &mut uses)).collect();
    let assignments = step.fields.iter().map(|field| {
        let (name, value) = (&field.ident, new_value(&field.ident));
        quote! { #name: #value }
    });
    quote! {
        #(#computed)*
        #pattern
        #(#values)*
        core::result::Result::Ok(#ident { #(#assignments),* })
    }
}

/// `let V1 { a: old_a, b: _ } = previous;`
fn pattern(step: &Step, rest: Rest) -> TokenStream {
    let previous = &step.previous;
    let mut taken: Vec<&Ident> = Vec::new();
    for source in step.fields.iter().flat_map(|field| field.rule.sources()) {
        if !taken.contains(&source) {
            taken.push(source);
        }
    }
    let bindings = taken.into_iter().map(|field| {
        let value = old_value(field);
        quote_spanned! { field.span() => #field: #value }
    });
    let removed = step.removed.iter().map(|field| quote_spanned! { field.span() => #field: _ });
    // The pattern names the type without its arguments: those of the parameter are inferred.
    let mut path = previous.clone();
    for segment in &mut path.segments {
        segment.arguments = syn::PathArguments::None;
    }
    let rest = match rest {
        Rest::Checked => Some(quote!(..)),
        Rest::Forgotten => None,
    };
    let argument = argument();
    quote_spanned! { previous.span() => let #path { #(#bindings,)* #(#removed,)* #rest } = #argument; }
}

/// As many arguments as `schema_core` has functions for; a closure with more has to name its types.
const MAX_CALL: usize = 6;

fn computed_value(field: &NewField) -> Option<TokenStream> {
    let Rule::Compute { function, fallible } = &field.rule else {
        return None;
    };
    let argument = argument();
    let call = match function {
        Expr::Closure(_) => {
            quote_spanned! { function.span() => __schema::call_by_ref(&#argument, #function) }
        }
        path => quote_spanned! { function.span() => (#path)(&#argument) },
    };
    Some(assign(field, &call, *fallible))
}

fn taken_value(field: &NewField, uses: &mut Uses) -> Option<TokenStream> {
    let value = new_value(&field.ident);
    let ty = &field.ty;
    match &field.rule {
        Rule::Compute { .. } => None,
        Rule::Added { value: Some(expr), .. } => Some(quote! { let #value: #ty = #expr; }),
        Rule::Added { value: None, span } => {
            Some(quote_spanned! { *span => let #value: #ty = core::default::Default::default(); })
        }
        Rule::With { from, function, fallible } => {
            let arguments = from.iter().map(|field| uses.take(field)).collect::<Vec<_>>();
            let call = match function {
                Expr::Closure(_) if arguments.len() <= MAX_CALL => {
                    let call = format_ident!("call_{}", arguments.len(), span = function.span());
                    quote_spanned! { function.span() => __schema::#call(#(#arguments,)* #function) }
                }
                path => quote_spanned! { function.span() => (#path)(#(#arguments),*) },
            };
            Some(assign(field, &call, *fallible))
        }
        Rule::Carry { from } => {
            let (old, label) = (old_value(from), &field.label);
            let argument = uses.take(from);
            Some(quote_spanned! { ty.span() =>
                let __rule = (&&&__schema::between::<_, #ty>(&#old)).rule();
                let #value = match <#ty as __schema::Carry<_, _>>::carry_by(#argument, __rule) {
                    core::result::Result::Ok(value) => value,
                    core::result::Result::Err(error) => {
                        return core::result::Result::Err(__schema::AtField::at_field(error, #label));
                    }
                };
            })
        }
    }
}

fn assign(field: &NewField, call: &TokenStream, fallible: bool) -> TokenStream {
    let (value, ty, label) = (new_value(&field.ident), &field.ty, &field.label);
    if !fallible {
        return quote! { let #value: #ty = #call; };
    }
    // The type of the call is asked for first, so that a mistake is one between what the function returns and
    // what it should return.
    quote_spanned! { call.span() =>
        let __result: core::result::Result<#ty, _> = #call;
        let #value = match __result {
            core::result::Result::Ok(value) => value,
            core::result::Result::Err(error) => {
                let error = __schema::Located::here(error);
                return core::result::Result::Err(__schema::AtField::at_field(error, #label));
            }
        };
    }
}

/// The parameter of the conversion. The span decides what a name means where a `macro_rules!` wrote the type,
/// so it is always this one. As with all names here, functions of the user's stand beside it.
fn argument() -> Ident {
    Ident::new("__previous", Span::call_site())
}

fn old_value(field: &Ident) -> Ident {
    format_ident!("__old_{}", field.unraw(), span = field.span())
}

fn new_value(field: &Ident) -> Ident {
    format_ident!("__new_{}", field.unraw(), span = field.span())
}

/// How often each old field is still needed: all uses but the last get a clone.
struct Uses(Vec<Ident>);

impl Uses {
    fn count(step: &Step) -> Self {
        Self(step.fields.iter().flat_map(|field| field.rule.sources()).cloned().collect())
    }

    fn take(&mut self, field: &Ident) -> TokenStream {
        let value = old_value(field);
        if let Some(position) = self.0.iter().position(|used| used == field) {
            self.0.swap_remove(position);
        }
        if self.0.contains(field) {
            quote_spanned! { field.span() => core::clone::Clone::clone(&#value) }
        } else {
            quote!(#value)
        }
    }
}
