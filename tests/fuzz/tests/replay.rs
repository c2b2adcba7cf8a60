//! The inputs that were kept, checked again: those that once failed, and those with which the fuzzer reached all it
//! reached.

use std::{fs, io, panic::catch_unwind, path::Path};

use schema_fuzz::{attributes, decode, peek};

/// Every file in the corpus of a target, with the names of those that fail.
fn replay(target: &str, check: fn(&[u8])) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut replayed = 0;
    let mut failed = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let input = fs::read(&path)?;
        replayed += 1;
        if catch_unwind(|| check(&input)).is_err() {
            failed.push(path);
        }
    }
    assert!(replayed > 100, "{replayed} inputs are no corpus");
    assert!(failed.is_empty(), "{failed:#?}");
    Ok(())
}

#[test]
fn peek_holds() -> io::Result<()> {
    replay("peek", peek::check)
}

#[test]
fn decode_holds() -> io::Result<()> {
    replay("decode", decode::check)
}

#[test]
fn the_derives_hold() -> io::Result<()> {
    replay("attributes", attributes::check)
}

/// What the fuzzer starts from is no dead end.
#[test]
fn the_examples_are_documents_of_each_version() {
    let examples = decode::examples();
    assert_eq!(examples.len(), 10);
    for example in examples {
        assert!(decode::is_read(example.as_bytes()), "{example:?}");
        decode::check(example.as_bytes());
        peek::check(example.as_bytes());
    }
}
