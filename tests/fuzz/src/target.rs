//! The frame of a fuzz target.

/// `main` of a fuzz target: what to check, and how a new input is made of an old one.
///
/// Under `cargo fuzz` that is libFuzzer. Built otherwise, the program checks the files it is given, so that an input
/// can be looked at under a debugger.
#[macro_export]
macro_rules! target {
    ($check:path, $mutate:path) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|input: &[u8]| $check(input));

        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            let mutated = data.get(..size).and_then(|input| $mutate(input, seed.into()));
            match mutated
                .as_deref()
                .and_then(|bytes| Some((bytes, data.get_mut(..bytes.len().min(max_size))?)))
            {
                Some((bytes, place)) if bytes.len() == place.len() => {
                    place.copy_from_slice(bytes);
                    bytes.len()
                }
                // Too large, or nothing that could be taken apart.
                _ => libfuzzer_sys::fuzzer_mutate(data, size, max_size),
            }
        });

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            for path in std::env::args_os().skip(1) {
                $check(&std::fs::read(path)?);
            }
            Ok(())
        }
    };
}
