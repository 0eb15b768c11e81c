//! The verifier of the hashing.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use super::{ROUNDS, WIDTH, is_full_round, permutation::Permutation};
use crate::{
    argument::{
        claims::{PointClaims, TableClaim},
        layout::{PACKED, PACKED_LIMBS, TAG, TREE_HIGH, TREE_LOW, limb_weights, row_variables},
        messages::{HashLayer, Hashing},
    },
    arithmetic::{Arithmetic, Check},
    sumcheck::{equality_table, reduce_with_equality},
    transcript::Transcript,
};

/// A claim on a linear form of the states before or after a round: weights of leaf and node states, and the value.
struct StateClaim<S> {
    leaves: Vec<S>,
    nodes: Vec<S>,
    value: S,
}

/// Checks that the committed tree is hashed from the committed leaves, down to claims on the table's columns.
///
/// # Soundness
/// See the [module](super). The commitments are in the transcript before.
///
/// # Errors
/// [`Check::HashLayer`] with the round of the permutation whose values do not match.
pub fn verify<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    depth: u8,
    hashing: &Hashing<A::Scalar>,
) -> Result<Vec<PointClaims<A::Scalar>>, A::Error> {
    let variables = row_variables(depth);
    let permutation = Permutation::get();
    // Fixed before the point is drawn: afterwards it could make up for any difference between the tree and its hashes.
    transcript.message(field, std::slice::from_ref(&hashing.node_zero))?;
    let mut point = (0..variables).map(|_| transcript.challenge(field)).collect::<Result<Vec<_>, _>>()?;
    let mut claims = output_claims(field, &point, &hashing.node_zero, &hashing.outputs)?;

    let combiner = transcript.message(field, &hashing.outputs)?;
    let [leaves, nodes] = &hashing.outputs;
    let first = |field: &A, weight: A::Scalar| {
        let mut weights = vec![field.zero(); WIDTH];
        weights[0] = weight;
        weights
    };
    let mut claim = StateClaim {
        leaves: first(field, field.one()),
        nodes: first(field, combiner.clone()),
        value: field.add_product(leaves, &combiner, nodes)?,
    };
    for (layer, round) in hashing.layers.iter().zip((0..ROUNDS).rev()) {
        let before = StateClaim {
            leaves: transpose_product(field, permutation, &claim.leaves),
            nodes: transpose_product(field, permutation, &claim.nodes),
            value: claim.value,
        };
        let reduced = reduce_with_equality(field, transcript, before.value.clone(), &point, &layer.rounds)?;
        let constants = &permutation.constants[round];
        let (leaves, nodes) = split_values(field, round, constants, layer);
        let found_leaves = round_output(field, round, &before.leaves, &leaves)?;
        let found = round_output(field, round, &before.nodes, &nodes)?;
        let found = field.add(&found_leaves, &found);
        field.require_equal(&found, &reduced.value, Check::HashLayer { round })?;
        point = reduced.point;
        if round == 0 {
            claims.extend(input_claims(field, transcript, &point, constants, layer)?);
            break;
        }
        let combiner = transcript.message(field, &layer.values)?;
        claim = if is_full_round(round) {
            combine_full(field, constants, &combiner, &leaves, &nodes)?
        } else {
            combine_partial(field, constants, &combiner, &before, &leaves, &nodes)?
        };
    }
    Ok(claims)
}

/// Digests: leaves in the upper half of the tree; nodes in the lower, but for node 0, whose place holds 0.
fn output_claims<A: Arithmetic>(
    field: &mut A,
    point: &[A::Scalar],
    node_zero: &A::Scalar,
    [leaves, nodes]: &[A::Scalar; 2],
) -> Result<Vec<PointClaims<A::Scalar>>, A::Error> {
    let one =
        |column: usize, value: A::Scalar, field: &A| vec![TableClaim { weights: vec![(column, field.one())], value }];
    let leaf_claim = PointClaims { point: point.to_vec(), claims: one(TREE_HIGH, leaves.clone(), field) };
    let mut lower = point[..point.len() - 1].to_vec();
    let mut at_zero = field.one();
    for variable in &lower {
        let complement = field.complement(variable);
        at_zero = field.mul(&at_zero, &complement)?;
    }
    lower.push(field.zero());
    let excess = field.mul(&at_zero, node_zero)?;
    let value = field.sub(nodes, &excess);
    let node_claim = PointClaims { point: lower, claims: one(TREE_LOW, value, field) };
    Ok(vec![leaf_claim, node_claim])
}

