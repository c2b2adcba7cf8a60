//! What is said about a type, so that it fits the next version of it.

use crate::scaffold::text::words;

/// `first`: whether it is the first line. `names`: the name of the type, and what it is to become.
pub(super) fn adapted(comment: &str, first: bool, version: u32, names: Option<(&String, &String)>) -> String {
    let mut adapted = comment.to_owned();
    if let Some((was, new)) = names {
        adapted = replaced(&adapted, was, new);
    }
    if first {
        let next = version.saturating_add(1);
        for word in ["Version", "version"] {
            adapted = replaced(&adapted, &format!("{word} {version}"), &format!("{word} {next}"));
        }
    }
    adapted
}

fn replaced(text: &str, name: &str, with: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    for range in words(text, name) {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(with);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_and_the_number_in_the_first_line_change() {
        let names = ("ProductV2".to_owned(), "ProductV3".to_owned());
        let adapted = |text, first| adapted(text, first, 2, Some((&names.0, &names.1)));
        assert_eq!(adapted("/// Version 2 of a product", true), "/// Version 3 of a product");
        assert_eq!(adapted("/// Has tags since version 2", false), "/// Has tags since version 2");
        assert_eq!(adapted("/// Version 22, [`ProductV2`]", true), "/// Version 22, [`ProductV3`]");
        assert_eq!(
            adapted("/// `ProductV22` replaced ProductV1", true),
            "/// `ProductV22` replaced ProductV1"
        );
    }
}
