//! The graph of a type as lines, one for each place in a document.

use std::collections::{HashMap, HashSet};

use super::{
    line::{Line, quoted},
    node::{Fields, Id, Kind, Node, Variants},
};

/// The place of the whole document.
const ROOT: &str = ".";

pub(super) fn lines(nodes: &[Node]) -> Vec<Line> {
    let endless = (0..nodes.len()).filter(|id| contains_itself(nodes, *id)).collect();
    let mut writer = Writer { nodes, endless, written: HashMap::new(), lines: Vec::new() };
    writer.write(0, ROOT.to_owned(), "");
    writer.lines
}

struct Writer<'n> {
    nodes: &'n [Node],
    /// Nodes that can be found inside themselves. They are written out once.
    endless: HashSet<Id>,
    /// Where they have been.
    written: HashMap<Id, String>,
    lines: Vec<Line>,
}

impl Writer<'_> {
    fn write(&mut self, id: Id, path: String, more: &str) {
        let text = self.text(id, &mut Vec::new());
        self.lines.push(Line::new(path.as_str(), format!("{text}{more}")));
        self.write_parts(id, path, &mut Vec::new());
    }

    fn text(&self, id: Id, around: &mut Vec<Id>) -> String {
        let Some(node) = self.nodes.get(id) else { return String::new() };
        if let Some(path) = self.written.get(&id) {
            return format!("as `{path}`");
        }
        if around.contains(&id) {
            return "itself".to_owned();
        }
        around.push(id);
        let text = match &node.kind {
            Kind::Simple(words) => (*words).to_owned(),
            Kind::Same(other) => self.text(*other, around),
            Kind::Nullable(other) => {
                let text = self.text(*other, around);
                let has_null = text == "null" || text == "any value" || text.ends_with(" or null");
                if has_null { text } else { format!("{text} or null") }
            }
            Kind::OneOf(others) => {
                let texts: Vec<_> = others.iter().map(|other| self.text(*other, around)).collect();
                texts.join(" or ")
            }
            Kind::List(_) => "list".to_owned(),
            Kind::Tuple(items) => format!("list of {}", items.len()),
            Kind::Map { .. } => "map".to_owned(),
            Kind::Document(Fields { closed: true, .. }) => "document without other fields".to_owned(),
            Kind::Document(Fields { flattened: true, .. }) => "document with flattened fields".to_owned(),
            Kind::Document(_) => "document".to_owned(),
            Kind::Variants(_) => "one of its variants".to_owned(),
        };
        around.pop();
        text
    }

    /// The lines of what is inside a node.
    fn write_parts(&mut self, id: Id, path: String, around: &mut Vec<Id>) {
        let nodes = self.nodes;
        let Some(node) = nodes.get(id) else { return };
        if around.contains(&id) || self.written.contains_key(&id) {
            return;
        }
        around.push(id);
        match &node.kind {
            Kind::Simple(_) => {}
            Kind::Nullable(other) | Kind::Same(other) => self.write_parts(*other, path, around),
            Kind::OneOf(others) => {
                others.iter().for_each(|other| self.write_parts(*other, path.clone(), around));
            }
            parts => {
                if self.endless.contains(&id) {
                    self.written.insert(id, path.clone());
                }
                self.write_each_part(parts, &path);
            }
        }
        around.pop();
    }

    fn write_each_part(&mut self, kind: &Kind, path: &str) {
        match kind {
            Kind::List(item) => self.write(*item, format!("{path}[]"), ""),
            Kind::Tuple(items) => match items.split_first() {
                Some((first, others)) if others.iter().all(|other| self.same(*first, *other)) => {
                    self.write(*first, format!("{path}[]"), "");
                }
                _ => {
                    for (index, item) in items.iter().enumerate() {
                        self.write(*item, format!("{path}[{index}]"), "");
                    }
                }
            },
            Kind::Map { key, value } => {
                if self.text(*key, &mut Vec::new()) != "text" {
                    self.write(*key, format!("{path}{{key}}"), "");
                }
                self.write(*value, format!("{path}{{}}"), "");
            }
            Kind::Document(fields) => self.write_fields(fields, path),
            Kind::Variants(variants) => self.write_variants(variants, path),
            Kind::Simple(_) | Kind::Nullable(_) | Kind::Same(_) | Kind::OneOf(_) => {}
        }
    }

    fn write_fields(&mut self, Fields { fields, tagged, .. }: &Fields, path: &str) {
        let inside = |name: &str| {
            let name = quoted(name);
            if path == ROOT { name.into_owned() } else { format!("{path}.{name}") }
        };
        for (name, field) in fields {
            match field.alias_of {
                Some(first) => self.lines.push(Line::new(inside(name), format!("another name of `{first}`"))),
                None => {
                    self.write(
                        field.value,
                        inside(name),
                        if field.optional { ", may be missing" } else { "" },
                    );
                }
            }
        }
        if let Some((tag, variants)) = tagged {
            self.lines.push(Line::new(inside(tag), "which variant it is"));
            self.write_variants(variants, path);
        }
    }

    fn write_variants(&mut self, Variants { variants, other }: &Variants, path: &str) {
        for (name, content) in variants {
            self.write(*content, format!("{path}({})", quoted(name)), "");
        }
        if *other {
            self.lines.push(Line::new(format!("{path}(*)"), "any other"));
        }
    }

    fn same(&self, one: Id, other: Id) -> bool {
        one == other || self.nodes.get(one) == self.nodes.get(other)
    }
}

fn parts(kind: &Kind) -> Vec<Id> {
    match kind {
        Kind::Simple(_) => Vec::new(),
        Kind::Nullable(id) | Kind::Same(id) | Kind::List(id) => vec![*id],
        Kind::OneOf(ids) | Kind::Tuple(ids) => ids.clone(),
        Kind::Map { key, value } => vec![*key, *value],
        Kind::Document(Fields { fields, tagged, .. }) => {
            let variants = tagged.iter().flat_map(|(_, variants)| variants.variants.values().copied());
            fields.values().map(|field| field.value).chain(variants).collect()
        }
        Kind::Variants(variants) => variants.variants.values().copied().collect(),
    }
}

fn contains_itself(nodes: &[Node], id: Id) -> bool {
    let inside = |id: Id| nodes.get(id).map(|node| parts(&node.kind)).unwrap_or_default();
    let (mut seen, mut open) = (HashSet::new(), inside(id));
    while let Some(next) = open.pop() {
        if next == id {
            return true;
        }
        if seen.insert(next) {
            open.extend(inside(next));
        }
    }
    false
}
