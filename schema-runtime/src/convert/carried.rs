//! Lists that the framework itself carries element by element, so that no element changes its place.

use schema_core::history::{Rule, Step, Version};

use crate::difference::{Path, Segment};

/// Whether every step from version `stored` on carries the list at this place, under the same name.
pub(super) fn carries_elements(current: &'static Version, stored: u32, list: &Path) -> bool {
    let Some((Segment::Field(name), inside)) = list.segments().split_first() else { return false };
    let mut steps = current.versions().take_while(|version| version.version > stored);
    steps.all(|version| carried_in(version, name, inside))
}

/// Whether the list keeps its elements in place on the way up from `version` to the current one, and on the way back.
pub(super) fn carries_elements_back(current: &'static Version, version: u32, list: &Path) -> bool {
    let Some(Segment::Field(name)) = list.segments().first() else { return false };
    let mut steps = current.versions().take_while(|step| step.version > version);
    carries_elements(current, version, list) && steps.all(|step| carried_back_in(step, name))
}

/// Whether the way back has no function of its own for the field.
fn carried_back_in(version: &'static Version, name: &str) -> bool {
    let field = version.fields.iter().find(|field| field.stored_as == Some(name));
    match (field.map(|field| (field.rule, field.back_with)), version.step) {
        (Some((Rule::Carried { from }, None)), Step::Derived { back: Some(written), .. }) => {
            !written.iter().any(|(old, _)| *old == from)
        }
        _ => false,
    }
}

fn carried_in(version: &'static Version, name: &str, inside: &[Segment]) -> bool {
    let field = version.fields.iter().find(|field| field.stored_as == Some(name));
    let Some((Rule::Carried { from }, field)) = field.map(|field| (field.rule, field)) else { return false };
    let old = version.previous.and_then(|previous| previous.field(from));
    old.is_some_and(|old| {
        // One that is written by a function of its own may be written in any order.
        let plain = |serde: &[&str]| !serde.iter().any(|attribute| attribute.contains("with"));
        old.stored_as == Some(name)
            && [old, field].iter().all(|field| is_list(field.ty, inside) && plain(field.serde))
    })
}

/// Whether there is a list at this place of a value of type `ty`, as the type is written. These are the containers
/// that carrying goes into; nobody can convert between two of them in another way, because they are not theirs.
fn is_list(ty: &str, inside: &[Segment]) -> bool {
    if let Some(element) = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
        let element = element.rsplit_once(';').map_or(element, |(element, _)| element);
        return is_list_of(element, inside);
    }
    let Some((container, arguments)) = ty.strip_suffix('>').and_then(|ty| ty.split_once('<')) else {
        return false;
    };
    match (container.rsplit("::").next(), inside) {
        (Some("Option" | "Box"), inside) => is_list(arguments, inside),
        (Some("Vec"), inside) => is_list_of(arguments, inside),
        (Some("HashMap" | "BTreeMap"), [Segment::Field(_), inside @ ..]) => {
            second(arguments).is_some_and(|value| is_list(value, inside))
        }
        _ => false,
    }
}

fn is_list_of(element: &str, inside: &[Segment]) -> bool {
    match inside {
        [] => true,
        [Segment::Element(_), inside @ ..] => is_list(element, inside),
        [Segment::Field(_), ..] => false,
    }
}

/// The second of the arguments in angle brackets.
fn second(arguments: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut parts = arguments.split(|sign: char| {
        match sign {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        sign == ',' && depth == 0
    });
    parts.nth(1).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ty: &str, path: &[&str]) -> bool {
        let segment = |part: &&str| match part.parse() {
            Ok(index) => Segment::Element(index),
            Err(_) => Segment::Field((*part).to_owned()),
        };
        is_list(ty, &path.iter().map(segment).collect::<Vec<_>>())
    }

    #[test]
    fn lists_are_found_inside_the_containers_that_are_lifted() {
        assert!(at("Vec<Leg>", &[]) && at("Option<Box<[Leg; 3]>>", &[]) && at("std::vec::Vec<Leg>", &[]));
        assert!(at("Vec<Vec<Leg>>", &["0"]) && at("[Vec<Leg>; 2]", &["1"]));
        assert!(at("HashMap<(u8, u8), Option<Vec<Leg>>, State>", &["a"]));
        assert!(at("Vec<BTreeMap<String, [Leg; 2]>>", &["0", "a"]));
    }

    #[test]
    fn everything_else_is_not_known() {
        assert!(!at("Legs", &[]) && !at("HashSet<Leg>", &[]) && !at("HashMap<String, Leg>", &[]));
        assert!(!at("Vec<Leg>", &["0"]) && !at("Vec<Leg>", &["0", "stops"]) && !at("Vec<Leg>", &["stops"]));
        assert!(!at("HashMap<String, Vec<Leg>>", &[]) && !at("", &[]) && !at("Vec", &[]));
    }
}
