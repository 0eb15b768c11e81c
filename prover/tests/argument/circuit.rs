//! The circuit: what the native verifier refuses leaves a constraint unsatisfied, and no variable
//! is free.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, One, UniformRand};
use ballast_core::{circuit::Class, opening::CHUNKS, public_vector::public_elements};
use ballast_prover::{
    argument::{messages::Messages, verifier},
    arithmetic::{Arithmetic, Native},
    assignment::Assignment,
    circuit::{
        shape::{SHAPES, Shape},
        witness::{Inputs, Witness},
    },
    constraints::Constraints,
};
use rayon::prelude::*;

use crate::{
    arithmetics::Tampered,
    fixture::{Argument, CLASS, honest, rng},
    mutations::with_element,
};

/// rho of these tests: to the circuit it is a number like another.
const CHALLENGE: u64 = 987_654_321;

pub fn constraints() -> &'static Constraints {
    static CONSTRAINTS: OnceLock<Constraints> = OnceLock::new();
    CONSTRAINTS.get_or_init(|| Constraints::of_class(CLASS).unwrap())
}

/// Y, with the scalars that a verifier computes who lets everything pass.
fn public_vector((claim, messages): &Argument) -> Vec<Fr> {
    let scalars = verifier::verify(&mut Tampered::without_equations(), CLASS.depth, claim, messages).unwrap();
    claim.clone().into_public_vector(scalars, Fr::from(u64::from(CLASS.number())))
}

/// d and phi as section 3 of the specification has them.
fn inputs(vector: &[Fr]) -> Inputs {
    let challenge = Fr::from(CHALLENGE);
    let mut digest = Fr::from(vector.len() as u64);
    for chunk in vector.chunks(11) {
        let mut step = vec![digest];
        step.extend(chunk);
        step.resize(12, Fr::ZERO);
        digest = Native.hash(&step).unwrap();
    }
    let evaluation = vector.iter().enumerate().map(|(i, element)| challenge.pow([i as u64]) * element).sum();
    Inputs { digest, challenge, evaluation }
}

/// An assignment of these messages whose public inputs fit it.
fn witness(argument: &Argument) -> Witness {
    let (claim, messages) = argument.clone();
    Witness { depth: CLASS.depth, claim, messages, inputs: inputs(&public_vector(argument)) }
}

/// Whether every constraint holds.
fn is_satisfied(witness: &Witness) -> bool {
    Assignment::new(witness).unwrap().first_unsatisfied().is_none()
}

/// Whether the circuit accepts an argument, with public inputs that fit it.
pub fn accepts(argument: &Argument) -> bool {
    is_satisfied(&witness(argument))
}

#[test]
fn the_honest_argument_satisfies_the_circuit() {
    assert!(accepts(honest()));
    let (claim, messages) = honest().clone();
    let (witness, vector) = Witness::new(CLASS, claim, messages).unwrap().unwrap();
    assert!(is_satisfied(&witness));
    assert_eq!(vector.elements().iter().map(|element| Fr::from(*element)).collect::<Vec<_>>(), public_vector(honest()));
    assert_eq!(witness.inputs.digest, inputs(&public_vector(honest())).digest);
}

/// Every element of the root, of the outputs, of the batch's end and of the evaluations; of each
/// layer one round and one value; and of a full, a partial and the first round of the permutation
/// and of one layer of fractions all that is sent.
fn sample() -> Vec<usize> {
    let (claim, messages) = honest();
    let mut number = 0;
    let numbered = Messages::build(CLASS.depth, || {
        number += 1;
        Ok::<_, std::convert::Infallible>(number - 1)
    });
    let Ok(numbered) = numbered;
    assert_eq!(number, messages.elements().count());
    assert_eq!(claim.totals.len(), 128);
    let mut sample: Vec<usize> = numbered.fractions.root.into();
    for (place, layer) in numbered.fractions.layers.iter().enumerate() {
        sample.push(layer.values[place % 4]);
        sample.extend(layer.rounds.get(place / 2).map(|round| round[place % 2]));
    }
    sample.extend(numbered.fractions.layers[3].rounds.iter().flatten().chain(&numbered.fractions.layers[3].values));
    sample.push(numbered.hashing.node_zero);
    sample.extend(numbered.hashing.outputs);
    for (place, layer) in numbered.hashing.layers.iter().enumerate() {
        let values = layer.values.as_slice();
        sample.extend([layer.rounds[place % 14][place % 5], values[place % values.len()]]);
    }
    for layer in [1, 30, 67] {
        let layer = &numbered.hashing.layers[layer];
        sample.extend(layer.rounds[0].iter().chain(&layer.rounds[13]).chain(layer.values.as_slice()));
    }
    sample.extend([numbered.batch.rounds[0][0], numbered.batch.rounds[0][1], numbered.batch.rounds[19][1]]);
    sample.push(numbered.batch.value);
    sample.extend(numbered.evaluations);
    sample.sort_unstable();
    sample.dedup();
    sample
}

