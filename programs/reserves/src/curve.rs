//! Whether points are where they must be, by the alt_bn128 syscalls.

use ballast_core::{
    Refusal,
    circuit::{VerifyingKey, key_point},
    curve::{G1_LENGTH, PAIR_LENGTH, on_twist},
};
use solana_bn254::prelude::{alt_bn128_g1_addition_be, alt_bn128_pairing_be};

/// Whether `point` is on the curve of G1, which is its whole subgroup. The point at infinity is.
pub fn in_g1(point: &[u8]) -> bool {
    let mut input = [0; 2 * G1_LENGTH];
    input[..G1_LENGTH].copy_from_slice(point);
    alt_bn128_g1_addition_be(&input).is_ok()
}

/// Whether every one of `points` is on the curve of G2 and in the subgroup of order r. The point at
/// infinity is.
pub fn in_g2(points: &[&[u8]]) -> bool {
    // Paired with infinity a point adds nothing, but the syscall looks at it all the same.
    let mut input = vec![0; PAIR_LENGTH * points.len()];
    for (pair, point) in input.chunks_exact_mut(PAIR_LENGTH).zip(points) {
        pair[G1_LENGTH..].copy_from_slice(point);
    }
    alt_bn128_pairing_be(&input).is_ok()
}

/// Checks what [`VerifyingKey::new`] leaves open: every point is on its curve, and points of G2 are
/// in the subgroup.
pub fn check_key_points(key: &VerifyingKey) -> Result<(), Refusal> {
    let g2 = [key.beta(), key.gamma(), key.delta(), key.tau()];
    if !in_g2(&g2) {
        let numbers = [key_point::BETA, key_point::GAMMA, key_point::DELTA, key_point::TAU];
        for (point, bytes) in numbers.into_iter().zip(g2) {
            if !bytes.try_into().is_ok_and(on_twist) {
                return Err(Refusal::KeyPointNotOnCurve { point });
            }
            if !in_g2(&[bytes]) {
                return Err(Refusal::KeyPointOutsideSubgroup { point });
            }
        }
    }
    let alpha = std::iter::once((key_point::ALPHA, key.alpha()));
    for (point, bytes) in alpha.chain((key_point::FIRST_INPUT..).zip(key.inputs())) {
        if !in_g1(bytes) {
            return Err(Refusal::KeyPointNotOnCurve { point });
        }
    }
    Ok(())
}
