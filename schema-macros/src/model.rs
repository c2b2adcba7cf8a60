//! What a type was found to mean. Only [`check`](crate::check) makes these, and [`expand`](crate::expand) needs
//! nothing else: no combination that it would have to refuse is left.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Expr, Generics, Ident, Path, Type};

use crate::value::UnversionedRule;

/// A type that takes part in a chain, and how generated code reaches `schema-core`.
pub(crate) struct Target<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) private: TokenStream,
}

pub(crate) struct Document<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) version: u32,
    pub(crate) version_span: Span,
    pub(crate) position: Position,
    pub(crate) collection: Option<String>,
    pub(crate) version_field: Option<(String, Span)>,
    pub(crate) unversioned: Option<UnversionedRule>,
    pub(crate) body: Body<'a>,
}

/// Where a version stands in its chain.
pub(crate) enum Position {
    /// It starts the chain.
    Start,
    /// It follows another version by a step that the derive writes.
    Derived(Step),
    /// It follows another version by a step written by hand. The span is that of `manual`.
    Manual { previous: Path, span: Span },
}

impl Position {
    pub(crate) fn previous(&self) -> Option<&Path> {
        match self {
            Self::Start => None,
            Self::Derived(step) => Some(&step.previous),
            Self::Manual { previous, .. } => Some(previous),
        }
    }
}

/// How a document looks through serde.
pub(crate) struct Body<'a> {
    pub(crate) attrs: Vec<&'a Attribute>,
    pub(crate) fields: Vec<BodyField<'a>>,
    /// The names a stored field may have, aliases included.
    pub(crate) names: Vec<String>,
    /// Whether an unknown field, such as the stamp, would be refused or taken in.
    pub(crate) strict: bool,
    /// Whether missing fields are filled from the type's own `Default`.
    pub(crate) default: bool,
    /// Bounds of the user's own, from `#[serde(bound ..)]`.
    pub(crate) bounds: Bounds,
}

#[derive(Default)]
pub(crate) struct Bounds {
    pub(crate) serialize: Option<Vec<syn::WherePredicate>>,
    pub(crate) deserialize: Option<Vec<syn::WherePredicate>>,
}

pub(crate) struct BodyField<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) attrs: Vec<&'a Attribute>,
    /// The names it is written or read under; none for a flattened or skipped field.
    pub(crate) stored_as: Vec<String>,
}

/// One step, from the previous version to this type.
pub(crate) struct Step {
    pub(crate) previous: Path,
    pub(crate) removed: Vec<Ident>,
    pub(crate) fields: Vec<NewField>,
}

pub(crate) struct NewField {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The field in error messages: its stored name.
    pub(crate) label: String,
    pub(crate) rule: Rule,
}

/// Where the value of a field comes from.
pub(crate) enum Rule {
    /// One old field, converted where its type changed.
    Carry { from: Ident },
    /// Old fields through a function of the user's.
    With { from: Vec<Ident>, function: Expr, fallible: bool },
    /// The whole previous document through a function of the user's.
    Compute { function: Expr, fallible: bool },
    /// Not from the previous document: `Default`, or an expression.
    Added { value: Option<Expr>, span: Span },
}

impl Rule {
    /// The old fields that this rule takes.
    pub(crate) fn sources(&self) -> &[Ident] {
        match self {
            Self::Carry { from } => std::slice::from_ref(from),
            Self::With { from, .. } => from,
            Self::Compute { .. } | Self::Added { .. } => &[],
        }
    }

    /// Whether the user said that this rule may fail. A carried field may without anybody saying so.
    pub(crate) fn says_fallible(&self) -> bool {
        matches!(self, Self::With { fallible: true, .. } | Self::Compute { fallible: true, .. })
    }
}