#[test]
fn a_changed_message_leaves_a_constraint_unsatisfied() {
    let (claim, messages) = honest();
    let sample = sample();
    assert!(sample.len() > 200, "{}", sample.len());
    let accepted = sample.par_iter().with_max_len(4).find_map_any(|index| {
        let changed = (claim.clone(), with_element(messages, *index, |element| element + Fr::one()));
        accepts(&changed).then_some(*index)
    });
    assert_eq!(accepted, None);
}

#[test]
fn a_changed_claim_leaves_a_constraint_unsatisfied() {
    let changed = |change: &dyn Fn(&mut Argument)| {
        let mut argument = honest().clone();
        change(&mut argument);
        accepts(&argument)
    };
    assert!(!changed(&|(claim, _)| claim.context[0] += Fr::one()));
    assert!(!changed(&|(claim, _)| claim.context[1] += Fr::one()));
    assert!(!changed(&|(claim, _)| claim.root += Fr::one()));
    for asset in [0, 63, 127] {
        assert!(!changed(&|(claim, _)| claim.totals[asset] += Fr::one()), "asset {}", asset + 1);
    }
    for half in [0, 1, 2, 3, 25, 51, 4 * CHUNKS] {
        assert!(!changed(&|(claim, _)| claim.points.as_flattened_mut()[half] += Fr::one()), "half {half}");
    }
    // Q and P are left to the opening equation.
    for half in [4 * CHUNKS + 4, 4 * CHUNKS + 8] {
        assert!(changed(&|(claim, _)| claim.points.as_flattened_mut()[half] += Fr::one()), "half {half}");
    }
}

/// The circuit's answer when d, rho and phi are those of a vector in which one element is another.
#[test]
fn public_inputs_of_another_vector_are_rejected() {
    let vector = public_vector(honest());
    assert_eq!(vector.len(), public_elements(CLASS));
    let honest_assignment = Assignment::new(&witness(honest())).unwrap().variables().to_vec();
    let mut assignment = honest_assignment.clone();
    let rows = [1, 2, 3].map(|column| rows_of(column).collect::<Vec<usize>>());
    for element in 0..vector.len() {
        let mut other = vector.clone();
        other[element] += Fr::one();
        let fitting = inputs(&other);
        // phi of another vector, then d of it: each alone is refused.
        for (place, value) in [(3, fitting.evaluation), (1, fitting.digest)] {
            assignment[place] = value;
            assert!(!rows[place - 1].iter().all(|row| holds(*row, &assignment)), "element {element}, input {place}");
            assignment[place] = honest_assignment[place];
        }
    }
}

#[test]
fn another_challenge_with_the_same_evaluation_is_rejected() {
    let mut witness = witness(honest());
    witness.inputs.challenge += Fr::one();
    assert!(!is_satisfied(&witness));
    // Only verifiers who compute rho themselves are safe: for any rho there is a phi.
    let vector = public_vector(honest());
    witness.inputs.evaluation =
        vector.iter().enumerate().map(|(i, element)| witness.inputs.challenge.pow([i as u64]) * element).sum();
    assert!(is_satisfied(&witness));
}

#[test]
fn each_public_input_changed_is_rejected() {
    type Change = fn(&mut Inputs);
    let changes: [Change; 3] = [|i| i.digest += Fr::one(), |i| i.challenge += Fr::one(), |i| i.evaluation += Fr::one()];
    for change in changes {
        let mut witness = witness(honest());
        change(&mut witness.inputs);
        assert!(!is_satisfied(&witness));
    }
}

