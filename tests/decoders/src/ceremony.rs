//! Files of a setup: powers of tau, keys of snarkjs, stored proving keys.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use anyhow::Result;
use ark_bn254::{Fq, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInt, Field, PrimeField};
use ballast_core::circuit::Class;
use ballast_prover::{
    circuit::shape::SHAPES,
    key_file,
    setup::{
        ceremony::{expect_zkey, import_zkey},
        ptau::Ptau,
        r1cs::R1cs,
    },
};

use tempfile::TempDir;

use crate::{Seed, folder, said};

/// Power of the powers of tau: a domain of four points.
const POWER: u32 = 2;
const DOMAIN: u64 = 1 << POWER;
/// The one constraint: a private wire times itself is the public one. Wires: 1, public, private.
const WIRES: usize = 3;
const PUBLIC_INPUTS: usize = 1;

/// Powers of tau, as far as they can be read.
pub fn ptau(bytes: &[u8]) -> bool {
    let Ok((_folder, path)) = written(bytes) else { return false };
    let read = Ptau::open(&path).and_then(|mut opened| {
        let _ = opened.contributions().iter().map(ToString::to_string).collect::<Vec<_>>();
        opened.expect_prepared(POWER)?;
        opened.powers(5)?;
        opened.phase1(POWER)
    });
    said(read).is_some()
}

/// A key of snarkjs's, as far as it can be read beside the powers of tau of the seeds. Those of the
/// seeds have points that are none of a setup's: what counts is whether they are keys.
pub fn zkey(bytes: &[u8]) -> bool {
    let Ok((_folder, path)) = written(bytes) else { return false };
    let Ok((_other, powers)) = written(&POWERS) else { return false };
    let Some(mut powers) = said(Ptau::open(&powers)) else { return false };
    import(&path, &mut powers);
    said(expect_zkey(&path)).is_some()
}

/// A file with these bytes, in a folder that goes with the first value.
fn written(bytes: &[u8]) -> std::io::Result<(TempDir, PathBuf)> {
    let folder = folder()?;
    let path = folder.path().join("file");
    fs::write(&path, bytes)?;
    Ok((folder, path))
}

fn import(zkey: &Path, ptau: &mut Ptau) {
    let one = Fr::ONE;
    let matrices = [vec![vec![(one, 2)]], vec![vec![(one, 2)]], vec![vec![(one, 1)]]];
    if let Some(r1cs) = R1cs::new(&matrices, PUBLIC_INPUTS + 1, WIRES) {
        said(import_zkey(zkey, &r1cs, ptau));
    }
}

pub fn ptau_seeds() -> Result<Vec<Seed>> {
    Ok(vec![
        Seed::new("powers of tau", POWERS.clone(), true),
        Seed::new("a web page", "<!DOCTYPE html><title>404 Not Found</title>", false),
        Seed::new("a pointer to large storage", "version https://git-lfs.github.com/spec/v1\nsize 604000000\n", false),
    ])
}

pub fn zkey_seeds() -> Result<Vec<Seed>> {
    Ok(vec![Seed::new("key", KEY.clone(), true), Seed::new("powers of tau", POWERS.clone(), false)])
}

/// Powers of a known tau, as snarkjs stores them.
static POWERS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let [tau, alpha, beta] = [5u64, 7, 11].map(Fr::from);
    let powers = |factor: Fr, count: u64| (0..count).flat_map(move |i| g1(factor * tau.pow([i]))).collect::<Vec<u8>>();
    let mut contribution = [g1(tau), g2(tau), g1(alpha), g1(beta), g2(beta)].concat();
    contribution.resize(contribution.len() + 6 * 64 + 3 * 128 + 216 + 64, 0);
    // Of kind 0, with a name.
    contribution.extend([0u32.to_le_bytes(), 5u32.to_le_bytes()].concat());
    contribution.extend(*b"\x01\x03who");
    container(
        b"ptau",
        vec![
            (1, [&field::<Fq>()[..], &POWER.to_le_bytes(), &POWER.to_le_bytes()].concat()),
            (2, powers(Fr::ONE, 2 * DOMAIN - 1)),
            (3, (0..DOMAIN).flat_map(|i| g2(tau.pow([i]))).collect()),
            (4, powers(alpha, DOMAIN)),
            (5, powers(beta, DOMAIN)),
            (6, g2(beta)),
            (7, [&1u32.to_le_bytes()[..], &contribution].concat()),
            (12, vec![]),
            (13, vec![]),
            (14, vec![]),
            (15, vec![]),
        ],
    )
});

