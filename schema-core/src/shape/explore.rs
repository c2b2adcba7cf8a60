//! Explores a type: one probe for each question, from the outside inwards.

mod collection;
mod document;
mod value;
mod variants;
mod version;

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{
    node::{Graph, Id, Node},
    probe::{Aim, Asked, Notes, Probe, Turn, What},
    refusal::Refusal,
    sample::Sample,
};

/// Deeper than any type is nested that somebody has written; a type that is made while it is read may have no end.
const DEEPEST: usize = 100;

/// Reads the type; of a version that is an enum, the variant of that name.
pub(super) type Read<'r> = &'r dyn Fn(Option<&'static str>, Probe<'_>);

pub(super) struct Explorer<'r> {
    read: Read<'r>,
    variant: Option<&'static str>,
    /// Names of a versioned document's fields, for where the type does not tell them.
    names: Vec<&'static str>,
    graph: Graph,
    known: HashMap<Known, Id>,
}

/// Two places with the same of these are the same type, and ask for the same inside.
#[derive(PartialEq, Eq, Hash)]
struct Known {
    what: What,
    visitor: &'static str,
    expecting: String,
    human_readable: bool,
}

impl<'r> Explorer<'r> {
    /// The nodes of the type that `read` reads as a whole, in an option.
    pub(super) fn explore(read: Read<'r>) -> Graph {
        let mut explorer = Self::new(read);
        explorer.visit(&[Turn::Inside]);
        explorer.graph
    }

    fn new(read: Read<'r>) -> Self {
        Self { read, variant: None, names: Vec::new(), graph: Graph::default(), known: HashMap::new() }
    }

    pub(super) fn add(&mut self, node: Node) -> Id {
        self.graph.nodes.push(node);
        self.graph.nodes.len() - 1
    }

    /// The same for what samples have shown.
    pub(super) fn add_tried(&mut self, node: Node) -> Id {
        let id = self.add(node);
        self.graph.tried.insert(id);
        id
    }

    pub(super) fn sample(&self, id: Id) -> Option<Sample> {
        self.graph.nodes.get(id)?.sample.clone()
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
        drop(catch_unwind(AssertUnwindSafe(|| (self.read)(self.variant, Probe::new(way, aim, &notes)))));
        notes
    }

    fn visit(&mut self, way: &[Turn]) -> Id {
        match self.look(way) {
            Some(asked) if way.len() < DEEPEST => self.visit_asked(way, asked),
            _ => self.add(Node::unknown()),
        }
    }

    fn visit_asked(&mut self, way: &[Turn], asked: Asked) -> Id {
        let Asked { what, visitor, expecting, human_readable } = asked;
        let known = Known { what, visitor, expecting, human_readable };
        if let Some(id) = self.known.get(&known) {
            return *id;
        }
        let id = self.add(Node::unknown());
        if has_parts(what) {
            self.known.insert(known, id);
        }
        let node = match what {
            What::Enum(variants) => self.variants(way, variants, id),
            _ => self.node(way, what, visitor),
        };
        if what == What::Any {
            self.graph.tried.insert(id);
        }
        self.put(id, node);
        id
    }

    fn put(&mut self, id: Id, node: Node) {
        if let Some(place) = self.graph.nodes.get_mut(id) {
            *place = node;
        }
    }

    fn accepted(&self, way: &[Turn], samples: impl IntoIterator<Item = Sample>) -> Option<Sample> {
        samples.into_iter().find(|sample| self.offer(way, sample).is_ok())
    }
}

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
