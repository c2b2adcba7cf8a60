//! How serde makes the stored names of fields out of their Rust names.

use syn::LitStr;

/// serde's `rename_all` rules for fields, which start from snake case
/// (<https://serde.rs/container-attrs.html#rename_all>).
#[derive(Clone, Copy, Default)]
pub(super) enum Case {
    #[default]
    AsIs,
    Upper,
    Pascal,
    Camel,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    pub(super) fn parse(rule: Option<&LitStr>) -> syn::Result<Self> {
        let Some(rule) = rule else { return Ok(Self::AsIs) };
        Ok(match rule.value().as_str() {
            "lowercase" | "snake_case" => Self::AsIs,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            // serde's derive has its own words for it, under the same token.
            _ => Self::AsIs,
        })
    }

    pub(super) fn apply(self, field: &str) -> String {
        match self {
            Self::AsIs => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => pascal(field),
            Self::Camel => {
                let pascal = pascal(field);
                let mut letters = pascal.chars();
                letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
            }
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn pascal(field: &str) -> String {
    let mut result = String::new();
    let mut start_of_word = true;
    for letter in field.chars() {
        if letter == '_' {
            start_of_word = true;
        } else if start_of_word {
            result.push(letter.to_ascii_uppercase());
            start_of_word = false;
        } else {
            result.push(letter);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::Case;

    #[test]
    fn cases_are_those_of_serde() {
        // The table of serde's own documentation.
        let cases = [
            (Case::AsIs, "very_tasty"),
            (Case::Upper, "VERY_TASTY"),
            (Case::Pascal, "VeryTasty"),
            (Case::Camel, "veryTasty"),
            (Case::ScreamingSnake, "VERY_TASTY"),
            (Case::Kebab, "very-tasty"),
            (Case::ScreamingKebab, "VERY-TASTY"),
        ];
        for (case, expected) in cases {
            assert_eq!(case.apply("very_tasty"), expected);
        }
        assert_eq!(Case::Camel.apply("z42"), "z42");
        assert_eq!(Case::Camel.apply("_id"), "id");
    }
}