fn product(matrix: usize, row: usize, assignment: &[Fr]) -> Fr {
    constraints().matrices()[matrix][row].iter().map(|(weight, column)| *weight * assignment[*column]).sum()
}

fn holds(row: usize, assignment: &[Fr]) -> bool {
    product(0, row, assignment) * product(1, row, assignment) == product(2, row, assignment)
}

/// A z, B z and C z, row by row.
fn rows(assignment: &[Fr]) -> Vec<[Fr; 3]> {
    let row = |row| std::array::from_fn(|matrix| product(matrix, row, assignment));
    (0..constraints().rows()).into_par_iter().map(row).collect()
}

/// Rows in which a column has a coefficient.
fn rows_of(column: usize) -> impl Iterator<Item = usize> {
    (0..constraints().rows())
        .filter(move |row| constraints().matrices().iter().any(|m| m[*row].iter().any(|(_, c)| *c == column)))
}

#[test]
fn any_single_variable_changed_is_rejected() {
    // Messages, products, powers, hashes, inverses: no variable is free.
    let assignment = Assignment::new(&witness(honest())).unwrap();
    let (assignment, products) = (assignment.variables(), assignment.rows());
    assert!(products == rows(assignment));
    assert!(products.iter().all(|[a, b, c]| *a * b == *c));
    let mut noticed = vec![false; assignment.len()];
    for (row, [a, b, c]) in products.iter().enumerate() {
        let mut changes: Vec<(usize, [Fr; 3])> = Vec::new();
        for (place, matrix) in constraints().matrices().iter().enumerate() {
            for (weight, column) in matrix[row].iter().filter(|(_, column)| !noticed[*column]) {
                match changes.iter_mut().find(|(known, _)| known == column) {
                    Some((_, change)) => change[place] += weight,
                    None => {
                        let mut change = [Fr::ZERO; 3];
                        change[place] = *weight;
                        changes.push((*column, change));
                    }
                }
            }
        }
        for (column, change) in changes {
            noticed[column] |= (*a + change[0]) * (*b + change[1]) != *c + change[2];
        }
    }
    let free = noticed.iter().enumerate().skip(1).position(|(_, noticed)| !noticed);
    assert_eq!(free, None, "of {} variables", assignment.len());
}

#[test]
fn the_constraints_of_every_class_are_those_on_record() {
    // One after the other: the matrices of the largest take a gigabyte.
    let found = SHAPES.each_ref().map(|shape| {
        let found = Constraints::of_class(Class::new(shape.depth)).unwrap();
        let (depth, rows, columns, digest) = (shape.depth, found.rows(), found.columns(), found.digest());
        println!("depth {depth}: {rows} constraints, {columns} variables, digest {}", hex::encode(digest));
        Shape { depth, rows, columns, digest }
    });
    assert_eq!(found, SHAPES);
}

#[test]
fn the_rows_of_any_assignment_are_what_the_matrices_make_of_it() {
    // Values are carried along beside the matrices, which are what a key is made of. Both are
    // linear in the variables, so where they agree under random messages they agree under all (but
    // for a chance of 1 / r).
    let random = &mut rng(5);
    let Ok(messages) = Messages::build(CLASS.depth, || Ok::<_, std::convert::Infallible>(Fr::rand(random)));
    let mut claim = honest().0.clone();
    claim.context.iter_mut().for_each(|half| *half = Fr::rand(random));
    claim.root = Fr::rand(random);
    claim.totals.iter_mut().chain(claim.points.as_flattened_mut()).for_each(|element| *element = Fr::rand(random));
    let inputs = Inputs { digest: Fr::rand(random), challenge: Fr::rand(random), evaluation: Fr::rand(random) };
    let arbitrary = Witness { depth: CLASS.depth, claim, messages, inputs };
    for witness in [&witness(honest()), &arbitrary] {
        let assignment = Assignment::new(witness).unwrap();
        assert_eq!(assignment.rows().len(), constraints().rows());
        assert_eq!(assignment.inputs(), constraints().inputs());
        assert!(rows(assignment.variables()) == assignment.rows());
    }
    let laid_down = Constraints::under(&arbitrary).unwrap();
    assert_eq!(laid_down.digest(), constraints().digest(), "the matrices do not depend on the witness");
}
