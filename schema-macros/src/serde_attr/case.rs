//! How serde makes the stored names of fields out of their Rust names.

use syn::LitStr;

/// serde's `rename_all` rules; those for fields start from snake case
/// (<https://serde.rs/container-attrs.html#rename_all>).
#[derive(Clone, Copy, Default)]
pub(super) enum Case {
    #[default]
    AsIs,
    Lower,
    Snake,
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
            "lowercase" => Self::Lower,
            "snake_case" => Self::Snake,
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
            Self::AsIs | Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => pascal(field),
            Self::Camel => with_small_start(&pascal(field)),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// The same rules for variants, which start from Pascal case.
    pub(super) fn apply_to_variant(self, variant: &str) -> String {
        match self {
            Self::AsIs | Self::Pascal => variant.to_owned(),
            Self::Lower => variant.to_ascii_lowercase(),
            Self::Upper => variant.to_ascii_uppercase(),
            Self::Camel => with_small_start(variant),
            Self::Snake => snake(variant),
            Self::ScreamingSnake => snake(variant).to_ascii_uppercase(),
            Self::Kebab => snake(variant).replace('_', "-"),
            Self::ScreamingKebab => snake(variant).to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn with_small_start(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

fn snake(variant: &str) -> String {
    let mut result = String::new();
    for (position, letter) in variant.char_indices() {
        if letter.is_uppercase() && position > 0 {
            result.push('_');
        }
        result.push(letter.to_ascii_lowercase());
    }
    result
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
            (Case::Snake, "very_tasty"),
            (Case::Pascal, "VeryTasty"),
            (Case::Camel, "veryTasty"),
            (Case::ScreamingSnake, "VERY_TASTY"),
            (Case::Kebab, "very-tasty"),
            (Case::ScreamingKebab, "VERY-TASTY"),
        ];
        for (case, expected) in cases {
            assert_eq!(case.apply("very_tasty"), expected);
            assert_eq!(case.apply_to_variant("VeryTasty"), expected);
        }
        assert_eq!(Case::AsIs.apply_to_variant("VeryTasty"), "VeryTasty");
        assert_eq!(Case::Lower.apply_to_variant("VeryTasty"), "verytasty");
        assert_eq!(Case::Upper.apply_to_variant("VeryTasty"), "VERYTASTY");
        assert_eq!(Case::Lower.apply("very_tasty"), "very_tasty");
        assert_eq!(Case::Upper.apply("very_tasty"), "VERY_TASTY");
        assert_eq!(Case::Camel.apply("z42"), "z42");
        assert_eq!(Case::Camel.apply("_id"), "id");
    }
}
