//! Small rewrites on tokens, for what cannot be done on syntax trees.

use proc_macro2::{Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{DeriveInput, Meta};

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

/// Writes the name of the type for `Self` in its fields and their rules, which are repeated where `Self` means
/// something else, or nothing.
pub(crate) fn spell_out_self(input: &mut DeriveInput) {
    let syn::Data::Struct(data) = &mut input.data else {
        return;
    };
    let ident = input.ident.to_token_stream();
    let (_, generics, _) = input.generics.split_for_impl();
    let ty = quote!(#ident #generics);
    for field in &mut data.fields {
        if let Ok(spelled_out) = syn::parse2(replace_self(field.ty.to_token_stream(), &ty)) {
            field.ty = spelled_out;
        }
        for attr in &mut field.attrs {
            if let Meta::List(list) = &mut attr.meta
                && list.path.is_ident("versioned")
            {
                list.tokens = replace_self(list.tokens.clone(), &ident);
            }
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
