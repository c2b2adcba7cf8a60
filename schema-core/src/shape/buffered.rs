//! Explores what serde keeps in memory before it looks at it: the content of untagged and internally tagged enums and of
//! flattened fields. There a probe is not asked for anything. It can only offer samples and see which are taken, and
//! learn from an error which field is missing; fields that may be missing are not found.

use super::{
    explore::{Explorer, sorted},
    node::{Field, Fields, Id, Kind, Node, ONLY_NAME, Variants},
    probe::Turn,
    refusal::Refusal,
    sample::{BINARIES, Sample, TEXTS, specials},
};

/// A place inside a value that is kept: what is offered is the value with a sample in the place.
pub(super) struct Hole<'h> {
    way: &'h [Turn],
    around: &'h dyn Fn(Sample) -> Sample,
    /// Whether the place is all of the value.
    whole: bool,
    /// How many documents and lists inside each other are still looked into.
    depth: usize,
    /// Whether each variant of an enum is looked into; in one of them no other enum is, or there would be no end.
    variants: bool,
}

const DEPTH: usize = 4;

impl<'h> Hole<'h> {
    pub(super) fn at(way: &'h [Turn]) -> Self {
        Self { way, around: &|sample| sample, whole: true, depth: DEPTH, variants: true }
    }

    /// The place inside of this one.
    fn inside<'i>(&self, around: &'i dyn Fn(Sample) -> Sample) -> Hole<'i>
    where
        'h: 'i,
    {
        let depth = self.depth.saturating_sub(1);
        Hole { way: self.way, around, whole: false, depth, variants: self.variants }
    }
}

