//! Rounds of sum-checks over whole tables, by evaluating the summand.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use rayon::prelude::*;

use super::{
    Channel, Step,
    runs::{MANY, Pairs, Runs},
};

/// Columns side by side, and what is summed over their rows.
pub struct Part<'a, const N: usize> {
    pub rows: Runs<[Fr; N]>,
    pub summand: Box<dyn Fn(&[Fr; N]) -> Fr + Sync + 'a>,
}

/// eq(z, i) for all i.
pub fn equality_table(z: &[Fr]) -> Vec<Fr> {
    let mut table = vec![Fr::ONE];
    for (number, z) in z.iter().enumerate() {
        for i in 0..1 << number {
            let high = table[i] * z;
            table[i] -= high;
            table.push(high);
        }
    }
    table
}

/// Binds the lowest variable.
fn fold<const N: usize>(rows: &Runs<[Fr; N]>, challenge: Fr) -> Runs<[Fr; N]> {
    rows.join(|even, odd| match even == odd {
        true => *even,
        false => std::array::from_fn(|i| even[i] + challenge * (odd[i] - even[i])),
    })
}

/// The coefficients of the polynomial with these values at 0, 1, 2, ..
fn interpolate(values: &[Fr]) -> Vec<Fr> {
    // Newton's divided differences, then Horner's rule on them.
    let mut differences = values.to_vec();
    for order in 1..values.len() {
        let inverse = Fr::from(order as u64).inverse().unwrap();
        for i in (order..values.len()).rev() {
            differences[i] = (differences[i] - differences[i - 1]) * inverse;
        }
    }
    let mut coefficients = vec![Fr::ZERO; values.len()];
    for (node, difference) in differences.iter().enumerate().rev() {
        for i in (1..values.len()).rev() {
            coefficients[i] = coefficients[i - 1] - Fr::from(node as u64) * coefficients[i];
        }
        coefficients[0] = *difference - Fr::from(node as u64) * coefficients[0];
    }
    coefficients
}

/// The values of sum over x of weights(x) summand(X, x) at X = 0, 1, .., `degree`.
fn values<const N: usize>(part: &Part<N>, weights: &[Fr], degree: usize) -> Vec<Fr> {
    // sums[i] is the sum of the first i weights.
    let mut sums = Vec::with_capacity(weights.len() + 1);
    sums.push(Fr::ZERO);
    sums.extend(weights.iter().scan(Fr::ZERO, |sum, weight| {
        *sum += weight;
        Some(*sum)
    }));
    let value_of_block = |block: &[Pairs<[Fr; N]>]| {
        let mut values = vec![Fr::ZERO; degree + 1];
        for Pairs { range, even, odd } in block {
            let weight = sums[range.end] - sums[range.start];
            if even == odd {
                let term = weight * (part.summand)(even);
                values.iter_mut().for_each(|value| *value += term);
            } else {
                let mut row = **even;
                for value in &mut values {
                    *value += weight * (part.summand)(&row);
                    row = std::array::from_fn(|i| row[i] + odd[i] - even[i]);
                }
            }
        }
        values
    };
    let add = |a: Vec<Fr>, b: Vec<Fr>| a.iter().zip(&b).map(|(a, b)| *a + b).collect();
    part.rows.pairs().par_chunks(MANY).map(value_of_block).reduce(|| vec![Fr::ZERO; degree + 1], add)
}

/// The coefficients of the same polynomial.
fn coefficients<const N: usize>(part: &Part<N>, weights: &[Fr], degree: usize) -> Vec<Fr> {
    interpolate(&values(part, weights, degree))
}

/// What a sum-check over several parts leaves: messages, point, and each part's values there.
pub type Finished<const N: usize, const D: usize> = (Vec<[Fr; D]>, Vec<Fr>, Vec<[Fr; N]>);

/// Proves sum_x eq(z, x) sum_parts summand(x), sending the coefficients 1 to D of each round. A
/// part with fewer variables does not depend on the highest.
pub fn equality_rounds<const N: usize, const D: usize>(
    channel: &mut Channel,
    z: &[Fr],
    mut parts: Vec<Part<N>>,
    step: impl Fn(usize) -> Step,
) -> Finished<N, D> {
    let (mut rounds, mut point) = (Vec::new(), Vec::new());
    for variable in 0..z.len() {
        let mut message = [Fr::ZERO; D];
        for part in parts.iter().filter(|part| part.rows.len() > 1) {
            let variables = variable + part.rows.len().ilog2() as usize;
            let sums = coefficients(part, &equality_table(&z[variable + 1..variables]), D);
            message.iter_mut().zip(&sums[1..]).for_each(|(g, sum)| *g += sum);
        }
        let challenge = channel.send(step(variable), &mut message);
        for part in parts.iter_mut().filter(|part| part.rows.len() > 1) {
            part.rows = fold(&part.rows, challenge);
        }
        rounds.push(message);
        point.push(challenge);
    }
    (rounds, point, parts.iter().map(|part| part.rows.first()).collect())
}

/// Proves sum_x a(x) b(x), sending the coefficients 0 and 2 of each round.
pub fn product_rounds(channel: &mut Channel, mut pairs: Vec<[Fr; 2]>) -> (Vec<[Fr; 2]>, Vec<Fr>, [Fr; 2]) {
    let (mut rounds, mut point) = (Vec::new(), Vec::new());
    while pairs.len() > 1 {
        let neighbours = pairs.as_chunks::<2>().0;
        let terms = |[[a, b], [next_a, next_b]]: &[[Fr; 2]; 2]| [*a * b, (*next_a - a) * (*next_b - b)];
        let add = |[a, b]: [Fr; 2], [c, d]: [Fr; 2]| [a + c, b + d];
        let mut message = neighbours.par_iter().with_min_len(MANY).map(terms).reduce(|| [Fr::ZERO; 2], add);
        let challenge = channel.send(Step::BatchRound { variable: rounds.len() }, &mut message);
        let fold = |[even, odd]: &[[Fr; 2]; 2]| std::array::from_fn(|i| even[i] + challenge * (odd[i] - even[i]));
        pairs = neighbours.par_iter().with_min_len(MANY).map(fold).collect();
        rounds.push(message);
        point.push(challenge);
    }
    (rounds, point, pairs[0])
}
