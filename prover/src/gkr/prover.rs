//! The prover of the hashing.
//!
//! Per partial round only two columns an instance are folded: the input of the S-box, which hashing the tree has recorded, and
//! the linear rest. The rest needs no state. With l' the rest of the round above, u' its S-box's input without its constant and
//! a the challenge that combined them, the form above is u' + a (l' - k'), and what is left of it without g_0 y is this round's rest:
//!
//! ```text
//! l = u' + a (l' - k') - g_0 y,      y = u^5,      k' = sum_{j>0} g'_j c'_j
//! ```

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::{poseidon::permutation::fifth_power, wide::Wide};
use rayon::prelude::*;

use super::{ROUNDS, WIDTH, is_full_round, permutation::Permutation, trace::Trace};
use crate::{
    argument::messages::{HASH_DEGREE, HashLayer, Hashing},
    arithmetic::{Arithmetic, Check, Native},
    poly::{GRAIN, SplitEquality, equality_table, fold, inner_product, weighted_sums},
    transcript::Transcript,
};

/// Leaves or nodes on their way back through the rounds.
struct Side {
    trace: Trace,
    /// b: weights of the state after the round at hand.
    weights: [Fr; WIDTH],
    /// g = M^T b.
    mixed: [Fr; WIDTH],
    /// Inputs of the S-boxes of the round above, for the linear rest.
    above: Above,
}

/// What the round above leaves of itself, as columns.
enum Above {
    /// The permutation's output: no column.
    Nothing,
    /// A full round: its five inputs.
    Full(Vec<Vec<Fr>>),
    /// A partial round: its input and its rest; k' and the weights of both in the form.
    Partial { input: Vec<Fr>, rest: Vec<Fr>, known: Fr, weights: [Fr; 2] },
}

/// Proves that the leaves' and nodes' digests, `digests` and `node_digests`, are what the traces say.
pub(crate) fn prove(
    transcript: &mut Transcript<Fr>,
    variables: usize,
    [leaves, nodes]: [Trace; 2],
    digests: &[Fr],
    node_digests: &[Fr],
) -> Result<Hashing<Fr>, Check> {
    let field = &mut Native;
    let permutation = Permutation::get();
    let node_zero = node_digests[0];
    transcript.message(field, &[node_zero])?;
    let mut point = (0..variables).map(|_| transcript.challenge(field)).collect::<Result<Vec<_>, _>>()?;
    let outputs = [
        inner_product(digests, &equality_table(&point)),
        inner_product(node_digests, &equality_table(&point[..variables - 1])),
    ];
    let mut combiner = transcript.message(field, &outputs)?;
    let side = |trace, first| Side {
        trace,
        weights: std::array::from_fn(|j| if j == 0 { first } else { Fr::ZERO }),
        mixed: [Fr::ZERO; WIDTH],
        above: Above::Nothing,
    };
    let mut sides = [side(leaves, Fr::ONE), side(nodes, combiner)];
    let mut claim = outputs[0] + combiner * outputs[1];
    let mut layers = Vec::with_capacity(ROUNDS);
    for round in (0..ROUNDS).rev() {
        let constants = &permutation.constants[round];
        for side in &mut sides {
            side.mixed = std::array::from_fn(|j| (0..WIDTH).map(|i| permutation.matrix[i][j] * side.weights[i]).sum());
        }
        let equality = SplitEquality::new(&point);
        let node_equality = SplitEquality::new(&point[..variables - 1]);
        let mut columns = sides.each_mut().map(|side| side.columns(round, permutation));
        let mut folded = [None, None];
        let mut rounds = Vec::with_capacity(variables);
        let mut next = Vec::with_capacity(variables);
        for (number, z) in point.iter().enumerate() {
            let mut message = [Fr::ZERO; HASH_DEGREE];
            for (place, side) in sides.iter().enumerate() {
                let tables = if place == 0 { &equality } else { &node_equality };
                let columns = folded[place].as_ref().unwrap_or(&columns[place]);
                if columns[0].len() > 1 {
                    side.add_round(round, columns, tables.tables(number), &mut message);
                }
            }
            let challenge = transcript.message(field, &message)?;
            for (place, folded) in folded.iter_mut().enumerate() {
                let before = folded.as_ref().unwrap_or(&columns[place]);
                if before[0].len() > 1 {
                    *folded = Some(before.iter().map(|column| fold(column, challenge)).collect::<Vec<_>>());
                }
            }
            let lowest = claim - *z * message.iter().sum::<Fr>();
            claim = field.evaluate(&[&[lowest][..], &message].concat(), &challenge)?;
            rounds.push(message);
            next.push(challenge);
        }
        point = next;
        let values: [Vec<Fr>; 2] = folded.map(|folded| folded.iter().flatten().map(|column| column[0]).collect());
        let skipped = usize::from(round == 0);
        let sent = [&values[0][skipped..], &values[1][skipped..]].concat();
        if round > 0 {
            combiner = transcript.message(field, &sent)?;
            claim = Fr::ZERO;
            let mut powers = field.powers(&combiner, 2 * values[0].len())?.into_iter();
            for ((side, columns), values) in sides.iter_mut().zip(columns.iter_mut()).zip(&values) {
                claim += side.advance(round, constants, std::mem::take(columns), values, &mut powers);
            }
        }
        layers.push(HashLayer { rounds, values: sent });
    }
    // The last values draw the challenges for the children's index.
    if let Some(last) = layers.last() {
        transcript.message(field, &last.values)?;
        transcript.challenge(field)?;
    }
    Ok(Hashing { node_zero, outputs, layers })
}

