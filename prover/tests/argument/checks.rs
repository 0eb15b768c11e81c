//! The checks that no change of a message can reach, because they are of challenges: a test draws
//! the challenges here.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, One};
use ballast_prover::{
    argument::verifier,
    arithmetic::{Arithmetic, Check, Native},
    lookup::{
        self, Challenges,
        messages::{FractionLayer, Fractions},
    },
    transcript::Transcript,
};

use crate::{
    arithmetics::Tampered,
    fixture::{Argument, CLASS, honest},
};

const DEPTH: u8 = CLASS.depth;

/// Fractions that are 0/0 from the root down.
fn void() -> Fractions<Fr> {
    let layer = |rounds| FractionLayer { rounds: vec![[Fr::ZERO; 2]; rounds], values: [Fr::ZERO; 4] };
    Fractions { root: [Fr::ZERO; 2], layers: (0..20).map(layer).collect() }
}

fn verify_lookup(asset: Fr, totals: &[Fr], fractions: &Fractions<Fr>) -> Result<(), Check> {
    let challenges = Challenges { limb: Fr::from(1u64 << 40), asset };
    let mut transcript = Transcript::new(&Native, DEPTH);
    lookup::verify(&mut Native, &mut transcript, DEPTH, &challenges, totals, fractions).map(drop)
}

#[test]
fn a_sum_with_denominator_zero_is_rejected() {
    // Whatever the totals are, 0 = 0 T: and every layer below is 0 = 0 as well.
    for totals in [vec![Fr::ZERO; 128], vec![Fr::from(5u64); 128]] {
        assert_eq!(verify_lookup(Fr::from(1u64 << 41), &totals, &void()), Err(Check::FractionDenominator));
    }
}

#[test]
fn a_challenge_that_is_an_asset_number_is_rejected() {
    let root = [Fr::ZERO, Fr::one()];
    for asset in [1, 2, 128] {
        let found = verify_lookup(Fr::from(asset as u64), &[Fr::ZERO; 128], &Fractions { root, ..void() });
        assert_eq!(found, Err(Check::AssetPole { asset }));
    }
    let found = verify_lookup(Fr::from(129u64), &[Fr::ZERO; 128], &Fractions { root, ..void() });
    assert_eq!(found, Err(Check::FractionLayer { layer: 0 }));
}

/// The verifier's answer when the evaluation point of the opening is this one.
fn verify_with_evaluation_point((claim, messages): &Argument, zeta: Fr) -> Result<(), Check> {
    let field = &mut Tampered::without_equations();
    verifier::verify(field, DEPTH, claim, messages).unwrap();
    // Two hashes follow it: eta, u.
    let number = field.hashes - 3;
    let field = &mut Tampered::with_hashes(|hash, _| (hash == number).then_some(zeta));
    verifier::verify(field, DEPTH, claim, messages).map(drop)
}

#[test]
fn an_evaluation_point_of_zero_is_rejected() {
    assert_eq!(verify_with_evaluation_point(honest(), Fr::ZERO), Err(Check::EvaluationPoint));
    assert_eq!(verify_with_evaluation_point(honest(), Fr::from(5u64)), Err(Check::InnerProduct));
}

#[test]
fn an_evaluation_point_that_is_its_own_inverse_is_rejected() {
    for zeta in [Fr::one(), -Fr::one()] {
        // The two evaluations are of one point then, and what they sum to is all that the inner
        // product sees.
        let mut argument = honest().clone();
        let value = argument.1.batch.value;
        argument.1.evaluations = [Fr::ZERO, Fr::ZERO, -value * zeta, -value * zeta];
        assert_eq!(verify_with_evaluation_point(&argument, zeta), Err(Check::EvaluationPoints));
    }
}

#[test]
fn the_native_arithmetic_refuses_what_it_should() {
    let check = Check::Batch;
    assert_eq!(Native.require_equal(&Fr::one(), &Fr::ZERO, check), Err(check));
    assert_eq!(Native.require_equal(&Fr::one(), &Fr::one(), check), Ok(()));
    assert_eq!(Native.inverse(&Fr::ZERO, check), Err(check));
    assert_eq!(Native.inverse(&Fr::from(2u64), check), Ok(Fr::from(2u64).inverse().unwrap()));
}
