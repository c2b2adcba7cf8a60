//! What a type was found to mean. Only [`check`](crate::check) makes these, and [`expand`](crate::expand) needs
//! nothing else: no combination that it would have to refuse is left.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Expr, Generics, Ident, Member, Pat, Path, Type, Variant};

use crate::{
    serde_attr::Tagged,
    value::{Collation, Collection, KeyKind, Kind, Unversioned, Version, VersionField},
};

/// A type that takes part in a chain, and how generated code reaches `schema-core`.
pub(crate) struct Target<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) private: TokenStream,
}

impl Target<'_> {
    /// Whether the type has parameters that a constant cannot know.
    pub(crate) fn is_generic(&self) -> bool {
        self.generics.type_params().next().is_some() || self.generics.const_params().next().is_some()
    }
}

pub(crate) struct Document<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) version: Version,
    pub(crate) position: Position,
    pub(crate) collection: Option<Collection>,
    pub(crate) version_field: Option<VersionField>,
    pub(crate) unversioned: Option<Unversioned>,
    pub(crate) kind: Option<Kind>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) body: Body<'a>,
}

impl Document<'_> {
    /// Whether it may be the first version of its chain to keep what is unknown, and so takes what its stored version did
    /// not know. Who says from what the field is made says that for older versions, too.
    pub(crate) fn starts_unknown(&self) -> bool {
        match &self.position {
            Position::Start => false,
            Position::Manual { .. } => self.body.unknown().is_some(),
            Position::Derived(step) => step
                .there
                .fields()
                .iter()
                .any(|field| field.unknown && matches!(field.rule, Rule::Added { value: None, .. })),
        }
    }
}

/// Where a version stands in its chain.
pub(crate) enum Position {
    /// It starts the chain.
    Start,
    /// It follows another version by a step that the derive writes.
    Derived(Step),
    /// It follows another version by a step written by hand, and so is the way back if there is one. The spans are
    /// those of the keys.
    Manual { previous: Path, span: Span, reversible: Option<Span> },
}

impl Position {
    pub(crate) fn previous(&self) -> Option<&Path> {
        match self {
            Self::Start => None,
            Self::Derived(step) => Some(&step.previous),
            Self::Manual { previous, .. } => Some(previous),
        }
    }

    /// Whether the step has a way back.
    pub(crate) fn is_reversible(&self) -> bool {
        match self {
            Self::Start => false,
            Self::Derived(step) => step.back.is_some(),
            Self::Manual { reversible, .. } => reversible.is_some(),
        }
    }
}

/// An index, with its keys as they are stored.
pub(crate) struct Index {
    pub(crate) keys: Vec<IndexKey>,
    pub(crate) name: Option<String>,
    pub(crate) unique: bool,
    pub(crate) sparse: bool,
    pub(crate) hidden: bool,
    pub(crate) expire_after: Option<u32>,
    pub(crate) partial: Option<Expr>,
    pub(crate) collation: Option<Collation>,
    pub(crate) default_language: Option<String>,
}

pub(crate) struct IndexKey {
    pub(crate) path: String,
    pub(crate) kind: KeyKind,
}

/// How a document looks through serde.
pub(crate) struct Body<'a> {
    pub(crate) attrs: Vec<&'a Attribute>,
    pub(crate) contents: Contents<'a>,
    /// Whether a field that the type does not know, such as the stamp, would be refused or taken in.
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

/// What is beside the stamp.
pub(crate) enum Contents<'a> {
    Fields(Vec<BodyField<'a>>),
    Variants(Tagged, Vec<BodyVariant<'a>>),
}

pub(crate) struct BodyVariant<'a> {
    pub(crate) source: &'a Variant,
    /// The names that say that a document is this variant, aliases included; none for one that is not read.
    pub(crate) read_as: Vec<String>,
    /// The name that it is written under; `None` for one that is not written.
    pub(crate) written_as: Option<String>,
    pub(crate) fields: Vec<BodyField<'a>>,
}

pub(crate) struct BodyField<'a> {
    pub(crate) member: Member,
    pub(crate) ty: &'a Type,
    pub(crate) attrs: Vec<&'a Attribute>,
    /// The names it is found under, aliases included; none for a field without a name, a flattened and a skipped one.
    pub(crate) read_as: Vec<String>,
    /// The name it is written under; `None` for the same.
    pub(crate) written_as: Option<String>,
    /// Whether it keeps what the type does not know, instead of having a name.
    pub(crate) unknown: bool,
}

