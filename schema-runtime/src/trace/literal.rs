//! The stored form of an expression that is a literal, read off its text and the type it has to have.

use bson::Bson;

use super::kind::{Kind, TEXT};

/// `None` for all that has to be run to be known, and for text with escapes.
pub(crate) fn literal_value(expression: &str, ty: &str) -> Option<Bson> {
    of_kind(expression, &Kind::of(ty)?)
}

fn of_kind(expression: &str, kind: &Kind) -> Option<Bson> {
    let number = |suffix: &str| expression.replace('_', "").trim_end_matches(suffix).to_owned();
    match kind {
        Kind::Nullable(_) if expression == "None" => Some(Bson::Null),
        Kind::Nullable(kind) => {
            of_kind(expression.strip_prefix("Some(").and_then(|rest| rest.strip_suffix(')'))?, kind)
        }
        Kind::List(_) => ["vec![]", "Vec::new()"].contains(&expression).then(|| Bson::Array(Vec::new())),
        kind if *kind == TEXT => text(expression).map(Bson::from),
        Kind::Scalar("bool") => expression.parse::<bool>().ok().map(Bson::from),
        Kind::Scalar("int") => number("i32").parse::<i32>().ok().map(Bson::from),
        Kind::Scalar("long") => number("i64").parse::<i64>().ok().map(Bson::from),
        Kind::Scalar("double") => {
            let number = number("f64");
            let starts = number.trim_start_matches('-').starts_with(|sign: char| sign.is_ascii_digit());
            number.parse::<f64>().ok().filter(|_| starts).map(Bson::from)
        }
        Kind::Scalar(_) => None,
    }
}

fn text(expression: &str) -> Option<&str> {
    if expression == "String::new()" {
        return Some("");
    }
    let from = expression.strip_prefix("String::from(").and_then(|rest| rest.strip_suffix(')'));
    let owned =
        || [".to_owned()", ".to_string()", ".into()"].iter().find_map(|end| expression.strip_suffix(end));
    let literal = from.or_else(owned)?;
    let inside = literal.strip_prefix('"')?.strip_suffix('"')?;
    (!inside.contains(['"', '\\'])).then_some(inside)
}

#[cfg(test)]
mod tests {
    use std::any::type_name;

    use super::*;

    fn value<T>(expression: &str) -> Option<Bson> {
        literal_value(expression, type_name::<T>())
    }

    #[test]
    fn literals_are_read_as_their_type() {
        assert_eq!(value::<String>("\"EUR\".to_owned()"), Some(Bson::from("EUR")));
        assert_eq!(value::<String>("String::from(\"\")"), Some(Bson::from("")));
        assert_eq!(value::<Option<i32>>("Some(-3)"), Some(Bson::Int32(-3)));
        assert_eq!(value::<Option<i32>>("None"), Some(Bson::Null));
        assert_eq!(value::<i64>("1_000i64"), Some(Bson::Int64(1000)));
        assert_eq!(value::<f64>("1.5"), Some(Bson::Double(1.5)));
        assert_eq!(value::<bool>("true"), Some(Bson::Boolean(true)));
        assert_eq!(value::<Vec<String>>("vec![]"), Some(Bson::Array(Vec::new())));
    }

    #[test]
    fn all_else_is_not() {
        assert_eq!(value::<i64>("NEVER"), None);
        assert_eq!(value::<i32>("0xff"), None);
        assert_eq!(value::<f64>("f64::NAN"), None);
        assert_eq!(value::<f64>("NAN"), None);
        assert_eq!(value::<String>("\"a\\n\".to_owned()"), None);
        assert_eq!(value::<String>("\"a\".to_owned() + \"b\".to_owned()"), None);
        assert_eq!(value::<Option<i32>>("3"), None);
    }
}
