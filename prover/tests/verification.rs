//! Attacks on the verifier: forged proofs, vectors, keys and challenges.

mod fixture;

use std::sync::OnceLock;

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, Field, One, PrimeField};
use ark_groth16::Groth16;
use ballast_core::{
    Element, Refusal,
    circuit::{G2_GENERATOR, VerifyingKey},
    field::{BASE_ORDER, ORDER},
    statement::Statement,
};
use ballast_prover::{
    Proof, ProveError, PublicVector, ShardError,
    circuit::CLASS,
    encoding::{self, MalformedProof, PointError, ProofPoint},
    prove, prove_with,
    prover::prove_witness,
    verifier::{VerifyError, verify},
};
use fixture::{key, leaves, shard, statement, witness};
use proptest::prelude::*;
use rand::{SeedableRng, rngs::OsRng};

/// One honest proof, shared.
fn honest() -> &'static (PublicVector, Proof) {
    static HONEST: OnceLock<(PublicVector, Proof)> = OnceLock::new();
    HONEST.get_or_init(|| prove(key(), &shard(leaves())).unwrap())
}

fn check(vector: &PublicVector, proof: &Proof) -> Result<(), VerifyError> {
    verify(key().verifying_key(), vector, proof)
}

fn check_proof(change: impl FnOnce(&mut Proof)) -> Result<(), VerifyError> {
    let (vector, mut proof) = honest().clone();
    change(&mut proof);
    check(&vector, &proof)
}

fn malformed(point: ProofPoint, reason: PointError) -> Result<(), VerifyError> {
    Err(VerifyError::Proof(MalformedProof { point, reason }))
}

#[test]
fn honest_proof_is_accepted() {
    let (vector, proof) = honest();
    assert_eq!(check(vector, proof), Ok(()));
}

#[test]
fn every_mutated_byte_of_a_proof_is_rejected() {
    for position in 0..256 {
        assert!(check_proof(|proof| proof[position] ^= 1).is_err(), "byte {position}");
    }
}

#[test]
fn negated_or_exchanged_points_are_rejected() {
    let (vector, proof) = honest();
    let decoded = encoding::decode_proof(proof).unwrap();
    let changes = [
        ark_groth16::Proof { a: -decoded.a, ..decoded.clone() },
        ark_groth16::Proof { b: -decoded.b, ..decoded.clone() },
        ark_groth16::Proof { c: -decoded.c, ..decoded.clone() },
        ark_groth16::Proof { a: decoded.c, c: decoded.a, ..decoded.clone() },
    ];
    for changed in changes {
        assert_eq!(check(vector, &encoding::encode_proof(&changed)), Err(VerifyError::Rejected));
    }
}

#[test]
fn points_at_infinity_are_refused() {
    assert_eq!(check_proof(|proof| proof[..64].fill(0)), malformed(ProofPoint::A, PointError::Infinity));
    assert_eq!(check_proof(|proof| proof[64..192].fill(0)), malformed(ProofPoint::B, PointError::Infinity));
    assert_eq!(check_proof(|proof| proof[192..].fill(0)), malformed(ProofPoint::C, PointError::Infinity));
    let infinity = ark_groth16::Proof::<Bn254>::default();
    assert_eq!(encoding::encode_proof(&infinity), [0; 256]);
}

/// coordinate + q, which still fits in 32 bytes.
fn plus_base_order(coordinate: &mut [u8]) {
    let order = num(&BASE_ORDER);
    let mut sum = num(coordinate);
    assert!(!sum.add_with_carry(&order));
    coordinate.copy_from_slice(&sum.to_bytes_be());
}

fn num(bytes: &[u8]) -> ark_ff::BigInt<4> {
    let mut bits = Vec::new();
    bytes.iter().for_each(|byte| bits.extend((0..8).rev().map(|place| byte >> place & 1 == 1)));
    ark_ff::BigInt::from_bits_be(&bits)
}

