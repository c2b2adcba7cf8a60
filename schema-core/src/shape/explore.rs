//! Explores a type: one probe for each question, from the outside inwards.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{
    buffered::Hole,
    node::{Field, Fields, Id, Kind, Node, Variants},
    probe::{Aim, Asked, Notes, Probe, Turn, What},
    refusal::Refusal,
    sample::{BINARIES, Sample, TEXTS},
};
use crate::deserialize::is_versioned;

/// Deeper than any type is nested that somebody has written; a type that is made while it is read may have no end.
const DEEPEST: usize = 100;

/// The names with which bson's types ask for what serde has no word for.
const UUID: &str = "$__bson_private_uuid";
const RAW_DOCUMENT: &str = crate::deserialize::RAW_DOCUMENT;
const RAW_ARRAY: &str = "$__private__bson_RawArray";
const RAW_VALUE: &str = "$__private__bson_RawBson";

/// The Rust type with which serde keeps a value for later.
const KEPT: &str = "::ContentVisitor";
/// The one with which it looks past the content of a variant that has none.
const NO_CONTENT: &str = "::UntaggedUnitVisitor";

pub(super) struct Explorer<'r> {
    read: &'r dyn Fn(Probe<'_>),
    /// Names of a versioned document's fields, for where the type does not tell them.
    names: Option<&'r [&'static str]>,
    nodes: Vec<Node>,
    known: HashMap<Known, Id>,
}

/// Two places with the same of these are the same type.
#[derive(PartialEq, Eq, Hash)]
struct Known {
    what: What,
    visitor: &'static str,
    human_readable: bool,
}

