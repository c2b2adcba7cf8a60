//! The fields of one type, or one variant, out of those of another: the old one taken apart by name, the new one put together.
//!
//! ```text
//! let title = f(&previous);                       // compute
//! let V1 { name: old_name, sku: _ } = previous;   // every field used or removed, or this does not compile
//! let price = carry / function (old_price) or return the field's error;
//! V2 { title, price, .. }
//! ```

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, Ident, Member, Path, Type, spanned::Spanned};

use super::step::{Conversion, Direction};
use crate::{
    model::{NewField, Place, Record, Rule, Segment},
    tokens::{mentions, with_static_lifetimes},
    value::plain_field_text,
};

/// What the pattern makes of a field that the step does not mention.
#[derive(Clone, Copy)]
pub(super) enum Rest {
    /// A constant has looked for it, and said so in better words, or it is dropped on the way back.
    Checked,
    /// The pattern has to be complete, so that it does not compile.
    Forgotten,
}

/// One record of a conversion, and between what it stands.
pub(super) struct Fields<'a> {
    pub(super) conversion: &'a Conversion<'a>,
    pub(super) record: &'a Record,
    /// For patterns and constructors.
    pub(super) from: Path,
    pub(super) to: Path,
    /// Whether these are variants, and a value of their type may be another one.
    pub(super) variants: bool,
}