/// Leaf inputs: 0, tag, packed limbs. Node inputs: 0, the four children, which are the tree at two more low variables.
fn input_claims<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    point: &[A::Scalar],
    constants: &[Fr; WIDTH],
    layer: &HashLayer<A::Scalar>,
) -> Result<Vec<PointClaims<A::Scalar>>, A::Error> {
    let inputs: Vec<A::Scalar> = layer
        .values
        .iter()
        .zip(constants[1..].iter().cycle())
        .map(|(value, constant)| field.combine(-*constant, &[Fr::ONE], std::slice::from_ref(value)))
        .collect();
    let (leaves, nodes) = inputs.split_at(WIDTH - 1);
    let weights = limb_weights(PACKED_LIMBS);
    let mut claims = vec![TableClaim { weights: vec![(TAG, field.one())], value: leaves[0].clone() }];
    claims.extend((0..PACKED).map(|group| TableClaim {
        weights:
            (PACKED_LIMBS * group..).zip(&weights).map(|(column, weight)| (column, field.constant(*weight))).collect(),
        value: leaves[1 + group].clone(),
    }));
    let leaf_claims = PointClaims { point: point.to_vec(), claims };

    let low = [transcript.message(field, &layer.values)?, transcript.challenge(field)?];
    let table = equality_table(field, &low)?;
    let value = field.inner_product(&table, nodes)?;
    let (top, rest) = (&point[point.len() - 2], &point[..point.len() - 2]);
    let weights = vec![(TREE_LOW, field.complement(top)), (TREE_HIGH, top.clone())];
    let children = PointClaims { point: [&low[..], rest].concat(), claims: vec![TableClaim { weights, value }] };
    Ok(vec![leaf_claims, children])
}

/// g = M^T b.
fn transpose_product<A: Arithmetic>(field: &A, permutation: &Permutation, weights: &[A::Scalar]) -> Vec<A::Scalar> {
    permutation.transposed.iter().map(|row| field.combine(Fr::ZERO, row, weights)).collect()
}

/// The values of leaves and of nodes. The first round's first input is the constant 0, so its S-box's is the constant.
fn split_values<A: Arithmetic>(
    field: &A,
    round: usize,
    constants: &[Fr; WIDTH],
    layer: &HashLayer<A::Scalar>,
) -> (Vec<A::Scalar>, Vec<A::Scalar>) {
    let (leaves, nodes) = layer.values.split_at(layer.values.len() / 2);
    let complete = |values: &[A::Scalar]| {
        let constant = (round == 0).then(|| field.constant(constants[0]));
        constant.into_iter().chain(values.iter().cloned()).collect()
    };
    (complete(leaves), complete(nodes))
}

/// What the round makes of its inputs, weighed.
fn round_output<A: Arithmetic>(
    field: &mut A,
    round: usize,
    weights: &[A::Scalar],
    values: &[A::Scalar],
) -> Result<A::Scalar, A::Error> {
    if is_full_round(round) {
        let raised = values.iter().map(|value| fifth_power(field, value)).collect::<Result<Vec<_>, _>>()?;
        return field.inner_product(weights, &raised);
    }
    let raised = fifth_power(field, &values[0])?;
    field.add_product(&values[1], &weights[0], &raised)
}

fn fifth_power<A: Arithmetic>(field: &mut A, x: &A::Scalar) -> Result<A::Scalar, A::Error> {
    let square = field.mul(x, x)?;
    let fourth = field.mul(&square, &square)?;
    field.mul(&fourth, x)
}

/// The next claim after a full round: all ten inputs, without the constants that are added to them.
fn combine_full<A: Arithmetic>(
    field: &mut A,
    constants: &[Fr; WIDTH],
    combiner: &A::Scalar,
    leaves: &[A::Scalar],
    nodes: &[A::Scalar],
) -> Result<StateClaim<A::Scalar>, A::Error> {
    let mut leaf_weights = field.powers(combiner, 2 * WIDTH)?;
    let node_weights = leaf_weights.split_off(WIDTH);
    let added = |field: &A, weights: &[A::Scalar]| field.combine(Fr::ZERO, constants, weights);
    let value = field.inner_product(&leaf_weights, leaves)?;
    let value = field.sub(&value, &added(field, &leaf_weights));
    let node_value = field.inner_product(&node_weights, nodes)?;
    let value = field.add(&value, &field.sub(&node_value, &added(field, &node_weights)));
    Ok(StateClaim { leaves: leaf_weights, nodes: node_weights, value })
}

/// The next claim after a partial round: S-box input and linear rest, of leaves and of nodes.
fn combine_partial<A: Arithmetic>(
    field: &mut A,
    constants: &[Fr; WIDTH],
    combiner: &A::Scalar,
    before: &StateClaim<A::Scalar>,
    leaves: &[A::Scalar],
    nodes: &[A::Scalar],
) -> Result<StateClaim<A::Scalar>, A::Error> {
    let powers = field.powers(combiner, 4)?;
    let mut value = field.zero();
    let mut weights = Vec::with_capacity(2);
    for (powers, (before, values)) in powers.chunks(2).zip([(&before.leaves, leaves), (&before.nodes, nodes)]) {
        let input = field.combine(-constants[0], &[Fr::ONE], &values[..1]);
        let added = field.combine(Fr::ZERO, &constants[1..], &before[1..]);
        let rest = field.sub(&values[1], &added);
        value = field.add_product(&value, &powers[0], &input)?;
        value = field.add_product(&value, &powers[1], &rest)?;
        let mut form = vec![powers[0].clone()];
        for weight in &before[1..] {
            form.push(field.mul(&powers[1], weight)?);
        }
        weights.push(form);
    }
    let nodes = weights.pop().unwrap_or_default();
    let leaves = weights.pop().unwrap_or_default();
    Ok(StateClaim { leaves, nodes, value })
}
