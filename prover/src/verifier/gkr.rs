//! The verifier of the hashing.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;

use super::{
    equality::{equality_at_zero, equality_table},
    sumcheck::reduce_with_equality,
};
use crate::{
    arithmetic::{Arithmetic, Check, ShapeError},
    gkr::messages::{HashValues, Hashing},
    permutation::{Permutation, WIDTH},
    table::{
        claims::{PointClaims, TableClaim},
        layout::{PACKED_LIMBS, TAG, TREE_HIGH, TREE_LOW, limb_weights, row_variables},
    },
    transcript::Transcript,
};

/// A claim about the states after a round, at the point at hand: the form b of leaf states plus the
/// form b' of node states has this value.
struct StateClaim<S> {
    /// The weights b_0 .. b_4 of leaf states.
    leaves: [S; WIDTH],
    /// The weights b'_0 .. b'_4 of node states.
    nodes: [S; WIDTH],
    value: S,
}

/// Checks that the committed tree is hashed from the committed leaves, down to claims on the
/// table's columns: leaf digests, node digests, leaf inputs, node inputs.
///
/// # Soundness
/// See the [hashing](crate::gkr). The commitments are in the transcript before; the caller owes the
/// claims that are returned.
///
/// # Errors
/// [`Check::Shape`] when the messages are not of this class; [`Check::HashLayer`] with the round of
/// the permutation whose values do not match.
pub fn verify<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    depth: u8,
    hashing: &Hashing<A::Scalar>,
) -> Result<Vec<PointClaims<A::Scalar>>, A::Error> {
    hashing.check_shape(depth)?;
    let permutation = Permutation::get();
    // Fixed before the point is drawn: afterwards it could make up for any difference between the
    // tree and its hashes.
    transcript.message(field, std::slice::from_ref(&hashing.node_zero))?;
    let mut point = (0..row_variables(depth)).map(|_| transcript.challenge(field)).collect::<Result<Vec<_>, _>>()?;
    let mut claims = digest_claims(field, &point, &hashing.node_zero, &hashing.outputs)?.to_vec();

    let alpha = transcript.message(field, &hashing.outputs)?;
    let mut claim = first_claim(field, &alpha, &hashing.outputs)?;
    for (layer, (round, constants)) in hashing.layers.iter().zip(permutation.constants.iter().enumerate().rev()) {
        // g and g'.
        let mixed = [&claim.leaves, &claim.nodes].map(|form| transpose_product(field, permutation, form));
        let reduced = reduce_with_equality(field, transcript, claim.value, &point, &layer.rounds)?;
        let found = match &layer.values {
            HashValues::Full(inputs) => sum_of_both(field, &mixed, inputs, full_round)?,
            HashValues::First(inputs) => {
                let inputs = with_first(field, constants, inputs);
                sum_of_both(field, &mixed, &inputs, full_round)?
            }
            HashValues::Partial(values) => sum_of_both(field, &mixed, values, partial_round)?,
        };
        field.require_equal(&found, &reduced.value, Check::HashLayer { round })?;
        point = reduced.point;

        let alpha = transcript.message(field, layer.values.as_slice())?;
        claim = match &layer.values {
            HashValues::Full(inputs) => combine_full(field, constants, &alpha, inputs)?,
            HashValues::Partial(values) => combine_partial(field, constants, &alpha, &mixed, values)?,
            HashValues::First([leaves, nodes]) => {
                let low = [alpha, transcript.challenge(field)?];
                claims.push(leaf_claims(field, &point, &without_constants(field, constants, leaves)));
                claims.push(children_claim(field, &point, low, &without_constants(field, constants, nodes))?);
                return Ok(claims);
            }
        };
    }
    Err(ShapeError { list: "values of round 0 of the permutation", expected: 1, found: 0 }.into())
}

/// The claims on the digests: leaves in the upper half of the tree, nodes in the lower half, but
/// for node 0, whose place holds 0 and not w.
fn digest_claims<A: Arithmetic>(
    field: &mut A,
    point: &[A::Scalar],
    node_zero: &A::Scalar,
    [leaves, nodes]: &[A::Scalar; 2],
) -> Result<[PointClaims<A::Scalar>; 2], A::Error> {
    let leaf_claim = PointClaims::of_column(field, TREE_HIGH, point.to_vec(), leaves.clone());
    let [lower @ .., _] = point else { return Err(too_few_variables(point).into()) };
    let at_zero = equality_at_zero(field, lower)?;
    let excess = field.mul(&at_zero, node_zero)?;
    let value = field.sub(nodes, &excess);
    let mut lower = lower.to_vec();
    lower.push(field.zero());
    Ok([leaf_claim, PointClaims::of_column(field, TREE_LOW, lower, value)])
}

