//! Small rewrites on tokens, for what cannot be done on syntax trees.

use proc_macro2::{Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Meta};

/// Makes `previous = DocV1<'a, T>` an expression, `DocV1::<'a, T>`, which is what the value of a key has to
/// be for the attribute parsers. Only `previous` has a type for a value.
pub(crate) fn complete_generic_paths(input: &mut DeriveInput) {
    for attr in &mut input.attrs {
        if let Meta::List(list) = &mut attr.meta
            && list.path.is_ident("versioned")
        {
            list.tokens = with_turbofish(list.tokens.clone());
        }
    }
}

fn with_turbofish(tokens: TokenStream) -> TokenStream {
    let mut result = Vec::new();
    let mut within_previous = false;
    let mut after_name = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) => {
                within_previous |= *ident == "previous" && !after_name;
                after_name = true;
            }
            TokenTree::Punct(punct) => {
                if within_previous && after_name && punct.as_char() == '<' {
                    for spacing in [Spacing::Joint, Spacing::Alone] {
                        let mut colon = Punct::new(':', spacing);
                        colon.set_span(punct.span());
                        result.push(TokenTree::Punct(colon));
                    }
                    within_previous = false;
                }
                within_previous &= punct.as_char() != ',';
                after_name = false;
            }
            _ => after_name = false,
        }
        result.push(token);
    }
    result.into_iter().collect()
}

/// Writes the type for `Self` in its fields, which are repeated where `Self` means another type.
pub(crate) fn spell_out_self(input: &mut DeriveInput) {
    let ident = &input.ident;
    let (_, generics, _) = input.generics.split_for_impl();
    let ty = quote!(#ident #generics);
    let fields: Vec<&mut syn::Field> = match &mut input.data {
        Data::Struct(data) => data.fields.iter_mut().collect(),
        Data::Enum(data) => data.variants.iter_mut().flat_map(|variant| &mut variant.fields).collect(),
        Data::Union(_) => return,
    };
    for field in fields {
        if let Ok(spelled_out) = syn::parse2(replace_self(field.ty.to_token_stream(), &ty)) {
            field.ty = spelled_out;
        }
    }
}

fn replace_self(tokens: TokenStream, target: &TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) if ident == "Self" => target.clone(),
            TokenTree::Group(group) => {
                TokenTree::Group(map_group(&group, |tokens| replace_self(tokens, target))).into()
            }
            other => TokenStream::from(other),
        })
        .collect()
}

/// The same tokens with every lifetime as `'static`, to name a type where its lifetimes do not matter and are
/// not in scope.
pub(crate) fn with_static_lifetimes(tokens: TokenStream) -> TokenStream {
    let mut lifetime = false;
    let rename = |token| match token {
        TokenTree::Punct(punct) => {
            lifetime = punct.as_char() == '\'';
            TokenTree::Punct(punct)
        }
        TokenTree::Ident(ident) if lifetime => {
            lifetime = false;
            TokenTree::Ident(Ident::new("static", ident.span()))
        }
        TokenTree::Group(group) => {
            lifetime = false;
            TokenTree::Group(map_group(&group, with_static_lifetimes))
        }
        other => other,
    };
    tokens.into_iter().map(rename).collect()
}

/// Whether the name occurs in the tokens.
pub(crate) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

fn map_group(group: &Group, map: impl FnOnce(TokenStream) -> TokenStream) -> Group {
    let mut mapped = Group::new(group.delimiter(), map(group.stream()));
    mapped.set_span(group.span());
    mapped
}

#[cfg(test)]
mod tests {
    use quote::{format_ident, quote};
    use syn::parse_quote;

    use super::*;

    /// The container attribute after the rewrite, as tokens.
    fn completed(attribute: TokenStream) -> String {
        let mut input: DeriveInput = parse_quote! {
            #[versioned(#attribute)]
            struct Next {}
        };
        complete_generic_paths(&mut input);
        input.attrs[0].meta.require_list().unwrap().tokens.to_string()
    }

    #[test]
    fn a_generic_previous_becomes_an_expression() {
        for (written, expected) in [
            (quote!(previous = V1<'a, T>), quote!(previous = V1::<'a, T>)),
            (
                quote!(version = 2, previous = old::V1<Vec<T>>, manual),
                quote!(version = 2, previous = old::V1::<Vec<T>>, manual),
            ),
        ] {
            assert_eq!(completed(written), expected.to_string());
        }
    }

    #[test]
    fn what_is_an_expression_already_stays() {
        for written in [
            quote!(previous = V1::<T>),
            quote!(previous = V1),
            quote!(version = 2, previous = V1, removed(a), collection = "a<b"),
            quote!(unversioned = 1 < 2),
        ] {
            assert_eq!(completed(written.clone()), written.to_string());
        }
    }

    #[test]
    fn every_lifetime_becomes_static() {
        let tokens = with_static_lifetimes(quote!(Event<'a, [&'b str; 2], fn(&'_ T) -> Cow<'static, T>>));
        let expected = quote!(Event<'static, [&'static str; 2], fn(&'static T) -> Cow<'static, T>>);
        assert_eq!(tokens.to_string(), expected.to_string());
    }

    #[test]
    fn self_is_spelled_out_in_types() {
        let mut input: DeriveInput = parse_quote! {
            struct Tree<T> {
                children: Vec<[Self; 2]>,
                value: T,
            }
        };
        spell_out_self(&mut input);
        let expected: DeriveInput = parse_quote! {
            struct Tree<T> {
                children: Vec<[Tree<T>; 2]>,
                value: T,
            }
        };
        assert_eq!(input.to_token_stream().to_string(), expected.to_token_stream().to_string());
    }

    #[test]
    fn a_name_is_found_at_any_depth() {
        let name = format_ident!("Tree");
        assert!(mentions(quote!(Vec<[Tree; 2]>), &name));
        assert!(!mentions(quote!(Vec<Trees>), &name));
    }
}
