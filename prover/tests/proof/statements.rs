//! A proof belongs to one public vector, hence to one statement.

use ballast_core::{
    Digest, Element,
    circuit::Class,
    field::ORDER,
    opening::{CHUNKS, Opening},
    public_vector::{PublicInputs, public_elements},
    statement::Statement,
};
use ballast_prover::{
    PublicVector, VerifyError,
    assignment::Assignment,
    circuit::witness::{Inputs, Witness},
    verify,
};
use rayon::prelude::*;

use crate::{
    Proved, check,
    fixture::{CLASS, key, statement},
    honest, made,
};

/// The proved vector with another context.
pub fn with_context(context: &Digest) -> PublicVector {
    let vector = &honest().vector;
    PublicVector::new(CLASS, context, vector.root(), vector.totals(), &vector.opening()).unwrap()
}

fn own_context() -> Digest {
    statement(key().circuit_id()).context()
}

/// The proved vector with another root, other totals or another opening.
fn with(change: impl FnOnce(&mut Element, &mut Vec<Element>, &mut Opening)) -> PublicVector {
    let vector = &honest().vector;
    let (mut root, mut totals, mut opening) = (vector.root(), vector.totals().to_vec(), vector.opening());
    change(&mut root, &mut totals, &mut opening);
    PublicVector::new(CLASS, &own_context(), root, &totals, &opening).unwrap()
}

fn assert_rejected(vector: &PublicVector) {
    assert_ne!(*vector, honest().vector);
    assert_eq!(check(vector, &honest().proof), Err(VerifyError::Rejected));
}

fn plus_one(element: &Element) -> Element {
    (ark_bn254::Fr::from(*element) + ark_bn254::Fr::from(1u64)).into()
}

#[test]
fn the_vector_is_that_of_its_statement() {
    assert_eq!(with_context(&own_context()), honest().vector);
    assert_eq!(with(|_, _, _| ()), honest().vector);
}

#[test]
fn proof_for_another_statement_is_rejected() {
    let changes: [(&str, fn(&mut Statement)); 14] = [
        ("exchange", |statement| statement.exchange[0] ^= 1),
        ("next epoch", |statement| statement.epoch += 1),
        ("epoch before", |statement| statement.epoch -= 1),
        ("last epoch", |statement| statement.epoch = u64::MAX),
        ("time", |statement| statement.as_of += 1),
        ("asset list", |statement| statement.asset_list[31] ^= 1),
        ("shard index", |statement| statement.shard.index += 1),
        ("shard count", |statement| statement.shard.count += 1),
        ("circuit", |statement| statement.circuit[5] ^= 1),
        ("ledger position", |statement| statement.ledger.sequence -= 1),
        ("ledger head", |statement| statement.ledger.head[0] ^= 1),
        ("reserves", |statement| statement.reserves[0] ^= 1),
        ("history", |statement| statement.head_before[0] ^= 1),
        ("circuit of nobody", |statement| statement.circuit = [0; 32]),
    ];
    made();
    changes.par_iter().for_each(|(name, change)| {
        let mut other = statement(key().circuit_id());
        change(&mut other);
        let found = check(&with_context(&other.context()), &honest().proof);
        assert_eq!(found, Err(VerifyError::Rejected), "{name}");
    });
}

#[test]
fn every_changed_element_of_the_vector_is_rejected() {
    for byte in [0, 15, 16, 31] {
        let mut context = own_context();
        context[byte] ^= 1;
        assert_rejected(&with_context(&context));
    }
    assert_rejected(&with(|root, _, _| *root = plus_one(root)));
    assert_rejected(&with(|root, _, _| *root = Element::ZERO));
    (0..128).into_par_iter().for_each(|asset| {
        assert_rejected(&with(|_, totals, _| totals[asset] = plus_one(&totals[asset])));
    });
    (0..CHUNKS + 3).into_par_iter().for_each(|point| {
        for byte in [0, 15, 16, 31, 32, 47, 48, 63] {
            assert_rejected(&with(|_, _, opening| opening.points[point][byte] ^= 1));
        }
    });
    (0..8).into_par_iter().for_each(|scalar| {
        assert_rejected(&with(|_, _, opening| opening.scalars[scalar] = plus_one(&opening.scalars[scalar])));
    });
}

#[test]
fn totals_exchanged_or_moved_are_rejected() {
    assert_rejected(&with(|_, totals, _| totals.swap(0, 1)));
    assert_rejected(&with(|_, totals, _| totals.rotate_right(1)));
    assert_rejected(&with(|_, totals, _| totals[127] = Element::from(1u64)));
}

