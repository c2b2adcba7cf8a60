//! What a type asks a deserializer for, and who asks.

use std::fmt::{self, Write};

use serde::de::Visitor;

/// What a type asks a deserializer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::shape) enum What {
    /// A value without parts, by its name in a shape.
    Scalar(&'static str),
    Text,
    Binary,
    /// Whatever is there.
    Any,
    /// What is there is not looked at.
    Ignored,
    /// The name of a field or variant.
    Identifier,
    Option,
    Newtype(&'static str),
    List,
    Tuple(usize),
    Map,
    Struct(&'static [&'static str]),
    Enum(&'static [&'static str]),
    /// A variant that is only its name.
    UnitVariant,
    NewtypeVariant,
}

#[derive(Debug)]
pub(in crate::shape) struct Asked {
    pub(in crate::shape) what: What,
    /// The Rust type that would take the value.
    pub(in crate::shape) visitor: &'static str,
    /// What it says that it expects. serde's types for two variants have one name, and only here another.
    pub(in crate::shape) expecting: String,
    pub(in crate::shape) human_readable: bool,
}

impl Asked {
    /// Whether the value would be taken by a type of that name.
    pub(in crate::shape) fn is_by(&self, name: &str) -> bool {
        self.visitor.split('<').next().is_some_and(|visitor| visitor.ends_with(name))
    }
}

pub(super) fn expecting<V: Visitor<'static>>(visitor: &V) -> String {
    struct Expecting<'v, V>(&'v V);

    impl<V: Visitor<'static>> fmt::Display for Expecting<'_, V> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.expecting(f)
        }
    }

    let mut text = String::new();
    // As far as it gets.
    let _ = write!(text, "{}", Expecting(visitor));
    text
}