#[test]
fn coordinate_plus_q_is_refused() {
    for (word, point, own) in [
        (0, ProofPoint::A, 0),
        (1, ProofPoint::A, 1),
        (2, ProofPoint::B, 0),
        (5, ProofPoint::B, 3),
        (6, ProofPoint::C, 0),
        (7, ProofPoint::C, 1),
    ] {
        let found = check_proof(|proof| plus_base_order(&mut proof[32 * word..32 * word + 32]));
        assert_eq!(found, malformed(point, PointError::CoordinateNotCanonical { word: own }), "word {word}");
    }
}

#[test]
fn points_off_the_curve_are_refused() {
    let one = |bytes: &mut [u8]| bytes.copy_from_slice(&Element::from(5u64).to_bytes());
    assert_eq!(check_proof(|proof| one(&mut proof[32..64])), malformed(ProofPoint::A, PointError::NotOnCurve));
    assert_eq!(check_proof(|proof| one(&mut proof[160..192])), malformed(ProofPoint::B, PointError::NotOnCurve));
    assert_eq!(check_proof(|proof| one(&mut proof[224..])), malformed(ProofPoint::C, PointError::NotOnCurve));
}

/// A point of the twist outside the subgroup of order r.
fn outside_subgroup() -> G2Affine {
    (1u64..)
        .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::one()), false))
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .unwrap()
}

#[test]
fn point_outside_the_subgroup_is_refused() {
    let point = outside_subgroup();
    assert!(point.is_on_curve());
    let found = check_proof(|proof| proof[64..192].copy_from_slice(&encoding::encode_g2(&point)));
    assert_eq!(found, malformed(ProofPoint::B, PointError::OutsideSubgroup));
}

#[test]
fn truncated_points_are_refused() {
    let (_, proof) = honest();
    assert_eq!(encoding::decode_g1(&proof[..63]), Err(PointError::Length { expected: 64, found: 63 }));
    assert_eq!(encoding::decode_g1(&[]), Err(PointError::Length { expected: 64, found: 0 }));
    assert_eq!(encoding::decode_g2(&proof[64..193]), Err(PointError::Length { expected: 128, found: 129 }));
}

proptest! {
    #[test]
    fn garbage_is_no_proof(bytes in proptest::collection::vec(any::<u8>(), 256)) {
        prop_assert!(check_proof(|proof| proof.copy_from_slice(&bytes)).is_err());
    }

    #[test]
    fn points_survive_encoding(scalar in any::<u128>()) {
        let scalar = Fr::from(scalar) + Fr::one();
        let (g1, g2) = ((G1Affine::generator() * scalar).into(), (G2Affine::generator() * scalar).into());
        prop_assert_eq!(encoding::decode_g1(&encoding::encode_g1(&g1)), Ok(g1));
        prop_assert_eq!(encoding::decode_g2(&encoding::encode_g2(&g2)), Ok(g2));
    }
}

#[test]
fn the_generator_has_the_published_bytes() {
    assert_eq!(encoding::encode_g2(&G2Affine::generator()), G2_GENERATOR);
}

#[test]
fn every_changed_element_of_the_vector_is_rejected() {
    let (vector, proof) = honest();
    let context = statement(key().circuit_id()).context();
    let with = |context: [u8; 32], root: Element, totals: &[Element]| {
        check(&PublicVector::new(CLASS, &context, root, totals).unwrap(), proof)
    };
    assert_eq!(with(context, vector.root(), vector.totals()), Ok(()));
    for byte in [0, 15, 16, 31] {
        let mut context = context;
        context[byte] ^= 1;
        assert_eq!(with(context, vector.root(), vector.totals()), Err(VerifyError::Rejected));
    }
    assert_eq!(with(context, Element::ZERO, vector.totals()), Err(VerifyError::Rejected));
    for asset in 0..64 {
        let mut totals = vector.totals().to_vec();
        totals[asset] = (totals[asset].to_u128().unwrap() + 1).into();
        assert_eq!(with(context, vector.root(), &totals), Err(VerifyError::Rejected), "asset {}", asset + 1);
    }
    let mut totals = vector.totals().to_vec();
    totals.swap(0, 1);
    assert_eq!(with(context, vector.root(), &totals), Err(VerifyError::Rejected));
}

