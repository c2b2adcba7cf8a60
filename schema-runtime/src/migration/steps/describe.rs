//! Values in words: for descriptions, which are a part of a migration's fingerprint, and for errors.
//!
//! Written out here and not left to `Display` of BSON's types: it says the same of numbers of several types, and may change with a
//! release.

use bson::{Binary, Bson, Document};

pub(super) fn document(document: &Document) -> String {
    if document.is_empty() {
        return "{}".to_owned();
    }
    let fields = document.iter().map(|(name, value)| format!("{}: {}", quoted(name), self::value(value)));
    format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
}

pub(super) fn documents(documents: &[Document]) -> String {
    let documents: Vec<_> = documents.iter().map(document).collect();
    format!("[{}]", documents.join(", "))
}

pub(super) fn value(value: &Bson) -> String {
    match value {
        Bson::Document(fields) => document(fields),
        Bson::Array(items) => {
            let items: Vec<_> = items.iter().map(self::value).collect();
            format!("[{}]", items.join(", "))
        }
        Bson::String(text) => quoted(text),
        Bson::Int32(number) => number.to_string(),
        Bson::Int64(number) => format!("NumberLong({number})"),
        Bson::Double(number) => format!("{number:?}"),
        Bson::Decimal128(number) => format!("NumberDecimal({number})"),
        Bson::Boolean(is) => is.to_string(),
        Bson::Null => "null".to_owned(),
        Bson::ObjectId(id) => format!("ObjectId({})", id.to_hex()),
        Bson::DateTime(date) => date
            .try_to_rfc3339_string()
            .map_or_else(|_| format!("Date({})", date.timestamp_millis()), |date| format!("ISODate({date})")),
        Bson::Timestamp(stamp) => format!("Timestamp({}, {})", stamp.time, stamp.increment),
        Bson::Binary(Binary { subtype, bytes }) => {
            let mut hex = String::new();
            bytes.iter().for_each(|byte| hex.push_str(&format!("{byte:02x}")));
            format!("BinData({}, {hex})", u8::from(*subtype))
        }
        Bson::RegularExpression(regex) => format!("/{}/{}", regex.pattern, regex.options),
        Bson::MinKey => "MinKey".to_owned(),
        Bson::MaxKey => "MaxKey".to_owned(),
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for sign in text.chars() {
        match sign {
            '"' | '\\' => quoted.extend(['\\', sign]),
            '\u{0}'..='\u{1f}' | '\u{7f}' => quoted.push_str(&format!("\\u{:04x}", u32::from(sign))),
            sign => quoted.push(sign),
        }
    }
    quoted.push('"');
    quoted
}

/// "one document", "3 documents".
pub(super) fn counted(documents: u64) -> String {
    if documents == 1 { "one document".to_owned() } else { format!("{documents} documents") }
}

#[cfg(test)]
mod tests {
    use bson::{bson, doc};

    use super::*;

    #[test]
    fn values_of_different_types_read_differently() {
        let values =
            [bson!(1), bson!(1_i64), bson!(1.0), bson!("1"), bson!([1]), bson!({ "a": 1 }), bson!(true)];
        let mut texts: Vec<_> = values.iter().map(value).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), values.len());
    }

    #[test]
    fn documents_are_as_in_the_shell() {
        let described = document(&doc! { "a \"b\"": { "$gt": 1_i64 }, "c": ["x\n", null], "d": {} });
        assert_eq!(described, r#"{ "a \"b\"": { "$gt": NumberLong(1) }, "c": ["x\u000a", null], "d": {} }"#);
    }
}