impl Explorer<'_> {
    fn fill(&self, hole: &Hole<'_>, sample: &Sample) -> Result<(), Refusal> {
        self.offer(hole.way, &(hole.around)(sample.clone()))
    }

    /// What the place takes. That another field is missing is only noticed when this one is right.
    fn takes(&self, hole: &Hole<'_>, sample: &Sample) -> bool {
        matches!(self.fill(hole, sample), Ok(()) | Err(Refusal::MissingField(_)))
    }

    fn first(&self, hole: &Hole<'_>, samples: impl IntoIterator<Item = Sample>) -> Option<Sample> {
        samples.into_iter().find(|sample| self.takes(hole, sample))
    }

    pub(super) fn buffered(&mut self, hole: &Hole<'_>) -> Node {
        let texts = || TEXTS.iter().map(|text| Sample::Text(text));
        let binaries = || BINARIES.iter().map(|bytes| Sample::Binary(bytes));
        let mut kinds = Vec::new();
        for (words, sample) in [
            ("boolean", self.first(hole, [Sample::Boolean])),
            ("int32", self.first(hole, [Sample::Int32])),
            ("int64", self.first(hole, [Sample::Int64])),
            ("double", self.first(hole, [Sample::Double])),
            ("text", self.first(hole, texts())),
        ] {
            kinds.extend(sample.map(|sample| Node::simple(words, Some(sample))));
        }
        let names = match self.fill(hole, &Sample::Text("$nothing")) {
            Err(Refusal::UnknownVariant(names)) => names,
            _ => &[],
        };
        let document = self.document_in(hole);
        let list = self.list_in(hole);
        let null = self.takes(hole, &Sample::Null);
        if kinds.len() == 5 && list.is_some() && document.is_some() && null {
            return Node::simple("any value", Some(Sample::Null));
        }
        let binary = self.first(hole, binaries());
        kinds.extend(binary.map(|sample| Node::simple("binary", Some(sample))));
        for (words, [special, nothing]) in specials() {
            if self.takes(hole, &special) && !self.takes(hole, &nothing) {
                kinds.push(Node::simple(words, Some(special)));
            }
        }
        kinds.extend(list);
        // A document that is the content of a variant is not one of any name.
        if names.is_empty() {
            kinds.extend(document);
        } else {
            kinds.push(self.variants_in(hole, names));
        }
        let sample = kinds.iter().find_map(|node| node.sample.clone());
        let mut ids: Vec<_> = kinds.into_iter().map(|node| self.add(node)).collect();
        let kind = match (ids.pop(), ids.is_empty()) {
            (None, _) if null => return Node::simple("null", Some(Sample::Null)),
            (None, _) => return Node::unknown(),
            (Some(only), true) => Kind::Same(only),
            (Some(last), false) => {
                ids.push(last);
                Kind::OneOf(ids)
            }
        };
        if !null {
            return Node { kind, sample };
        }
        let value = self.add(Node { kind, sample });
        Node { kind: Kind::Nullable(value), sample: Some(Sample::Null) }
    }

    fn buffered_id(&mut self, hole: &Hole<'_>) -> Id {
        let node = if hole.depth == 0 { Node::too_deep() } else { self.buffered(hole) };
        self.add_tried(node)
    }

    fn list_in(&mut self, hole: &Hole<'_>) -> Option<Node> {
        let empty = Sample::List(Vec::new());
        // A document with a tag is also read from a list, as which no document is stored.
        let tagged = self.missing_inside(hole).map(Refusal::MissingField);
        if !self.takes(hole, &empty) || self.fill(hole, &empty).err() == tagged && tagged.is_some() {
            return None;
        }
        let item = self.buffered_id(&hole.inside(&|item| (hole.around)(Sample::List(vec![item]))));
        Some(Node { kind: Kind::List(item), sample: Some(empty) })
    }

    fn document_in(&mut self, hole: &Hole<'_>) -> Option<Node> {
        let empty = Sample::Document(Vec::new());
        if !self.takes(hole, &empty) {
            return None;
        }
        let mut fields = Fields::default();
        let mut given = Vec::new();
        if self.missing_inside(hole).is_some() {
            given = self.required(hole, &mut fields, given);
        }
        Some(Node { kind: Kind::Document(fields), sample: Some(Sample::Document(given)) })
    }

    /// The field that an empty document in this place lacks; what lacks may also be a field beside the place.
    fn missing_inside(&self, hole: &Hole<'_>) -> Option<&'static str> {
        let Err(Refusal::MissingField(name)) = self.fill(hole, &Sample::Document(Vec::new())) else {
            return None;
        };
        let with_it = Sample::Document(vec![(name, Sample::Null)]);
        (hole.whole || self.fill(hole, &with_it) != Err(Refusal::MissingField(name))).then_some(name)
    }

    /// Finds the fields that must be there, each by the error for a document without it.
    pub(super) fn required(
        &mut self,
        hole: &Hole<'_>,
        fields: &mut Fields,
        mut given: Vec<(&'static str, Sample)>,
    ) -> Vec<(&'static str, Sample)> {
        while let Err(Refusal::MissingField(name)) = self.fill(hole, &Sample::Document(given.clone())) {
            if fields.fields.contains_key(name) || given.iter().any(|(known, _)| *known == name) {
                break;
            }
            let before = given.clone();
            let with = |sample| Sample::Document([before.as_slice(), &[(name, sample)]].concat());
            let around = |sample| (hole.around)(with(sample));
            let inside = hole.inside(&around);
            // A tag is an identifier, which may also be bytes; an enum is a text or a document.
            if let Err(Refusal::UnknownVariant(names)) = self.fill(&inside, &Sample::Binary(b"$nothing")) {
                let (variants, sample) = self.tagged(hole, name, names, &given);
                fields.tagged = Some((name, variants));
                return sample;
            }
            let direct = if hole.whole { self.visit_field(hole.way, name) } else { None };
            let value = match direct {
                Some(value) => value,
                None => self.buffered_id(&inside),
            };
            fields.fields.insert(name, Field { value, optional: false, alias_of: None });
            match self.sample(value) {
                Some(sample) => given.push((name, sample)),
                None => break,
            }
        }
        given
    }

    /// What each variant adds to a document in which `tag` says which it is, and one such document.
    fn tagged(
        &mut self,
        hole: &Hole<'_>,
        tag: &'static str,
        names: &[&'static str],
        given: &[(&'static str, Sample)],
    ) -> (Variants, Vec<(&'static str, Sample)>) {
        let inside = Hole { variants: false, ..*hole };
        let with = |name| [given, &[(tag, Sample::Text(name))]].concat();
        let other = self.takes(hole, &Sample::Document(with("$nothing")));
        let mut found = Variants { other, ..Variants::default() };
        let mut sample = Vec::new();
        for name in sorted(names) {
            let mut fields = Fields::default();
            if hole.variants || sample.is_empty() {
                let one = self.required(&inside, &mut fields, with(name));
                if sample.is_empty() && self.takes(hole, &Sample::Document(one.clone())) {
                    sample = one;
                }
            }
            let id = match hole.variants {
                true => self.add(Node { kind: Kind::Document(fields), sample: None }),
                false => self.add(Node::too_deep()),
            };
            found.variants.insert(name, id);
        }
        (found, sample)
    }

    fn variants_in(&mut self, hole: &Hole<'_>, names: &[&'static str]) -> Node {
        let mut found = Variants::default();
        let mut sample = None;
        for name in sorted(names) {
            let alone = Sample::Text(name);
            let id = if self.takes(hole, &alone) {
                sample = sample.or(Some(alone));
                self.add(Node::simple(ONLY_NAME, None))
            } else if hole.variants {
                let around = |content| (hole.around)(Sample::Document(vec![(name, content)]));
                let inside = Hole { variants: false, ..hole.inside(&around) };
                let id = self.buffered_id(&inside);
                sample = sample.or(self.sample(id).map(|content| Sample::Document(vec![(name, content)])));
                id
            } else {
                self.add(Node::too_deep())
            };
            found.variants.insert(name, id);
        }
        Node { kind: Kind::Variants(found), sample }
    }
}
