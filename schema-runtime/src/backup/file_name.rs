//! The names of collections as names of files, as `mongodump` has them: what a file's name cannot have is percent-encoded, and a name that is
//! too long is cut, with a digest in place of the rest. The whole name is in the metadata.

use sha2::{Digest, Sha256};

/// With the longest ending, `.metadata.json.gz`, this is what fits 255 bytes, the most that file systems take.
const LONGEST: usize = 238;
/// How much of a longer name is kept.
const KEPT: usize = 208;
/// What stands before the digest: an encoded `$`, which the name of a collection does not have.
const CUT: &str = "%24";
/// Together with the two above, the digest makes [`LONGEST`].
const DIGEST: usize = LONGEST - KEPT - CUT.len();

/// More than has to be encoded, so that no file system is in doubt.
pub(super) fn encode(collection: &str) -> String {
    let mut name = String::new();
    for byte in collection.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' => name.push(char::from(byte)),
            other => name.push_str(&format!("%{other:02X}")),
        }
    }
    if name.len() <= LONGEST {
        return name;
    }
    let digest: String = Sha256::digest(collection).iter().map(|byte| format!("{byte:02x}")).collect();
    name.chars().take(KEPT).chain(CUT.chars()).chain(digest.chars().take(DIGEST)).collect()
}

/// The name of the collection; `None` for what is no such name, or was cut.
pub(super) fn decode(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|_| name.len() < LONGEST || name.get(KEPT..KEPT + CUT.len()) != Some(CUT))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_file_cannot_be_called_is_encoded() {
        assert_eq!(encode("products"), "products");
        assert_eq!(encode("a/b:c%d e"), "a%2Fb%3Ac%25d%20e");
        assert_eq!(encode("\u{e4}"), "%C3%A4");
        assert_eq!(decode("a%2fb%3Ac%25d%20e").as_deref(), Some("a/b:c%d e"));
        for wrong in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let (one, other) = (encode(&"/".repeat(200)), encode(&"/".repeat(201)));
        assert!(one != other && one.len() == LONGEST && other.len() == LONGEST, "{one} {other}");
        assert_eq!(decode(&one), None);
    }

    proptest! {
        #[test]
        fn names_come_back(name in "\\PC{1,40}") {
            let encoded = encode(&name);
            // One of this length may have been cut.
            prop_assert!(decode(&encoded).map_or(encoded.len() == LONGEST, |decoded| decoded == name));
            prop_assert!(!encoded.contains(['/', '\\', ':']));
        }
    }
}