#[test]
fn proof_for_another_statement_is_rejected() {
    let (vector, proof) = honest();
    let changes: [fn(&mut Statement); 5] = [
        |statement| statement.epoch += 1,
        |statement| statement.as_of += 1,
        |statement| statement.exchange[0] ^= 1,
        |statement| statement.shard.count += 1,
        |statement| statement.ledger.sequence += 1,
    ];
    for change in changes {
        let mut statement = statement(key().circuit_id());
        change(&mut statement);
        let other = PublicVector::new(CLASS, &statement.context(), vector.root(), vector.totals()).unwrap();
        assert_eq!(check(&other, proof), Err(VerifyError::Rejected));
    }
}

#[test]
fn element_plus_r_cannot_be_expressed() {
    let (vector, _) = honest();
    for element in [vector.root(), vector.totals()[0]] {
        let mut alias = num(element.as_bytes());
        assert!(!alias.add_with_carry(&num(&ORDER)));
        let alias: [u8; 32] = alias.to_bytes_be().try_into().unwrap();
        assert!(Element::new(alias).is_err());
    }
}

#[test]
fn vector_of_another_length_is_refused() {
    let (vector, proof) = honest();
    let class = ballast_core::circuit::Class { assets: 65, ..CLASS };
    let longer = PublicVector::new(class, &[7; 32], vector.root(), vector.totals()).unwrap();
    assert_eq!(check(&longer, proof), Err(VerifyError::VectorLength { expected: 67, found: 68 }));
}

#[test]
fn challenge_of_the_provers_choice_is_rejected() {
    // With rho = 0 the fraction of an empty slot is free and makes up for a total that is left out. The circuit takes
    // it: only a verifier that computes rho himself is safe.
    let mut witness = witness();
    let hidden = std::mem::take(&mut witness.totals[0]);
    witness.bind();
    let vector = witness.public_vector().unwrap();
    witness.inputs.challenge = Fr::from(0u64);
    witness.inputs.evaluation = vector.evaluate(&Element::ZERO).into();
    witness.divide();
    witness.leaves[0].slots[8].fraction = hidden;
    let proof = prove_witness(key(), &witness, &mut OsRng).unwrap();

    let inputs = [witness.inputs.digest, witness.inputs.challenge, witness.inputs.evaluation];
    let prepared = ark_groth16::prepare_verifying_key(&key().groth16().vk);
    let decoded = encoding::decode_proof(&proof).unwrap();
    assert!(Groth16::<Bn254>::verify_proof(&prepared, &decoded, &inputs).unwrap());
    assert_eq!(check(&vector, &proof), Err(VerifyError::Rejected));
}

#[test]
fn unsatisfied_assignment_has_no_proof() {
    let mut witness = witness();
    witness.totals[0] += Fr::one();
    witness.bind();
    let found = prove_witness(key(), &witness, &mut OsRng).unwrap_err();
    assert!(matches!(found, ProveError::Unsatisfied { .. }), "{found}");
}

#[test]
fn refused_shard_has_no_proof() {
    let many = (0..65).map(|number| fixture::leaf(number, &[(1, 1)])).collect();
    let expected = ProveError::Shard(ShardError::TooManyLeaves { maximum: 64, found: 65 });
    assert_eq!(prove(key(), &shard(many)).unwrap_err(), expected);
}

#[test]
fn proof_under_another_key_is_rejected() {
    let (vector, proof) = honest();
    let own = &key().groth16().vk;
    let double = |point: G1Affine| G1Affine::from(point + point);
    let mut exchanged = own.gamma_abc_g1.clone();
    exchanged.swap(1, 3);
    let others = [
        ark_groth16::VerifyingKey { alpha_g1: double(own.alpha_g1), ..own.clone() },
        ark_groth16::VerifyingKey { gamma_g2: own.delta_g2, delta_g2: own.gamma_g2, ..own.clone() },
        ark_groth16::VerifyingKey { gamma_abc_g1: exchanged, ..own.clone() },
    ];
    for other in others {
        let other = encoding::encode_key(&other).unwrap();
        assert_eq!(verify(&other, vector, proof), Err(VerifyError::Rejected));
    }
}

