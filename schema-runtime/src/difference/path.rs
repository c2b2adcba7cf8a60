//! A place in a document, for people and for looking there.

use std::fmt;

use bson::{Bson, Document};

/// The way to a value: names of fields and indexes of elements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Path(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    Field(String),
    Element(usize),
}

/// A [`Path`] on the way there: a step costs nothing, and most ways lead to nothing that anybody asks the path of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way<'a> {
    Start,
    Field(&'a Way<'a>, &'a str),
    Element(&'a Way<'a>, usize),
}

impl Way<'_> {
    pub(crate) fn path(&self) -> Path {
        match self {
            Self::Start => Path::default(),
            Self::Field(way, name) => way.path().field(name),
            Self::Element(way, index) => way.path().element(*index),
        }
    }
}

impl Path {
    pub(crate) fn field(&self, name: &str) -> Self {
        self.with(Segment::Field(name.to_owned()))
    }

    pub(crate) fn element(&self, index: usize) -> Self {
        self.with(Segment::Element(index))
    }

    fn with(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0
    }

    pub(crate) fn value_in<'a>(&self, document: &'a mut Document) -> Option<&'a mut Bson> {
        let (first, rest) = self.0.split_first()?;
        let Segment::Field(name) = first else { return None };
        rest.iter().try_fold(document.get_mut(name)?, |value, segment| match (segment, value) {
            (Segment::Field(name), Bson::Document(document)) => document.get_mut(name),
            (Segment::Element(index), Bson::Array(elements)) => elements.get_mut(*index),
            _ => None,
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Field(name) if position == 0 => f.write_str(name)?,
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::Element(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
