//! What the derives become, for inputs small enough to be read. After a change, `cargo insta review`, or
//! `INSTA_UPDATE=always cargo test -p schema-macros` and read the difference.

use proc_macro2::TokenStream;
use quote::quote;

fn pretty(expansion: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(expansion).unwrap())
}

#[test]
fn start() {
    insta::assert_snapshot!(pretty(crate::derive::document(quote! {
        #[versioned(version = 1, collection = "users")]
        #[serde(rename_all = "camelCase")]
        struct UserV1 {
            full_name: String,
        }
    })));
}

/// The same with variants: two hidden enums instead of a struct.
#[test]
fn enumeration() {
    insta::assert_snapshot!(pretty(crate::derive::document(quote! {
        #[versioned(version = 1)]
        #[serde(tag = "type", rename_all = "snake_case")]
        enum EventV1 {
            Created { name: String },
            Moved(Place),
            Closed,
        }
    })));
}

#[test]
fn step() {
    insta::assert_snapshot!(pretty(crate::derive::document(quote! {
        #[versioned(version = 2, previous = UserV1, removed(fax))]
        struct UserV2 {
            age: i64,
            #[versioned(from = mail, try_with = parse)]
            name: Name,
        }
    })));
}

/// A version that starts to keep what it does not know.
#[test]
fn unknown() {
    insta::assert_snapshot!(pretty(crate::derive::document(quote! {
        #[versioned(version = 2, previous = UserV1)]
        struct UserV2 {
            #[versioned(unknown, added)]
            rest: Unknown,
            #[versioned(added = 1)]
            count: i32,
        }
    })));
}

#[test]
fn upgrade() {
    insta::assert_snapshot!(pretty(crate::derive::embedded(quote! {
        #[versioned(previous = AddressV1)]
        struct AddressV2 {
            street: String,
            #[versioned(from = zip)]
            code: u32,
        }
    })));
}

#[test]
fn variants() {
    insta::assert_snapshot!(pretty(crate::derive::embedded(quote! {
        #[versioned(previous = StateV1, removed(Draft => Open))]
        enum StateV2 {
            Open,
            Closed {
                #[versioned(from = 0, with = text)]
                reason: String,
            },
        }
    })));
}

#[test]
fn index() {
    insta::assert_snapshot!(pretty(crate::derive::document(quote! {
        #[versioned(
            version = 1,
            index(keys(full_name, -"address.city"), unique, partial = doc! { "age": 1 }),
            index(keys(text(full_name, weight = 2)), name = "words"),
        )]
        #[serde(rename_all = "camelCase")]
        struct UserV1 {
            full_name: String,
        }
    })));
}

#[test]
fn mistake() {
    insta::assert_snapshot!(pretty(crate::derive::document(quote! {
        #[versioned(verison = 1)]
        struct User {
            name: String,
        }
    })));
}

#[test]
fn kinds() {
    insta::assert_snapshot!(pretty(crate::derive::kinds(quote! {
        enum Content {
            Article(Article),
            Video(Box<Video>),
        }
    })));
}
