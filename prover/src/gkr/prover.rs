//! The prover of the hashing.
//!
//! The sum-check of a full round is over the five inputs u_j of every instance's S-boxes, which
//! hashing the tree has recorded. That of a partial round is over u_0 and the linear rest q. The
//! rest needs no state: the form b of the states after the round, which is what is claimed, equals
//! g_0 u_0^5 + q, so
//!
//! ```text
//! q(x) = b(x) - g_0 u_0(x)^5
//! ```
//!
//! The values b(x) are not stored either. They are a combination of the columns of the round above:
//! of its u_j - c_j with the weights b_j if it is full, of its u_0 - c_0 and q - sum_{j>0} g_j c_j
//! if it is partial. See `Form`.

use std::borrow::Cow;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_core::{poseidon::permutation::fifth_power, wide::Wide};
use rayon::prelude::*;

use super::{
    HASH_DEGREE,
    messages::{HashLayer, HashValues, Hashing},
};
use crate::{
    arithmetic::{Arithmetic, Check, Native},
    permutation::{Permutation, ROUNDS, WIDTH, is_full_round, trace::Trace},
    poly::{GRAIN, SplitEquality, equality_table, fold, inner_product, weighted_sums},
    sumcheck::prover::{Round, Summand, prove_with_equality},
    transcript::Transcript,
};

/// Proves that the instances of the two traces, leaves and nodes, have `digests` and
/// `node_digests`.
///
/// # Errors
/// None that an honest trace could meet.
pub(crate) fn prove(
    transcript: &mut Transcript<Fr>,
    variables: usize,
    mut traces: [Trace; 2],
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
    let alpha = transcript.message(field, &outputs)?;
    let mut forms = [Form::of_digests(Fr::ONE, digests), Form::of_digests(alpha, node_digests)];
    let mut claim = outputs[0] + alpha * outputs[1];
    let mut layers = Vec::with_capacity(ROUNDS);
    for (round, constants) in permutation.constants.iter().enumerate().rev() {
        let [leaf_trace, node_trace] = &mut traces;
        let [leaf_form, node_form] = forms;
        let leaves = Columns::new(round, leaf_trace, leaf_form);
        let nodes = Columns::new(round, node_trace, node_form);
        let mut h = RoundSummand([Part::new(&leaves, &point), Part::new(&nodes, &point[..variables - 1])]);
        let proved = prove_with_equality(transcript, claim, &point, &mut h)?;
        point = proved.point;

        let bound = h.0.map(|part| part.bound_values());
        // Round 0's first input is a constant, which is not sent.
        let mut sent = bound.iter().flat_map(|values| &values[usize::from(round == 0)..]).copied();
        let values = HashValues::build(round, || sent.next().ok_or(Check::HashLayer { round }))?;
        let alpha = transcript.message(field, values.as_slice())?;
        layers.push(HashLayer { rounds: proved.rounds, values });
        if round == 0 {
            // The verifier's t_1, for the children; alpha is its t_0.
            transcript.challenge(field)?;
            break;
        }
        forms = if is_full_round(round) {
            let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9] = field.powers(&alpha)?;
            [leaves.full_form([b0, b1, b2, b3, b4], constants), nodes.full_form([b5, b6, b7, b8, b9], constants)]
        } else {
            let [one, alpha, alpha2, alpha3] = field.powers(&alpha)?;
            [leaves.partial_form([one, alpha], constants), nodes.partial_form([alpha2, alpha3], constants)]
        };
        claim = forms.iter().zip(&bound).map(|(form, values)| form.at(values)).sum();
    }
    Ok(Hashing { node_zero, outputs, layers })
}

/// The linear form b of the states after a round that is claimed, of leaves or of nodes.
struct Form<'a> {
    /// The weights b_0 .. b_4 of the state's elements.
    weights: [Fr; WIDTH],
    /// The same form as columns that are at hand: for instance x it is `constant` plus the sum of
    /// every term's weight times its column in row x.
    constant: Fr,
    terms: Vec<(Fr, Cow<'a, [Fr]>)>,
}

impl<'a> Form<'a> {
    /// The form (weight, 0, 0, 0, 0) of the states at the end, whose first element is the digest.
    fn of_digests(weight: Fr, digests: &'a [Fr]) -> Self {
        let weights = [weight, Fr::ZERO, Fr::ZERO, Fr::ZERO, Fr::ZERO];
        Self { weights, constant: Fr::ZERO, terms: vec![(weight, digests.into())] }
    }

    /// The form where its columns have these values.
    fn at(&self, values: &[Fr]) -> Fr {
        self.terms.iter().zip(values).map(|((weight, _), value)| *weight * value).sum::<Fr>() + self.constant
    }

    /// The linear rest q of a partial round with the inputs u_0: b - g_0 u_0^5.
    fn rest(&self, g: &[Fr; WIDTH], input: &[Fr]) -> Vec<Fr> {
        let minus = -g[0];
        let terms: Vec<(&Fr, &[Fr])> = self.terms.iter().map(|(weight, column)| (weight, &column[..])).collect();
        let entry = |(x, u): (usize, &Fr)| {
            let mut sum = Wide::ZERO;
            terms.iter().for_each(|(weight, column)| sum.add_product(&column[x], weight));
            sum.add_product(&fifth_power(*u), &minus);
            sum.reduce() + self.constant
        };
        input.par_iter().enumerate().with_min_len(GRAIN).map(entry).collect()
    }
}

