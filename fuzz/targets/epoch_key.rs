//! `epoch_key` of `ballast_decoders`, on inputs of a fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ballast_decoders::decoder("epoch_key").map(|decoder| (decoder.accepts)(bytes));
});