/// A key of the right form whose points are multiples of the generators.
static KEY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let points = |count: usize| (1..=count as u64).flat_map(|i| g1(i.into())).collect::<Vec<u8>>();
    let u32s = |values: &[u32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let [alpha, beta, gamma, delta] = [7u64, 11, 1, 13].map(Fr::from);
    let header = [
        field::<Fq>(),
        field::<Fr>(),
        u32s(&[WIRES as u32, PUBLIC_INPUTS as u32, DOMAIN as u32]),
        g1(alpha),
        g1(beta),
        g2(beta),
        g2(gamma),
        g1(delta),
        g2(delta),
    ];
    // c R^2, for c = 1.
    let coefficient = stored(Fr::ONE / Fr::new_unchecked(BigInt::new([1, 0, 0, 0])));
    let entry = |matrix, row, wire| [u32s(&[matrix, row, wire]), coefficient.clone()].concat();
    let coefficients = [u32s(&[4]), entry(0, 0, 2), entry(1, 0, 2), entry(0, 1, 0), entry(0, 2, 1)].concat();
    let contribution = [&[0; 64][..], &u32s(&[1]), &g1(delta), &[0; 2 * 64 + 128 + 64], &u32s(&[0, 0])].concat();
    container(
        b"zkey",
        vec![
            (1, u32s(&[1])),
            (2, header.concat()),
            (3, points(PUBLIC_INPUTS + 1)),
            (4, coefficients),
            (5, points(WIRES)),
            (6, points(WIRES)),
            (7, (1..=WIRES as u64).flat_map(|i| g2(i.into())).collect()),
            (8, points(WIRES - 1 - PUBLIC_INPUTS)),
            (9, points(DOMAIN as usize)),
            (10, contribution),
        ],
    )
});

fn container(letters: &[u8; 4], sections: Vec<(u32, Vec<u8>)>) -> Vec<u8> {
    let mut bytes = [&letters[..], &1u32.to_le_bytes(), &(sections.len() as u32).to_le_bytes()].concat();
    for (number, section) in sections {
        bytes.extend(number.to_le_bytes());
        bytes.extend((section.len() as u64).to_le_bytes());
        bytes.extend(section);
    }
    bytes
}

/// Size and order of a field.
fn field<F: PrimeField<BigInt = BigInt<4>>>() -> Vec<u8> {
    [&32u32.to_le_bytes()[..], &F::MODULUS.0.map(u64::to_le_bytes).concat()].concat()
}

fn g1(factor: Fr) -> Vec<u8> {
    let point: G1Affine = (G1Projective::from(G1Affine::generator()) * factor).into_affine();
    let (x, y) = point.xy().unwrap_or_default();
    [base(x), base(y)].concat()
}

fn g2(factor: Fr) -> Vec<u8> {
    let point: G2Affine = (G2Projective::from(G2Affine::generator()) * factor).into_affine();
    let (x, y) = point.xy().unwrap_or_default();
    [base(x.c0), base(x.c1), base(y.c0), base(y.c1)].concat()
}

/// As snarkjs stores it: Montgomery form, little-endian.
fn base(element: Fq) -> Vec<u8> {
    element.0.0.map(u64::to_le_bytes).concat()
}

fn stored(element: Fr) -> Vec<u8> {
    element.0.0.map(u64::to_le_bytes).concat()
}

/// A stored proving key of the smallest class. Its first millions of bytes are points: inputs end
/// within them.
pub fn key_file(bytes: &[u8]) -> bool {
    let Ok((_folder, path)) = written(bytes) else { return false };
    said(key_file::load(&path, Class::SMALLEST)).is_some()
}

pub fn key_file_seeds() -> Result<Vec<Seed>> {
    const LINES: [&str; 2] = [
        "BALLAST PROVING KEY v2: INSECURE DEVELOPMENT SETUP, its secret is public, for tests and demonstrations only\n",
        "BALLAST PROVING KEY v2: made by a ceremony; compare the transcript's digest with the published one before use\n",
    ];
    let seed = |line: &str| {
        let [shape, ..] = SHAPES;
        let powers = (ballast_prover::kzg::srs_length(shape.depth) as u64).to_be_bytes();
        let header = [line.as_bytes(), &[shape.depth], &[6; 32], &shape.digest, &powers].concat();
        // Two powers of tau as arkworks writes them: canonical and little-endian.
        let point: Vec<u8> = [1u8, 2].into_iter().flat_map(|x| std::iter::once(x).chain([0; 31])).collect();
        Seed::new(line.split([';', ',']).next().unwrap_or(line), [header, point.clone(), point].concat(), false)
    };
    Ok(LINES.map(seed).into())
}