impl Side {
    /// The columns that the round's sum-check is over.
    fn columns(&mut self, round: usize, permutation: &Permutation) -> Vec<Vec<Fr>> {
        let mut columns = self.trace.pop();
        if !is_full_round(round) {
            let rest = self.rest(round, permutation, &columns[0]);
            columns.push(rest);
        }
        columns
    }

    /// The linear rest of a partial round.
    fn rest(&mut self, round: usize, permutation: &Permutation, input: &[Fr]) -> Vec<Fr> {
        let minus = -self.mixed[0];
        let constants = &permutation.constants[round + 1];
        match std::mem::replace(&mut self.above, Above::Nothing) {
            Above::Full(above) => {
                let shift: Fr = -self.weights.iter().zip(constants).map(|(weight, c)| *weight * c).sum::<Fr>();
                let entry = |(i, x): (usize, &Fr)| {
                    let mut sum = Wide::ZERO;
                    above.iter().zip(&self.weights).for_each(|(column, weight)| sum.add_product(&column[i], weight));
                    sum.add_product(&fifth_power(*x), &minus);
                    sum.reduce() + shift
                };
                input.par_iter().enumerate().with_min_len(GRAIN).map(entry).collect()
            }
            Above::Partial { input: above, rest, known, weights: [first, second] } => {
                let shift = -(first * constants[0] + second * known);
                let entry = |((x, above), rest): ((&Fr, &Fr), &Fr)| {
                    let mut sum = Wide::ZERO;
                    sum.add_product(above, &first);
                    sum.add_product(rest, &second);
                    sum.add_product(&fifth_power(*x), &minus);
                    sum.reduce() + shift
                };
                input.par_iter().zip(&above).zip(&rest).with_min_len(GRAIN).map(entry).collect()
            }
            // Only a full round stands below the output.
            Above::Nothing => Vec::new(),
        }
    }

    /// Adds this side's part of a round's coefficients.
    fn add_round(&self, round: usize, columns: &[Vec<Fr>], equality: (&[Fr], &[Fr]), message: &mut [Fr; HASH_DEGREE]) {
        let full = is_full_round(round);
        let raised = if full { columns } else { &columns[..1] };
        for (column, weight) in raised.iter().zip(&self.mixed) {
            let sums = power_sums(column, equality);
            message.iter_mut().zip(sums).for_each(|(g, sum)| *g += *weight * sum);
        }
        if !full {
            let [sum] = weighted_sums(equality, |sums: &mut [Wide; 1], i, weight| {
                let (even, odd) = (&columns[1][2 * i], &columns[1][2 * i + 1]);
                sums[0].add_product(&(*odd - even), weight);
            });
            message[0] += sum;
        }
    }

    /// Turns the round's values into the next claim's part; the columns serve the rest of the round below.
    fn advance(
        &mut self,
        round: usize,
        constants: &[Fr; WIDTH],
        mut columns: Vec<Vec<Fr>>,
        values: &[Fr],
        powers: &mut impl Iterator<Item = Fr>,
    ) -> Fr {
        if is_full_round(round) {
            self.weights = std::array::from_fn(|_| powers.next().unwrap_or_default());
            let claim = self.weights.iter().zip(values).zip(constants).map(|((w, u), c)| *w * (*u - c)).sum();
            // Below another full round the columns are of no use.
            self.above = if is_full_round(round - 1) { Above::Nothing } else { Above::Full(columns) };
            return claim;
        }
        let weights: [Fr; 2] = std::array::from_fn(|_| powers.next().unwrap_or_default());
        let known: Fr = self.mixed[1..].iter().zip(&constants[1..]).map(|(g, c)| *g * c).sum();
        let claim = weights[0] * (values[0] - constants[0]) + weights[1] * (values[1] - known);
        self.weights = std::array::from_fn(|j| if j == 0 { weights[0] } else { weights[1] * self.mixed[j] });
        if let (Some(rest), Some(input)) = (columns.pop(), columns.pop()) {
            self.above = Above::Partial { input, rest, known, weights };
        }
        claim
    }
}

/// Coefficients 1 to 5 of sum_x eq(x) (u_x + X d_x)^5, where u_x and u_x + d_x are a pair of the column.
fn power_sums(column: &[Fr], equality: (&[Fr], &[Fr])) -> [Fr; HASH_DEGREE] {
    let sums: [Fr; HASH_DEGREE] = weighted_sums(equality, |sums: &mut [Wide; HASH_DEGREE], i, weight| {
        let u = column[2 * i];
        let d = column[2 * i + 1] - u;
        let (u2, d2, product) = (u.square(), d.square(), u * d);
        let fourth = u2.square() * weight;
        let middle = product.square() * weight;
        let last = d2.square() * weight;
        sums[0].add_product(&fourth, &d);
        sums[1].add_product(&middle, &u);
        sums[2].add_product(&middle, &d);
        sums[3].add_product(&last, &u);
        sums[4].add_product(&last, &d);
    });
    let binomials = [5u64, 10, 10, 5, 1].map(Fr::from);
    std::array::from_fn(|k| sums[k] * binomials[k])
}
