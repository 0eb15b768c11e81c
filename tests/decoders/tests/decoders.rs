//! The short form of fuzzing: every seed, seeds with something changed, and whatever a fuzzer ever
//! found.

use std::{
    fs,
    path::{Path, PathBuf},
};

use ballast_decoders::{DECODERS, Decoder, Seed, decoder};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Changed inputs of each decoder.
const CHANGED: usize = 300;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn seeds(decoder: &Decoder) -> Vec<Seed> {
    let seeds = (decoder.seeds)().unwrap();
    assert!(!seeds.is_empty(), "{}", decoder.name);
    seeds
}

#[test]
fn every_seed_is_accepted_or_refused_as_it_says() {
    for decoder in DECODERS {
        for seed in seeds(&decoder) {
            let accepted = (decoder.accepts)(&seed.bytes);
            assert_eq!(accepted, seed.accepted, "{}: {}", decoder.name, seed.name);
        }
    }
}

#[test]
fn no_changed_seed_breaks_a_decoder() {
    let mut random = StdRng::seed_from_u64(1);
    for decoder in DECODERS {
        let seeds = seeds(&decoder);
        for number in 0..CHANGED {
            let mut bytes = seeds[number % seeds.len()].bytes.clone();
            change(&mut bytes, &mut random);
            (decoder.accepts)(&bytes);
        }
    }
}

/// Cuts, repeats or overwrites a piece, or flips some bits.
fn change(bytes: &mut Vec<u8>, random: &mut StdRng) {
    let place = |bytes: &[u8], random: &mut StdRng| random.gen_range(0..=bytes.len());
    for _ in 0..random.gen_range(1..4) {
        let (one, other) = (place(bytes, random), place(bytes, random));
        let (start, end) = (one.min(other), one.max(other));
        match random.gen_range(0..5) {
            0 => bytes.truncate(end),
            1 => drop(bytes.drain(start..end.min(start + 64))),
            2 => {
                let piece = bytes[start..end.min(start + 64)].to_vec();
                bytes.splice(start..start, piece);
            }
            3 => bytes[start..end.min(start + 8)].fill([0, 0xff, b'9', b'"'][random.gen_range(0..4)]),
            _ => {
                if let Some(byte) = bytes.get_mut(start) {
                    *byte ^= 1 << random.gen_range(0..8);
                }
            }
        }
    }
}

#[test]
fn nothing_that_was_found_breaks_a_decoder_again() {
    let folders = fs::read_dir(fuzz().join("found")).unwrap().map(|entry| entry.unwrap().path());
    for folder in folders.filter(|path| path.is_dir()) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let decoder = decoder(&name).unwrap_or_else(|| panic!("{name} is no decoder"));
        for input in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            (decoder.accepts)(&fs::read(input).unwrap());
        }
    }
}

#[test]
fn every_decoder_is_a_fuzz_target() {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for Decoder { name, .. } in DECODERS {
        assert!(fuzz().join(format!("targets/{name}.rs")).is_file(), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"targets/{name}.rs\"")), "{name}");
    }
    assert_eq!(fs::read_dir(fuzz().join("targets")).unwrap().count(), DECODERS.len());
}
