//! Whether an expression has the same value for every document, judged by its text. Its values do not show it: two that
//! are taken of a clock or of the environment in one instant are the same.

/// Only what is certain: literals, the names of constants, and what the standard library makes of a text literal.
pub(crate) fn is_constant(expression: &str) -> bool {
    let inside = |start, end| expression.strip_prefix(start).and_then(|rest: &str| rest.strip_suffix(end));
    is_number(expression)
        || is_text(expression)
        || is_path(expression)
        || ["String::new()", "Vec::new()", "vec![]"].contains(&expression)
        || inside("Some(", ")").is_some_and(is_constant)
        || inside("String::from(", ")").is_some_and(is_text)
        || [".to_owned()", ".to_string()", ".into()"].iter().any(|end| inside("", end).is_some_and(is_text))
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|sign: char| sign.is_ascii_digit())
        && digits.chars().all(|sign| sign.is_ascii_alphanumeric() || "._".contains(sign))
}

fn is_text(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let mut escaped = false;
    let ends = inside.chars().any(|sign| {
        let ends = sign == '"' && !escaped;
        escaped = sign == '\\' && !escaped;
        ends
    });
    !ends && !escaped
}

/// A path alone calls nothing: it is `true`, `None`, a constant, a static, or a variant without fields.
fn is_path(text: &str) -> bool {
    text.split("::").all(|name| {
        name.starts_with(|sign: char| sign.is_alphabetic() || sign == '_')
            && name.chars().all(|sign| sign.is_alphanumeric() || sign == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::is_constant;

    #[test]
    fn these_are() {
        for expression in [
            "1",
            "-1",
            "1.5",
            "1_000i64",
            "0xff",
            "true",
            "None",
            "Some(-3)",
            "i32::MAX",
            "Status::Active",
            "DEFAULT",
            "\"EUR\".to_owned()",
            "\"a \\\" b\".into()",
            "String::from(\"a\")",
            "String::new()",
            "vec![]",
            "\"a\\\\\"",
        ] {
            assert!(is_constant(expression), "{expression}");
        }
    }

    #[test]
    fn these_may_not_be() {
        for expression in [
            "ObjectId::new()",
            "now()",
            "DateTime::now()",
            "Some(now())",
            "env!(\"HOME\").to_owned()",
            "\"a\".to_owned() + &now()",
            "\"a\".parse().unwrap_or(now()).to_owned()",
            "\"a\".repeat(now(\"b\")",
            "{ now() }",
            "*NOW",
            "NOW.clone()",
            "<T as Clock>::NOW",
            "|| 1",
            "[now(), 1]",
            "",
        ] {
            assert!(!is_constant(expression), "{expression}");
        }
    }
}