impl<'r> Explorer<'r> {
    /// The nodes of the type that `read` reads as a whole, in an option; the first is the type itself.
    pub(super) fn explore(read: &'r dyn Fn(Probe<'_>)) -> Vec<Node> {
        Self { read, names: None, nodes: Vec::new(), known: HashMap::new() }.start(&[Turn::Inside])
    }

    /// The nodes of a versioned document that has fields of these names.
    pub(super) fn explore_version(read: &'r dyn Fn(Probe<'_>), names: &'r [&'static str]) -> Vec<Node> {
        Self { read, names: Some(names), nodes: Vec::new(), known: HashMap::new() }.start(&[])
    }

    fn start(mut self, way: &[Turn]) -> Vec<Node> {
        self.visit(way);
        self.nodes
    }

    pub(super) fn add(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(super) fn sample(&self, id: Id) -> Option<Sample> {
        self.nodes.get(id)?.sample.clone()
    }

    pub(super) fn offer(&self, way: &[Turn], sample: &Sample) -> Result<(), Refusal> {
        self.run(way, Aim::Offer(sample)).outcome.take().unwrap_or(Err(Refusal::Other))
    }

    fn look(&self, way: &[Turn]) -> Option<Asked> {
        self.run(way, Aim::Look).asked.take()
    }

    fn run(&self, way: &[Turn], aim: Aim<'_>) -> Notes {
        let notes = Notes::default();
        // What stands behind `#[serde(from)]` and the like is the user's, and may not be prepared for a sample.
        drop(catch_unwind(AssertUnwindSafe(|| (self.read)(Probe::new(way, aim, &notes)))));
        notes
    }

    fn visit(&mut self, way: &[Turn]) -> Id {
        match self.look(way) {
            Some(asked) if way.len() < DEEPEST => self.visit_asked(way, asked),
            _ => self.add(Node::unknown()),
        }
    }

    fn visit_asked(&mut self, way: &[Turn], asked: Asked) -> Id {
        let Asked { what, visitor, human_readable } = asked;
        let known = Known { what, visitor, human_readable };
        if let Some(id) = self.known.get(&known) {
            return *id;
        }
        let id = self.add(Node::unknown());
        if has_parts(what) {
            self.known.insert(known, id);
        }
        let node = match what {
            What::Enum(variants) => self.variants(way, variants, id),
            _ => self.node(way, asked),
        };
        self.put(id, node);
        id
    }

    fn put(&mut self, id: Id, node: Node) {
        if let Some(place) = self.nodes.get_mut(id) {
            *place = node;
        }
    }

    /// The field of a document, if the type knows one of that name.
    pub(super) fn visit_field(&mut self, way: &[Turn], name: &'static str) -> Option<Id> {
        let way = to(way, Turn::Field { before: Vec::new(), name });
        match self.look(&way)? {
            Asked { what: What::Ignored, .. } => None,
            asked if asked.is_by(KEPT) => None,
            asked => Some(self.visit_asked(&way, asked)),
        }
    }

    fn node(&mut self, way: &[Turn], Asked { what, visitor, .. }: Asked) -> Node {
        match what {
            What::Scalar(words) => {
                let sample = match words {
                    "null" => Sample::Null,
                    "boolean" => Sample::Boolean,
                    "float" | "double" => Sample::Double,
                    "character" => Sample::Text("a"),
                    _ => Sample::Int32,
                };
                Node::simple(words, self.accepted(way, [sample]))
            }
            What::Text | What::Identifier => self.text(way),
            What::Binary => self.binary(way),
            What::Any => self.buffered(&Hole::at(way)),
            What::Ignored => Node::simple("any value", Some(Sample::Null)),
            What::Option => {
                let inside = self.visit(&to(way, Turn::Inside));
                Node { kind: Kind::Nullable(inside), sample: self.accepted(way, [Sample::Null]) }
            }
            What::Newtype(UUID) => {
                Node::simple("UUID", Some(Sample::Text("00000000-0000-4000-8000-000000000000")))
            }
            What::Newtype(RAW_DOCUMENT) if is_versioned(visitor) => {
                Node::simple("document with a version of its own", None)
            }
            What::Newtype(RAW_DOCUMENT) => Node::simple("any document", Some(Sample::Document(Vec::new()))),
            What::Newtype(RAW_ARRAY) => Node::simple("any list", Some(Sample::List(Vec::new()))),
            What::Newtype(RAW_VALUE) => Node::simple("any value", Some(Sample::Null)),
            What::Newtype(_) => {
                let inside = self.visit(&to(way, Turn::Inside));
                Node { kind: Kind::Same(inside), sample: self.sample(inside) }
            }
            What::NewtypeVariant => {
                let inside = self.visit(&to(way, Turn::Inside));
                Node { kind: Kind::Same(inside), sample: self.sample(inside) }
            }
            What::UnitVariant => Node::simple(ONLY_NAME, None),
            What::List => self.list(way),
            What::Tuple(len) => self.tuple(way, len),
            What::Map => self.map(way),
            What::Struct(fields) => self.document(way, fields),
            // With its own place, at which it may be found again inside.
            What::Enum(_) => Node::unknown(),
        }
    }

    fn text(&self, way: &[Turn]) -> Node {
        Node::simple("text", self.accepted(way, TEXTS.iter().map(|text| Sample::Text(text))))
    }

    fn binary(&self, way: &[Turn]) -> Node {
        let [object_id, _] = Sample::special("$oid", Sample::Text("5f0000000000000000000000"));
        match self.accepted(way, [object_id]) {
            Some(sample) => Node::simple("ObjectId", Some(sample)),
            None => {
                let sample = self.accepted(way, BINARIES.iter().map(|bytes| Sample::Binary(bytes)));
                Node::simple("binary", sample)
            }
        }
    }

    fn list(&mut self, way: &[Turn]) -> Node {
        let item = self.visit(&to(way, Turn::Item { before: Vec::new() }));
        let one = self.sample(item).map(|sample| Sample::List(vec![sample]));
        let sample = self.accepted(way, [Sample::List(Vec::new())].into_iter().chain(one));
        Node { kind: Kind::List(item), sample }
    }

    fn tuple(&mut self, way: &[Turn], len: usize) -> Node {
        let (mut items, mut samples) = (Vec::new(), Vec::new());
        for _ in 0..len {
            let item = self.visit(&to(way, Turn::Item { before: samples.clone() }));
            items.push(item);
            match self.sample(item) {
                Some(sample) => samples.push(sample),
                // Nothing gets past it.
                None => break,
            }
        }
        while items.len() < len {
            items.push(self.add(Node::unknown()));
        }
        Node { kind: Kind::Tuple(items), sample: self.accepted(way, [Sample::List(samples)]) }
    }

    fn map(&mut self, way: &[Turn]) -> Node {
        let at_key = to(way, Turn::Key);
        match (self.look(&at_key), self.names) {
            (_, Some(names)) if way.is_empty() => return self.flattened(way, names),
            (Some(Asked { what: What::Identifier, .. }), _) => return self.flattened(way, &[]),
            _ => {}
        }
        let key = self.visit(&at_key);
        let (value, one) = match self.sample(key) {
            Some(Sample::Text(name)) => {
                let value = self.visit(&to(way, Turn::Field { before: Vec::new(), name }));
                (value, self.sample(value).map(|sample| Sample::Document(vec![(name, sample)])))
            }
            _ => (self.add(Node::unknown()), None),
        };
        let sample = self.accepted(way, [Sample::Document(Vec::new())].into_iter().chain(one));
        Node { kind: Kind::Map { key, value }, sample }
    }

    /// A struct that has others flattened into it asks for a map.
    fn flattened(&mut self, way: &[Turn], names: &[&'static str]) -> Node {
        let mut fields = Fields { flattened: true, ..Fields::default() };
        let mut given = Vec::new();
        for name in names {
            if let Some(value) = self.visit_field(way, name) {
                given.extend(self.sample(value).map(|sample| (*name, sample)));
                fields.fields.insert(name, Field { value, optional: false, alias_of: None });
            }
        }
        let given = self.required(&Hole::at(way), &mut fields, given);
        self.settle(way, fields, given)
    }

    fn document(&mut self, way: &[Turn], names: &'static [&'static str]) -> Node {
        if let &[tag, content] = names
            && let Some(node) = self.adjacent(way, tag, content)
        {
            return node;
        }
        let mut names = names.to_vec();
        names.sort_unstable();
        let (mut fields, mut given) = (Fields::default(), Vec::new());
        for name in names {
            let value = self.visit(&to(way, Turn::Field { before: Vec::new(), name }));
            let mut alias_of = None;
            if let Some(sample) = self.sample(value) {
                let twice = Sample::Document(vec![(name, sample.clone()), (name, sample.clone())]);
                match self.offer(way, &twice) {
                    Err(Refusal::DuplicateField(first)) if first != name => alias_of = Some(first),
                    _ => given.push((name, sample)),
                }
            }
            fields.fields.insert(name, Field { value, optional: false, alias_of });
        }
        let stranger = Sample::Document(vec![("$nothing", Sample::Null)]);
        fields.closed = self.offer(way, &stranger) == Err(Refusal::UnknownField);
        self.settle(way, fields, given)
    }

    /// Finds out which of the fields may be left out.
    fn settle(&mut self, way: &[Turn], mut fields: Fields, given: Vec<(&'static str, Sample)>) -> Node {
        let nullable: Vec<_> = fields.fields.values().map(|field| self.is_nullable(field.value)).collect();
        for ((name, field), nullable) in fields.fields.iter_mut().zip(nullable) {
            let without = given.iter().filter(|(given, _)| given != name).cloned().collect();
            field.optional = match self.offer(way, &Sample::Document(without)) {
                Ok(()) => true,
                Err(Refusal::MissingField(missing)) if missing == *name => false,
                // Another field is in the way, of which no sample was found.
                Err(_) => nullable,
            };
        }
        let required =
            given.iter().filter(|(name, _)| !fields.fields.get(name).is_some_and(|field| field.optional));
        let sample = self.accepted(way, [Sample::Document(required.cloned().collect())]);
        Node { kind: Kind::Document(fields), sample }
    }

    fn is_nullable(&self, id: Id) -> bool {
        matches!(self.nodes.get(id), Some(Node { kind: Kind::Nullable(_), .. }))
    }

    /// An enum with its variant in one field and the content in another.
    fn adjacent(&mut self, way: &[Turn], tag: &'static str, content: &'static str) -> Option<Node> {
        let field = |before, name| to(way, Turn::Field { before, name });
        let at_tag = field(Vec::new(), tag);
        let What::Enum(names) = self.look(&at_tag)?.what else { return None };
        let kept = self.look(&field(Vec::new(), content))?;
        if !kept.is_by(KEPT) {
            return None;
        }
        let mut variants = Variants { other: self.takes_other(&at_tag), ..Variants::default() };
        let mut sample = None;
        for name in sorted(names) {
            let before = vec![(tag, Sample::Text(name))];
            let only_name = Sample::Document(before.clone());
            let mut fields = Fields::default();
            let at_content = field(before.clone(), content);
            let alone = self.accepted(way, [only_name]);
            if self.look(&at_content).is_some_and(|asked| !asked.is_by(NO_CONTENT)) {
                let value = self.visit(&at_content);
                let optional = alone.is_some();
                let full = self.sample(value).map(|value| [before, vec![(content, value)]].concat());
                sample = sample.or(alone).or(full.map(Sample::Document));
                fields.fields.insert(content, Field { value, optional, alias_of: None });
            }
            let id = self.add(Node { kind: Kind::Document(fields), sample: None });
            variants.variants.insert(name, id);
        }
        let fields = Fields { tagged: Some((tag, variants)), ..Fields::default() };
        Some(Node { kind: Kind::Document(fields), sample })
    }

    fn variants(&mut self, way: &[Turn], names: &[&'static str], id: Id) -> Node {
        let mut found = Variants { other: self.takes_other(way), ..Variants::default() };
        let mut sample = None;
        for (what, name) in self.simplest_first(way, names) {
            let content = self.visit(&to(way, Turn::Variant(name)));
            found.variants.insert(name, content);
            if sample.is_none() {
                let one = match what {
                    Some(What::UnitVariant) => Some(Sample::Text(name)),
                    _ => self.sample(content).map(|content| Sample::Document(vec![(name, content)])),
                };
                sample = self.accepted(way, one);
                // The other variants may contain the enum.
                self.put(id, Node { kind: Kind::Simple("not known"), sample: sample.clone() });
            }
        }
        Node { kind: Kind::Variants(found), sample }
    }

    /// The variants in an order in which a sample is found soon.
    fn simplest_first(&self, way: &[Turn], names: &[&'static str]) -> Vec<(Option<What>, &'static str)> {
        let asked = |name| self.look(&to(way, Turn::Variant(name))).map(|asked| asked.what);
        let mut variants: Vec<_> = sorted(names).into_iter().map(|name| (asked(name), name)).collect();
        variants.sort_by_key(|(what, _)| match what {
            Some(What::UnitVariant) => 0,
            Some(What::NewtypeVariant) => 1,
            Some(What::Struct(_)) => 2,
            _ => 3,
        });
        variants
    }

    fn takes_other(&self, way: &[Turn]) -> bool {
        self.look(&to(way, Turn::Variant("$nothing"))).is_some()
    }

    fn accepted(&self, way: &[Turn], samples: impl IntoIterator<Item = Sample>) -> Option<Sample> {
        samples.into_iter().find(|sample| self.offer(way, sample).is_ok())
    }
}

/// What there is to say of a variant that has no content.
pub(super) const ONLY_NAME: &str = "only its name";

fn has_parts(what: What) -> bool {
    match what {
        What::Option | What::List | What::Tuple(_) | What::Map | What::Struct(_) | What::Enum(_) => true,
        What::Newtype(marker) => !marker.starts_with('$'),
        _ => false,
    }
}

fn to(way: &[Turn], turn: Turn) -> Vec<Turn> {
    [way, &[turn]].concat()
}

pub(super) fn sorted(names: &[&'static str]) -> Vec<&'static str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}
