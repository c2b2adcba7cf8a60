//! The variants of one enum out of those of another: a `match` with an arm for each old one, so that a forgotten one
//! does not compile. Where a constant has looked for it, an arm for the rest keeps the compiler from repeating it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Ident, Pat, Path, spanned::Spanned};

use super::{
    record::{self, Fields, Rest},
    step::{Conversion, Direction},
};
use crate::model::{Arm, Record};

/// The conversion of `__previous` into the new type.
pub(super) fn body(conversion: &Conversion<'_>, arms: &[Arm]) -> TokenStream {
    let arms = arms.iter().map(|arm| match arm {
        Arm::Fields { from, into, record, .. } => fields(conversion, from, into, record).arm(),
        Arm::Written { pattern, value } => {
            let pattern = pattern_of(&conversion.from.path, pattern.as_ref().clone());
            let value = value_of(&conversion.to.path, value.as_ref().clone());
            quote! { #pattern => __schema::Ok(#value), }
        }
    });
    let mut argument = record::argument();
    // What is said of a variant without an arm is said of the type that has it.
    argument.set_span(argument.span().located_at(conversion.from.path.span()));
    let is_checked = matches!((conversion.rest, conversion.direction), (Rest::Checked, Direction::There));
    let rest = (is_checked && conversion.shape.is_by_name()).then(|| {
        quote! {
            #[allow(unreachable_patterns)]
            _ => __schema::unreachable!(),
        }
    });
    quote! {
        match #argument {
            #(#arms)*
            #rest
        }
    }
}

/// Asks of each carried field of each variant whether its conversion can fail.
pub(super) fn can_fail(conversion: &Conversion<'_>, arms: &[Arm]) -> TokenStream {
    let arms = arms.iter().filter_map(|arm| match arm {
        Arm::Fields { from, into, record, .. } => Some(fields(conversion, from, into, record)),
        Arm::Written { .. } => None,
    });
    let answers: Vec<_> = arms.filter(Fields::carries).map(|fields| fields.can_fail()).collect();
    if answers.is_empty() { quote!(false) } else { quote!(#(#answers)||*) }
}

fn fields<'a>(conversion: &'a Conversion<'a>, from: &Ident, into: &Ident, record: &'a Record) -> Fields<'a> {
    Fields {
        conversion,
        record,
        from: variant(&conversion.from.path, from),
        to: variant(&conversion.to.path, into),
        variants: true,
    }
}

/// A pattern or an expression of the user's names a variant alone; this says of which type.
fn pattern_of(ty: &Path, mut pattern: Pat) -> Pat {
    match &mut pattern {
        Pat::Struct(pattern) => complete(ty, &mut pattern.path),
        Pat::TupleStruct(pattern) => complete(ty, &mut pattern.path),
        _ => {}
    }
    pattern
}

fn value_of(ty: &Path, mut value: Expr) -> Expr {
    match &mut value {
        Expr::Struct(value) => complete(ty, &mut value.path),
        Expr::Call(call) => {
            if let Expr::Path(function) = call.func.as_mut() {
                complete(ty, &mut function.path);
            }
        }
        _ => {}
    }
    value
}

fn complete(ty: &Path, path: &mut Path) {
    if let Some(name) = path.get_ident() {
        *path = variant(ty, name);
    }
}

/// `Type::Variant`, all of it at the place of the variant.
fn variant(ty: &Path, name: &Ident) -> Path {
    let mut path = ty.clone();
    let place = name.span();
    for segment in &mut path.segments {
        segment.ident.set_span(segment.ident.span().located_at(place));
    }
    path.segments.push(name.clone().into());
    path
}