/// One step, from the previous version to this type.
pub(crate) struct Step {
    pub(crate) previous: Path,
    pub(crate) there: Shape,
    /// The way back, of a step that is `reversible`.
    pub(crate) back: Option<Shape>,
}

/// How the one type becomes the other.
pub(crate) enum Shape {
    Struct(Record),
    /// One arm for each variant of the type that is taken apart.
    Enum(Vec<Arm>),
}

impl Shape {
    /// The new fields of a struct.
    pub(crate) fn fields(&self) -> &[NewField] {
        match self {
            Self::Struct(record) => &record.fields,
            Self::Enum(_) => &[],
        }
    }

    /// The old fields of a struct that nothing is made of.
    pub(crate) fn removed(&self) -> &[Member] {
        match self {
            Self::Struct(record) => &record.removed,
            Self::Enum(_) => &[],
        }
    }

    /// Whether all variants are known by their names: none is taken apart by a pattern of the user's.
    pub(crate) fn is_by_name(&self) -> bool {
        match self {
            Self::Struct(_) => true,
            Self::Enum(arms) => arms.iter().all(|arm| matches!(arm, Arm::Fields { .. })),
        }
    }

    /// The records that derived code goes by.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        let (record, arms) = match self {
            Self::Struct(record) => (Some(record), None),
            Self::Enum(arms) => (None, Some(arms)),
        };
        let arms = arms.into_iter().flatten().filter_map(|arm| match arm {
            Arm::Fields { record, .. } => Some(record),
            Arm::Written { .. } => None,
        });
        record.into_iter().chain(arms)
    }
}

/// One variant that becomes another.
pub(crate) enum Arm {
    /// Field by field; a `fold` goes by the rules of a variant that is made of another one.
    Fields { from: Ident, into: Ident, record: Record, fold: bool },
    /// As the user wrote it. The paths of both are variants without their types.
    Written { pattern: Box<Pat>, value: Box<Expr> },
}

/// Fields out of other fields: those of a struct, or of one variant.
pub(crate) struct Record {
    pub(crate) fields: Vec<NewField>,
    /// Old fields that nothing is made of.
    pub(crate) removed: Vec<Member>,
    /// The names under which the new fields are stored, where one of them keeps what has none of these names.
    pub(crate) known: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct NewField {
    /// Several only on the way back, where one function returns all that a field was made of.
    pub(crate) into: Vec<Member>,
    /// The type of the field in the newer version, which is the one that the derive sees. On the way back it is not
    /// the one to make.
    pub(crate) newer: Option<Type>,
    /// The field in error messages: where it is stored in the newer version.
    pub(crate) place: Place,
    pub(crate) rule: Rule,
    /// Whether it keeps what the newer version does not know.
    pub(crate) unknown: bool,
}

impl Body<'_> {
    /// The field that keeps what the type does not know.
    pub(crate) fn unknown(&self) -> Option<&BodyField<'_>> {
        match &self.contents {
            Contents::Fields(fields) => fields.iter().find(|field| field.unknown),
            Contents::Variants(..) => None,
        }
    }
}

/// A place below the type, outermost first. Empty where serde gives a value no name of its own.
pub(crate) type Place = Vec<Segment>;

#[derive(Clone)]
pub(crate) enum Segment {
    Field(String),
    Index(u32),
}

impl Record {
    /// Whether the old field is used or removed.
    pub(crate) fn takes(&self, old: &Member) -> bool {
        self.removed.contains(old) || self.fields.iter().any(|field| field.rule.sources().contains(old))
    }
}

/// Where the value of a field comes from.
#[derive(Clone)]
pub(crate) enum Rule {
    /// One old field, converted where its type changed.
    Carry { from: Member },
    /// Old fields through a function of the user's.
    With { from: Vec<Member>, function: Expr, fallible: bool },
    /// The whole previous document through a function of the user's.
    Compute { function: Expr, fallible: bool },
    /// Not from the previous document: `Default`, or an expression.
    Added { value: Option<Expr>, span: Span },
}

impl Rule {
    /// The old fields that this rule takes.
    pub(crate) fn sources(&self) -> &[Member] {
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

impl Arm {
    /// The variant that is taken apart, where the derive knows all it needs of it.
    pub(crate) fn from(&self) -> Option<&Ident> {
        match self {
            Self::Fields { from, .. } => Some(from),
            Self::Written { .. } => None,
        }
    }
}