/// The claim about the states after the last round. Digests are their element 0, so
/// b = (1, 0, 0, 0, 0) and b' = (alpha, 0, 0, 0, 0).
fn first_claim<A: Arithmetic>(
    field: &mut A,
    alpha: &A::Scalar,
    [leaves, nodes]: &[A::Scalar; 2],
) -> Result<StateClaim<A::Scalar>, A::Error> {
    let first = |weight| [weight, field.zero(), field.zero(), field.zero(), field.zero()];
    let (leaf_weights, node_weights) = (first(field.one()), first(alpha.clone()));
    let value = field.add_product(leaves, alpha, nodes)?;
    Ok(StateClaim { leaves: leaf_weights, nodes: node_weights, value })
}

/// The form g = M^T b.
fn transpose_product<A: Arithmetic>(
    field: &A,
    permutation: &Permutation,
    weights: &[A::Scalar; WIDTH],
) -> [A::Scalar; WIDTH] {
    permutation.transposed.each_ref().map(|row| field.combine(Fr::ZERO, row.iter().copied().zip(weights)))
}

/// The inputs of round 0's S-boxes with the first of them, which is the constant c_{0,0}: the state
/// begins with 0.
fn with_first<A: Arithmetic>(
    field: &A,
    constants: &[Fr; WIDTH],
    inputs: &[[A::Scalar; WIDTH - 1]; 2],
) -> [[A::Scalar; WIDTH]; 2] {
    let [first, ..] = constants;
    inputs.each_ref().map(|[a, b, c, d]| [field.constant(*first), a.clone(), b.clone(), c.clone(), d.clone()])
}

/// The summand of leaves plus that of nodes.
fn sum_of_both<A: Arithmetic, const N: usize>(
    field: &mut A,
    [leaf_mixed, node_mixed]: &[[A::Scalar; WIDTH]; 2],
    [leaves, nodes]: &[[A::Scalar; N]; 2],
    summand: impl Fn(&mut A, &[A::Scalar; WIDTH], &[A::Scalar; N]) -> Result<A::Scalar, A::Error>,
) -> Result<A::Scalar, A::Error> {
    let leaves = summand(field, leaf_mixed, leaves)?;
    let nodes = summand(field, node_mixed, nodes)?;
    Ok(field.add(&leaves, &nodes))
}

/// The summand of a full round, sum_j g_j u_j^5.
fn full_round<A: Arithmetic>(
    field: &mut A,
    mixed: &[A::Scalar; WIDTH],
    inputs: &[A::Scalar; WIDTH],
) -> Result<A::Scalar, A::Error> {
    let raised = inputs.iter().map(|input| fifth_power(field, input)).collect::<Result<Vec<_>, _>>()?;
    field.inner_product(mixed, &raised)
}

/// The summand of a partial round, g_0 u_0^5 + q.
fn partial_round<A: Arithmetic>(
    field: &mut A,
    [first, ..]: &[A::Scalar; WIDTH],
    [input, rest]: &[A::Scalar; 2],
) -> Result<A::Scalar, A::Error> {
    let raised = fifth_power(field, input)?;
    field.add_product(rest, first, &raised)
}

fn fifth_power<A: Arithmetic>(field: &mut A, x: &A::Scalar) -> Result<A::Scalar, A::Error> {
    let square = field.mul(x, x)?;
    let fourth = field.mul(&square, &square)?;
    field.mul(&fourth, x)
}

/// The claim before a full round: b_j = alpha^j and b'_j = alpha^(5 + j) on the states u - c_r.
fn combine_full<A: Arithmetic>(
    field: &mut A,
    constants: &[Fr; WIDTH],
    alpha: &A::Scalar,
    [leaf_inputs, node_inputs]: &[[A::Scalar; WIDTH]; 2],
) -> Result<StateClaim<A::Scalar>, A::Error> {
    let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9] = field.powers(alpha)?;
    let (leaves, nodes) = ([b0, b1, b2, b3, b4], [b5, b6, b7, b8, b9]);
    let mut value = field.zero();
    for (weights, inputs) in [(&leaves, leaf_inputs), (&nodes, node_inputs)] {
        let of_inputs = field.inner_product(weights, inputs)?;
        let of_constants = field.combine(Fr::ZERO, constants.iter().copied().zip(weights));
        value = field.add(&value, &field.sub(&of_inputs, &of_constants));
    }
    Ok(StateClaim { leaves, nodes, value })
}

