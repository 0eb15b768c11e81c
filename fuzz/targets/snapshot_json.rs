//! `snapshot_json` of `ballast_decoders`, on inputs of a fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ballast_decoders::decoder("snapshot_json").map(|decoder| (decoder.accepts)(bytes));
});