#[test]
fn degenerate_keys_are_refused() {
    let own = &key().groth16().vk;
    let refusal = |change: fn(&mut ark_groth16::VerifyingKey<Bn254>)| {
        let mut changed = own.clone();
        change(&mut changed);
        encoding::encode_key(&changed).unwrap_err()
    };
    assert_eq!(refusal(|key| key.gamma_g2 = key.delta_g2), Refusal::KeyGammaEqualsDelta);
    let generator = |point| Refusal::KeyPointIsGenerator { point };
    assert_eq!(refusal(|key| key.gamma_g2 = G2Affine::generator()), generator(2));
    assert_eq!(refusal(|key| key.delta_g2 = G2Affine::generator()), generator(3));
    let infinity = |point| Refusal::KeyPointAtInfinity { point };
    assert_eq!(refusal(|key| key.alpha_g1 = G1Affine::identity()), infinity(0));
    assert_eq!(refusal(|key| key.beta_g2 = G2Affine::identity()), infinity(1));
    assert_eq!(refusal(|key| key.gamma_abc_g1[3] = G1Affine::identity()), infinity(7));
    let length = |found| Refusal::KeyLengthWrong { expected: 704, found };
    assert_eq!(refusal(|key| key.gamma_abc_g1.truncate(3)), length(640));
    assert_eq!(refusal(|key| key.gamma_abc_g1.push(G1Affine::generator())), length(768));
}

#[test]
fn keys_with_points_off_the_curve_or_outside_the_subgroup_are_refused() {
    let (vector, proof) = honest();
    let key = key().verifying_key().as_bytes();
    let with = |start: usize, bytes: &[u8]| {
        let mut key = *key;
        key[start..start + bytes.len()].copy_from_slice(bytes);
        verify(&VerifyingKey::new(&key).unwrap(), vector, proof)
    };
    let starts = [0, 64, 192, 320, 448, 512, 576, 640];
    for (start, point) in starts.into_iter().zip(0..) {
        let found = with(start, &Element::from(5u64).to_bytes());
        assert_eq!(found, Err(VerifyError::Key(Refusal::KeyPointNotOnCurve { point })));
    }
    let outside = encoding::encode_g2(&outside_subgroup());
    for (start, point) in [(64, 1), (192, 2), (320, 3)] {
        let found = with(start, &outside);
        assert_eq!(found, Err(VerifyError::Key(Refusal::KeyPointOutsideSubgroup { point })));
    }
}

#[test]
fn two_proofs_of_one_shard_differ() {
    // Masks are fresh, so a proof does not show which balances it is about.
    let (vector, proof) = prove(key(), &shard(leaves())).unwrap();
    assert_eq!(vector, honest().0);
    assert_ne!(proof, honest().1);
}

#[test]
fn seeded_masks_reproduce_a_proof() {
    let make = || prove_with(key(), &shard(leaves()), &mut rand_chacha::ChaCha20Rng::from_seed([9; 32])).unwrap();
    assert_eq!(make(), make());
}

#[test]
fn rerandomized_proof_is_valid() {
    // Anyone can turn a Groth16 proof into another of the same statement: posts are told apart by their statement,
    // never by the bytes of their proof.
    let (vector, proof) = honest();
    let decoded = encoding::decode_proof(proof).unwrap();
    let other = Groth16::<Bn254>::rerandomize_proof(&key().groth16().vk, &decoded, &mut OsRng);
    let other = encoding::encode_proof(&other);
    assert_ne!(other, *proof);
    assert_eq!(check(vector, &other), Ok(()));
}

#[test]
fn challenge_hashes_vector_and_digest() {
    // The same vector with another d has another rho: a prover cannot choose d after rho.
    let (vector, _) = honest();
    let digest = vector.digest();
    let other: Element = (Fr::from(digest) + Fr::one()).into();
    assert_ne!(vector.challenge(&digest), vector.challenge(&other));
    assert!(Fr::from(vector.challenge(&digest)).inverse().is_some());
    assert!(Fr::from(vector.challenge(&digest)).into_bigint() > Fr::from(1u64 << 16).into_bigint());
}