/// The claim before a partial round: b = (1, alpha g_1, .., alpha g_4) and b' = alpha^2 (1, alpha
/// g'_1, .., alpha g'_4) on the states u - c_r.
fn combine_partial<A: Arithmetic>(
    field: &mut A,
    constants: &[Fr; WIDTH],
    alpha: &A::Scalar,
    [leaf_mixed, node_mixed]: &[[A::Scalar; WIDTH]; 2],
    [leaf_values, node_values]: &[[A::Scalar; 2]; 2],
) -> Result<StateClaim<A::Scalar>, A::Error> {
    let [one, alpha, alpha2, alpha3] = field.powers(alpha)?;
    let mut value = field.zero();
    let leaves = combine_state(field, constants, [one, alpha], leaf_mixed, leaf_values, &mut value)?;
    let nodes = combine_state(field, constants, [alpha2, alpha3], node_mixed, node_values, &mut value)?;
    Ok(StateClaim { leaves, nodes, value })
}

/// The form (w, w' g_1, .., w' g_4) of one state for the weights [w, w']; adds
/// w (u_0 - c_{r,0}) + w' (q - sum_{j>0} g_j c_{r,j}) to the value.
fn combine_state<A: Arithmetic>(
    field: &mut A,
    constants: &[Fr; WIDTH],
    [of_input, of_rest]: [A::Scalar; 2],
    mixed: &[A::Scalar; WIDTH],
    [input, rest]: &[A::Scalar; 2],
    value: &mut A::Scalar,
) -> Result<[A::Scalar; WIDTH], A::Error> {
    let [constant, ..] = constants;
    let input = field.sub(input, &field.constant(*constant));
    let of_constants = field.combine(Fr::ZERO, constants.iter().copied().zip(mixed).skip(1));
    let rest = field.sub(rest, &of_constants);
    *value = field.add_product(value, &of_input, &input)?;
    *value = field.add_product(value, &of_rest, &rest)?;
    let [_, g1, g2, g3, g4] = mixed;
    let mut weighted = |g| field.mul(&of_rest, g);
    Ok([of_input, weighted(g1)?, weighted(g2)?, weighted(g3)?, weighted(g4)?])
}

/// The state s_j = u_j - c_{0,j} before round 0, j = 1 .. 4: the inputs of an instance.
fn without_constants<A: Arithmetic>(
    field: &A,
    [_, c1, c2, c3, c4]: &[Fr; WIDTH],
    [u1, u2, u3, u4]: &[A::Scalar; WIDTH - 1],
) -> [A::Scalar; WIDTH - 1] {
    [(c1, u1), (c2, u2), (c3, u3), (c4, u4)].map(|(constant, input)| field.sub(input, &field.constant(*constant)))
}

/// The claims on the inputs of leaves: tag, and the three packed elements, of 15 limbs each.
fn leaf_claims<A: Arithmetic>(
    field: &A,
    point: &[A::Scalar],
    [tag, packed @ ..]: &[A::Scalar; WIDTH - 1],
) -> PointClaims<A::Scalar> {
    let weights = limb_weights(PACKED_LIMBS).map(|weight| field.constant(weight));
    let tag = TableClaim { weights: vec![(TAG, field.one())], value: tag.clone() };
    let packed = (0..)
        .step_by(PACKED_LIMBS)
        .zip(packed)
        .map(|(first, value)| TableClaim { weights: (first..).zip(weights.clone()).collect(), value: value.clone() });
    PointClaims { point: point.to_vec(), claims: std::iter::once(tag).chain(packed).collect() }
}

/// The claim on the inputs of nodes. Child c of node x is entry 4x + c of the tree, so the four
/// values at a point z, combined with eq((t_0, t_1), c), are the tree at (t_0, t_1, z_0 ..
/// z_{l-2}), whose highest variable z_{l-2} chooses the half.
fn children_claim<A: Arithmetic>(
    field: &mut A,
    point: &[A::Scalar],
    low: [A::Scalar; 2],
    children: &[A::Scalar; WIDTH - 1],
) -> Result<PointClaims<A::Scalar>, A::Error> {
    let table = equality_table(field, &low)?;
    let value = field.inner_product(&table, children)?;
    let [rest @ .., top, _] = point else { return Err(too_few_variables(point).into()) };
    let weights = vec![(TREE_LOW, field.complement(top)), (TREE_HIGH, top.clone())];
    Ok(PointClaims { point: [&low[..], rest].concat(), claims: vec![TableClaim { weights, value }] })
}

fn too_few_variables<S>(point: &[S]) -> ShapeError {
    ShapeError { list: "variables of the rows, at least", expected: 2, found: point.len() }
}