/// What the sum-check of one round is over, for leaves or for nodes: h = sum_j g_j u_j^5 + q.
struct Columns {
    /// g = M^T b.
    g: [Fr; WIDTH],
    /// The inputs of the round's S-boxes: u_0 .. u_4 of a full round, u_0 of a partial one.
    inputs: Vec<Vec<Fr>>,
    /// The linear rest q of a partial round.
    rest: Option<Vec<Fr>>,
}

impl Columns {
    /// The columns of a round after which this form is claimed.
    fn new(round: usize, trace: &mut Trace, form: Form<'_>) -> Self {
        let dot = |row: &[Fr; WIDTH]| row.iter().zip(&form.weights).map(|(a, b)| *a * b).sum();
        let g = Permutation::get().transposed.each_ref().map(dot);
        let inputs = trace.pop();
        let rest = (!is_full_round(round)).then(|| form.rest(&g, &inputs[0]));
        Self { g, inputs, rest }
    }

    /// The next form after a full round: of the states u - c, with these weights.
    fn full_form(self, weights: [Fr; WIDTH], constants: &[Fr; WIDTH]) -> Form<'static> {
        let constant = -weights.iter().zip(constants).map(|(weight, c)| *weight * c).sum::<Fr>();
        Form { weights, constant, terms: weights.into_iter().zip(self.inputs.into_iter().map(Cow::Owned)).collect() }
    }

    /// The next form after a partial round: w (u_0 - c_0) + w' (q - sum_{j>0} g_j c_j) with the
    /// weights [w, w'].
    fn partial_form(self, [of_input, of_rest]: [Fr; 2], constants: &[Fr; WIDTH]) -> Form<'static> {
        let weights = std::array::from_fn(|j| if j == 0 { of_input } else { of_rest * self.g[j] });
        let constant = -weights.iter().zip(constants).map(|(weight, c)| *weight * c).sum::<Fr>();
        let columns = self.inputs.into_iter().chain(self.rest).map(Cow::Owned);
        Form { weights, constant, terms: [of_input, of_rest].into_iter().zip(columns).collect() }
    }
}

/// The summand h of one round: the part of leaves plus the part of nodes.
struct RoundSummand<'a>([Part<'a>; 2]);

impl Summand<HASH_DEGREE> for RoundSummand<'_> {
    fn coefficients(&self, round: &Round) -> Result<[Fr; HASH_DEGREE], Check> {
        let mut sums = [Fr::ZERO; HASH_DEGREE];
        // The nodes do not depend on the highest variable: to its round they add only to g_0, which
        // is not sent.
        for part in self.0.iter().filter(|part| !part.is_bound()) {
            part.add_coefficients(round.variable, &mut sums);
        }
        Ok(sums)
    }

    fn bind(&mut self, challenge: Fr) {
        self.0.iter_mut().filter(|part| !part.is_bound()).for_each(|part| part.bind(challenge));
    }
}

/// One of the two parts of h, at the variables that are not bound yet.
struct Part<'a> {
    g: &'a [Fr; WIDTH],
    inputs: Cow<'a, [Vec<Fr>]>,
    rest: Option<Cow<'a, [Fr]>>,
    equality: SplitEquality,
}

impl<'a> Part<'a> {
    /// The part of these columns, whose rows are the variables of `z`.
    fn new(columns: &'a Columns, z: &[Fr]) -> Self {
        let rest = columns.rest.as_deref().map(Cow::Borrowed);
        Self { g: &columns.g, inputs: Cow::Borrowed(&columns.inputs), rest, equality: SplitEquality::new(z) }
    }

    fn is_bound(&self) -> bool {
        self.inputs[0].len() == 1
    }

    /// Adds the part's coefficients 1 to 5 of the round that binds this variable.
    fn add_coefficients(&self, variable: usize, sums: &mut [Fr; HASH_DEGREE]) {
        let equality = self.equality.tables(variable);
        for (column, weight) in self.inputs.iter().zip(self.g) {
            let powers = power_sums(column, equality);
            sums.iter_mut().zip(powers).for_each(|(sum, power)| *sum += *weight * power);
        }
        if let Some(rest) = self.rest.as_deref() {
            let [slope] = weighted_sums(equality, |sums: &mut [Wide; 1], i, weight| {
                sums[0].add_product(&(rest[2 * i + 1] - rest[2 * i]), weight);
            });
            sums[0] += slope;
        }
    }

    fn bind(&mut self, challenge: Fr) {
        self.inputs = self.inputs.iter().map(|column| fold(column, challenge)).collect();
        self.rest = self.rest.take().map(|rest| fold(&rest, challenge).into());
    }

    /// The values of inputs and rest, all variables being bound.
    fn bound_values(&self) -> Vec<Fr> {
        self.inputs.iter().map(Vec::as_slice).chain(self.rest.as_deref()).map(|column| column[0]).collect()
    }
}

/// Coefficients 1 to 5 of sum_x eq(x) (u_x + X d_x)^5, where u_x and u_x + d_x are the pair of the
/// column with number x.
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
