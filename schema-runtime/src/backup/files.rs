//! What the files of a backup are called, here and by `mongodump`: `shop/products.bson.gz`, `shop/products.metadata.json.gz`.

use super::{
    catalog::{BUCKETS, Entry},
    file_name::{decode, encode},
};

const DATA: &str = ".bson";
const METADATA: &str = ".metadata.json";
const GZIP: &str = ".gz";

/// Where the documents are, from the folder on.
pub(super) fn data(database: &str, entry: &Entry) -> String {
    format!("{database}/{}{DATA}{GZIP}", encode(&entry.stored_in()))
}

/// Where options and indexes are, from the folder on.
pub(super) fn metadata(database: &str, entry: &Entry) -> String {
    format!("{database}/{}{METADATA}{GZIP}", encode(&entry.name))
}

/// What a file of a backup is, by its name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    Data,
    Metadata,
}

/// The content of a file, the name of its collection as far as the file's name has it, and the name without its ending, which the two
/// files of a collection have in common.
pub(super) fn content(file: &str) -> Option<(Content, Option<String>, &str)> {
    let plain = file.strip_suffix(GZIP).unwrap_or(file);
    let (content, stem) = match (plain.strip_suffix(METADATA), plain.strip_suffix(DATA)) {
        (Some(stem), _) => (Content::Metadata, stem),
        (None, Some(stem)) => (Content::Data, stem),
        (None, None) => return None,
    };
    // The documents of a time-series collection are in a file of another name than its options.
    let stem = stem.strip_prefix(BUCKETS).unwrap_or(stem);
    Some((content, decode(stem), stem))
}

pub(super) fn is_compressed(file: &str) -> bool {
    file.ends_with(GZIP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_it_is() {
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(content("a%2Fb.bson.gz"), Some((Content::Data, named("a/b"), "a%2Fb")));
        assert_eq!(content("a.bson"), Some((Content::Data, named("a"), "a")));
        assert_eq!(content("a.bson.metadata.json"), Some((Content::Metadata, named("a.bson"), "a.bson")));
        assert_eq!(content("system.buckets.w.bson"), Some((Content::Data, named("w"), "w")));
        assert_eq!(content("manifest.json"), None);
    }
}