#[test]
fn swapped_halves_of_a_coordinate_are_rejected() {
    made();
    (0..CHUNKS + 3).into_par_iter().for_each(|point| {
        for start in [0, 32] {
            assert_rejected(&with(|_, _, opening| opening.points[point][start..start + 32].rotate_left(16)));
        }
        assert_rejected(&with(|_, _, opening| opening.points[point].rotate_left(32)));
    });
    let mut context = own_context();
    context.rotate_left(16);
    assert_rejected(&with_context(&context));
}

#[test]
fn element_plus_r_cannot_be_expressed() {
    let order = ark_ff::BigInt::<4>::new(words(&ORDER));
    let vector = &honest().vector;
    let mut tried = 0;
    for element in vector.elements() {
        let mut alias = ark_ff::BigInt::<4>::new(words(element.as_bytes()));
        // 2^256 is more than 5 r, so the sum fits.
        assert!(!ark_ff::BigInteger::add_with_carry(&mut alias, &order));
        let bytes: [u8; 32] = ark_ff::BigInteger::to_bytes_be(&alias).try_into().unwrap();
        assert!(Element::new(bytes).is_err());
        tried += 1;
    }
    assert_eq!(tried, public_elements(CLASS));
}

/// Four words, lowest first.
fn words(bytes: &[u8; 32]) -> [u64; 4] {
    std::array::from_fn(|word| u64::from_be_bytes(bytes[24 - 8 * word..32 - 8 * word].try_into().unwrap()))
}

#[test]
fn vector_of_another_length_is_refused() {
    let Proved { vector, proof, .. } = honest();
    for (assets, found) in [(129, 205), (1_000, 1_076)] {
        let class = Class { assets, ..CLASS };
        let longer =
            PublicVector::new(class, &own_context(), vector.root(), vector.totals(), &vector.opening()).unwrap();
        assert_eq!(check(&longer, proof), Err(VerifyError::VectorLength { expected: 204, found }));
    }
}

/// A key of depth 7 that is registered as one of depth 8, or the reverse. Nobody who could choose
/// all but the class would get further: rho, phi and d are those of a vector with another class.
#[test]
fn a_key_of_another_class_than_it_is_registered_as_verifies_nothing() {
    let Proved { vector, proof, .. } = honest();
    let deeper = Class::new(CLASS.depth + 1);
    let with_class =
        |class| PublicVector::new(class, &own_context(), vector.root(), vector.totals(), &vector.opening());
    assert_eq!(with_class(CLASS).as_ref(), Some(vector));
    let other = with_class(deeper).unwrap();
    assert_eq!(verify(deeper, key().verifying_key(), &other, proof), Err(VerifyError::Rejected));
    for (class, vector) in [(CLASS, &other), (deeper, vector)] {
        let expected = VerifyError::VectorClass { expected: class.number(), found: vector.class() };
        assert_eq!(verify(class, key().verifying_key(), vector, proof), Err(expected));
    }
}

/// The honest assignment with public inputs that fit the vector of another class. The circuit has
/// its class as a constant, so the prover has no variable to change.
#[test]
fn the_circuit_has_no_assignment_for_a_vector_of_another_class() {
    let Proved { witness, vector, .. } = honest();
    let deeper = Class::new(CLASS.depth + 1);
    let other = PublicVector::new(deeper, &own_context(), vector.root(), vector.totals(), &vector.opening()).unwrap();
    let inputs = |digest, of: &PublicVector| {
        let PublicInputs { digest, challenge, evaluation } = of.inputs(digest);
        Inputs { digest: digest.into(), challenge: challenge.into(), evaluation: evaluation.into() }
    };
    let accepts = |inputs| {
        let witness = Witness { inputs, ..witness.clone() };
        Assignment::new(&witness).unwrap().first_unsatisfied().is_none()
    };
    assert!(accepts(inputs(vector.digest(), vector)));
    assert!(!accepts(inputs(other.digest(), &other)), "d is of the other vector");
    assert!(!accepts(inputs(vector.digest(), &other)), "phi is of the other vector");
}

#[test]
fn challenge_hashes_vector_and_digest() {
    // The same vector with another d has another rho: a prover cannot choose d after rho.
    let vector = &honest().vector;
    let digest = vector.digest();
    let challenge = vector.challenge(&digest);
    assert_ne!(challenge, vector.challenge(&plus_one(&digest)));
    assert_ne!(challenge, with_context(&[9; 32]).challenge(&digest));
    assert_eq!(challenge.as_bytes()[0] & 0xe0, 0, "below r without reduction");
    assert!(challenge.to_u128().is_none(), "not small");
}