impl Fields<'_> {
    /// Whether a field is carried, and so may fail with nobody saying so.
    pub(super) fn carries(&self) -> bool {
        self.record.fields.iter().any(|field| self.is_asked(field))
    }

    fn is_asked(&self, field: &NewField) -> bool {
        // A type inside itself can fail only if it can fail elsewhere.
        matches!(field.rule, Rule::Carry { .. })
            && !mentions(field.newer.to_token_stream(), self.conversion.target.ident)
    }

    /// Asks of each carried field whether its conversion can fail.
    pub(super) fn can_fail(&self) -> TokenStream {
        let from = with_static_lifetimes(self.conversion.from.ty.clone());
        let pattern = self.pattern();
        let otherwise = self.otherwise();
        let verdicts = self.record.fields.iter().rev().fold(quote!(()), |others, field| match &field.rule {
            Rule::Carry { from } if self.is_asked(field) => {
                let between = self.between(field, from, with_static_lifetimes);
                quote! { ((&&(&&&#between).__schema_error()).__schema_verdict(), #others) }
            }
            _ => others,
        });
        let argument = argument();
        quote! {
            __schema::can_fail(|#argument: #from| {
                let #pattern = #argument #otherwise;
                #verdicts
            })
        }
    }

    fn otherwise(&self) -> Option<TokenStream> {
        self.variants.then(|| quote! { else { __schema::unreachable!() } })
    }

    /// The conversion of `__previous` into the new type.
    pub(super) fn body(&self) -> TokenStream {
        let computed = self.record.fields.iter().filter_map(|field| self.computed_value(field));
        let (pattern, argument, converted) = (self.pattern(), argument(), self.converted());
        quote! {
            #(#computed)*
            let #pattern = #argument;
            #converted
        }
    }

    /// The conversion where a `match` has come upon the pattern.
    pub(super) fn arm(&self) -> TokenStream {
        let (pattern, converted) = (self.pattern(), self.converted());
        quote! { #pattern => { #converted } }
    }

    fn converted(&self) -> TokenStream {
        let fields = &self.record.fields;
        let mut uses = Uses::count(self.record);
        let values: Vec<_> = fields.iter().filter_map(|field| self.taken_value(field, &mut uses)).collect();
        let assignments = fields.iter().flat_map(|field| field.into.iter().map(move |into| (field, into)));
        let assignments = assignments.map(|(field, into)| {
            let value = new_value(into);
            match self.conversion.direction {
                // A name that is the new type's own is no unknown one any more.
                Direction::There if field.unknown => {
                    let (known, ty) = (&self.record.known, &field.newer);
                    quote_spanned! { field.newer.span() =>
                        #into: <#ty as __schema::KeepsUnknown>::without(#value, &[#(#known),*])
                    }
                }
                _ => quote! { #into: #value },
            }
        });
        let to = &self.to;
        quote! {
            #(#values)*
            __schema::Ok(#to { #(#assignments),* })
        }
    }

    /// `V1 { a: old_a, b: _ }`
    fn pattern(&self) -> TokenStream {
        let Record { fields, removed, .. } = self.record;
        let mut taken: Vec<&Member> = Vec::new();
        for source in fields.iter().flat_map(|field| field.rule.sources()) {
            if !taken.contains(&source) {
                taken.push(source);
            }
        }
        let bindings = taken.into_iter().map(|field| {
            let value = old_value(field);
            quote_spanned! { field.span() => #field: #value }
        });
        let removed = removed.iter().map(|field| quote_spanned! { field.span() => #field: _ });
        let rest = match self.conversion.rest {
            Rest::Checked => Some(quote!(..)),
            Rest::Forgotten => None,
        };
        let from = &self.from;
        quote_spanned! { from.span() => #from { #(#bindings,)* #(#removed,)* #rest } }
    }
}

/// As many arguments as `schema_core` has functions for; a closure with more has to name its types.
const MAX_CALL: usize = 6;

impl Fields<'_> {
    /// The type of a new field, where it is known: on the way back it stands in the previous type.
    fn ty<'a>(&self, field: &'a NewField) -> Option<&'a Type> {
        match self.conversion.direction {
            Direction::There => field.newer.as_ref(),
            Direction::Back => None,
        }
    }

    /// The pair of types between which a field is carried. `named` is how types are written at that place.
    fn between(&self, field: &NewField, from: &Member, named: fn(TokenStream) -> TokenStream) -> TokenStream {
        let old = old_value(from);
        match self.ty(field) {
            Some(ty) => {
                let ty = named(ty.to_token_stream());
                quote! { __schema::between::<_, #ty>(&#old) }
            }
            None => {
                let (to, into) = (named(self.conversion.to.ty.clone()), &field.into);
                let Some(otherwise) = self.otherwise() else {
                    return quote! { __schema::between_field(&#old, |__to: #to| #(__to.#into)*) };
                };
                let path = &self.to;
                quote! {
                    __schema::between_field(&#old, |__to: #to| {
                        let #path { #(#into: __value,)* .. } = __to #otherwise;
                        __value
                    })
                }
            }
        }
    }

    fn computed_value(&self, field: &NewField) -> Option<TokenStream> {
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
        Some(self.assign(field, &call, *fallible))
    }

    fn taken_value(&self, field: &NewField, uses: &mut Uses) -> Option<TokenStream> {
        let value = new_values(field);
        let ty = self.ty(field);
        match &field.rule {
            Rule::Compute { .. } => None,
            Rule::Added { value: Some(expr), .. } => Some(quote! { let #value: #ty = #expr; }),
            Rule::Added { value: None, span } => {
                Some(quote_spanned! { *span => let #value: #ty = __schema::Default::default(); })
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
                Some(self.assign(field, &call, *fallible))
            }
            Rule::Carry { from } => {
                let between = self.between(field, from, |ty| ty);
                let span = field.newer.span();
                let error = located(&field.place, span);
                let mut argument = uses.take(from);
                // The constants of a generic type are not at hand here.
                if let Direction::Back = self.conversion.direction
                    && field.unknown
                    && !self.conversion.target.is_generic()
                {
                    let to = &self.conversion.to.ty;
                    let version = quote!(<#to as __schema::VersionedDocument>::HISTORY);
                    argument = quote! { __schema::KeepsUnknown::unknown_to(#argument, #version) };
                }
                let carry = match ty {
                    Some(ty) => quote_spanned!(span => <#ty as __schema::Carry<_, _>>::carry_by),
                    None => quote_spanned!(span => <_ as __schema::CarryBack<_, _>>::carry_back_by),
                };
                Some(quote_spanned! { span =>
                    let __rule = (&&&#between).__schema_rule();
                    let #value = match #carry(#argument, __rule) {
                        __schema::Ok(__value) => __value,
                        __schema::Err(__error) => return __schema::AtField::at_field(#error),
                    };
                })
            }
        }
    }

    fn assign(&self, field: &NewField, call: &TokenStream, fallible: bool) -> TokenStream {
        let span = call.span();
        let (value, located) = (new_values(field), located(&field.place, span));
        let ty = self.ty(field).map_or_else(|| quote!(_), ToTokens::to_token_stream);
        if !fallible {
            return quote! { let #value: #ty = #call; };
        }
        // The type of the call is asked for first, so that a mistake is one between what the function returns and
        // what it should return.
        quote_spanned! { call.span() =>
            let __result: __schema::Result<#ty, _> = #call;
            let #value = match __schema::located(__result) {
                __schema::Ok(__value) => __value,
                __schema::Err(__error) => return __schema::AtField::at_field(#located),
            };
        }
    }
}

/// `__error` with the place it happened at.
fn located(place: &Place, span: Span) -> TokenStream {
    let error = quote_spanned!(span => __error);
    place.iter().rev().fold(error, |error, segment| match segment {
        Segment::Field(name) => quote_spanned!(span => #error.within_field(#name)),
        Segment::Index(index) => {
            let index = Literal::u32_unsuffixed(*index);
            quote_spanned!(span => #error.within_index(#index))
        }
    })
}

/// The parameter of the conversion. The span decides what a name means where a `macro_rules!` wrote the type,
/// so it is always this one. As with all names here, functions of the user's stand beside it.
pub(super) fn argument() -> Ident {
    Ident::new("__previous", Span::call_site())
}

fn old_value(field: &Member) -> Ident {
    format_ident!("__old_{}", plain_field_text(field), span = field.span())
}

fn new_value(field: &Member) -> Ident {
    format_ident!("__new_{}", plain_field_text(field), span = field.span())
}

/// What a rule assigns to: a name, or several in a tuple.
fn new_values(field: &NewField) -> TokenStream {
    let mut values = field.into.iter().map(new_value);
    match (values.next(), field.into.len()) {
        (Some(value), 1) => quote!(#value),
        (first, _) => {
            let values = first.into_iter().chain(values);
            quote!((#(#values),*))
        }
    }
}

/// How often each old field is still needed: all uses but the last get a clone.
struct Uses(Vec<Member>);

impl Uses {
    fn count(record: &Record) -> Self {
        Self(record.fields.iter().flat_map(|field| field.rule.sources()).cloned().collect())
    }

    fn take(&mut self, field: &Member) -> TokenStream {
        let value = old_value(field);
        if let Some(position) = self.0.iter().position(|used| used == field) {
            self.0.swap_remove(position);
        }
        if self.0.contains(field) {
            quote_spanned! { field.span() => __schema::Clone::clone(&#value) }
        } else {
            quote!(#value)
        }
    }
}
