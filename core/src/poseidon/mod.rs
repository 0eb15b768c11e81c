//! Poseidon over F with circomlib's parameters (Grassi et al., eprint 2019/458; x^5, 8 full
//! rounds).

#[cfg(all(feature = "ark", not(target_os = "solana")))]
pub mod permutation;

use crate::field::Element;

/// The digest of N elements, 1 <= N <= 12.
#[cfg(all(feature = "ark", not(target_os = "solana")))]
pub fn hash<const N: usize>(inputs: &[Element; N]) -> Element {
    const { assert!(N >= 1 && N <= 12) };
    permutation::hash(&inputs.map(ark_bn254::Fr::from)).expect("there are parameters for 1 to 12 inputs").into()
}

/// The digest of N elements, 1 <= N <= 12, by the syscall.
#[cfg(target_os = "solana")]
pub fn hash<const N: usize>(inputs: &[Element; N]) -> Element {
    use solana_poseidon::{Endianness, Parameters, hashv};
    const { assert!(N >= 1 && N <= 12) };
    let parts = inputs.each_ref().map(|input| input.as_bytes().as_slice());
    hashv(Parameters::Bn254X5, Endianness::BigEndian, &parts)
        .ok()
        .and_then(|digest| Element::new(digest.to_bytes()).ok())
        .expect("canonical inputs have a canonical digest")
}

#[cfg(all(test, feature = "ark"))]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_value_for_one_and_two() {
        // circomlibjs, test/poseidon.js: poseidon([1, 2]).
        let expected = "0x115cc0f5e7d690413df64c6b9662e9cf2a3617f2743245519e19607a4417189a";
        assert_eq!(hash(&[Element::from(1u64), Element::from(2u64)]).to_string(), expected);
    }
}
