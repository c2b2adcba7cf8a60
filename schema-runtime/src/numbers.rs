//! Numbers in the server's answers, which come as any of three types.

use bson::Bson;

pub(crate) fn integer(value: &Bson) -> Option<i64> {
    match value {
        Bson::Int32(value) => Some((*value).into()),
        Bson::Int64(value) => Some(*value),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "integral, and within what a double counts exactly"
        )]
        Bson::Double(value) if value.fract() == 0.0 && value.abs() < 9.0e15 => Some(*value as i64),
        _ => None,
    }
}
