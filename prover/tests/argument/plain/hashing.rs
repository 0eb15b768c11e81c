//! The permutation of all leaves and nodes, with every state of every round in memory.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ballast_prover::{
    arithmetic::Check,
    gkr::{
        HASH_DEGREE,
        messages::{HashLayer, HashValues, Hashing},
    },
    permutation::{Permutation, ROUNDS, WIDTH, is_full_round},
};
use rayon::prelude::*;

use super::{
    Channel, Step, Table,
    rounds::{Finished, Part, equality_rounds, equality_table},
    runs::Runs,
};

type State = [Fr; WIDTH];

/// The inputs of all S-boxes of these instances by round, and their digests.
fn permute(inputs: &[[Fr; 4]]) -> (Vec<Runs<State>>, Vec<Fr>) {
    let mut rounds = Vec::with_capacity(ROUNDS);
    let digests = permute_with(inputs, |inputs, places| rounds.push(places.map(|place| inputs[*place])));
    (rounds, digests)
}

/// `poseidon4` of each.
pub(super) fn digests(inputs: &[[Fr; 4]]) -> Vec<Fr> {
    permute_with(inputs, |_, _| ())
}

/// Permutes distinct instances, telling the inputs of each round's S-boxes and which of them are
/// those of each instance.
fn permute_with(inputs: &[[Fr; 4]], mut tell: impl FnMut(&[State], &Runs<usize>)) -> Vec<Fr> {
    // Most leaves are unused and alike, and so are the nodes above them.
    let mut distinct = inputs.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let places: Vec<usize> = inputs.iter().map(|input| distinct.binary_search(input).unwrap()).collect();
    let runs = places.iter().copied().collect();
    let permutation = Permutation::get();
    let mut states: Vec<State> = distinct.iter().map(|[a, b, c, d]| [Fr::ZERO, *a, *b, *c, *d]).collect();
    for (round, constants) in permutation.constants.iter().enumerate() {
        let raised = if is_full_round(round) { WIDTH } else { 1 };
        let add = |state: &State| -> State { std::array::from_fn(|j| state[j] + constants[j]) };
        let inputs: Vec<State> = states.iter().map(add).collect();
        let apply = |input: &State| -> State {
            let state: State = std::array::from_fn(|j| if j < raised { input[j].pow([5]) } else { input[j] });
            std::array::from_fn(|i| (0..WIDTH).map(|j| permutation.matrix[i][j] * state[j]).sum())
        };
        states = inputs.par_iter().map(apply).collect();
        tell(&inputs, &runs);
    }
    places.iter().map(|place| states[*place][0]).collect()
}

fn inner_product(a: &[Fr], b: &[Fr]) -> Fr {
    a.iter().zip(b).map(|(a, b)| *a * b).sum()
}

pub(super) fn prove(channel: &mut Channel, table: &Table, late_node_zero: bool) -> Hashing<Fr> {
    let variables = 2 * usize::from(table.depth);
    let nodes: Vec<[Fr; 4]> = (0..table.rows() / 2).map(|node| table.children(node)).collect();
    let (mut leaf_rounds, digests) = permute(&table.leaf_inputs());
    let (mut node_rounds, node_digests) = permute(&nodes);

    let mut node_zero = [node_digests[0]];
    if !late_node_zero {
        channel.send(Step::NodeZero, &mut node_zero);
    }
    let mut point: Vec<Fr> = (0..variables).map(|_| channel.challenge()).collect();
    if late_node_zero {
        let equality = equality_table(&point[..variables - 1]);
        let excess: Fr = node_digests.iter().enumerate().map(|(x, hash)| equality[x] * (*hash - table.node(x))).sum();
        node_zero = [excess / equality[0]];
        channel.send(Step::NodeZero, &mut node_zero);
    }
    let mut outputs = [
        inner_product(&digests, &equality_table(&point)),
        inner_product(&node_digests, &equality_table(&point[..variables - 1])),
    ];
    let combiner = channel.send(Step::Outputs, &mut outputs);
    let mut weights = [first(Fr::ONE), first(combiner)];
    let mut layers = Vec::new();
    for round in (0..ROUNDS).rev() {
        let inputs = [leaf_rounds.pop().unwrap(), node_rounds.pop().unwrap()];
        let mixed = weights.each_ref().map(transposed_product);
        let sides = inputs.into_iter().zip(&mixed);
        let (rounds, next, mut values) = if is_full_round(round) {
            let (rounds, next, values) = prove_round(channel, round, &point, sides.map(full_part));
            // In the first round the first input is a constant, which is not sent.
            let sent = values.iter().flat_map(|u| u[usize::from(round == 0)..].iter().copied());
            (rounds, next, sent.collect())
        } else {
            let (rounds, next, values) = prove_round(channel, round, &point, sides.map(partial_part));
            (rounds, next, values.concat())
        };
        point = next;
        let combiner = channel.send(Step::HashValues { round }, &mut values);
        weights = next_weights(round, combiner, &mixed);
        layers.push(HashLayer { rounds, values: form(round, values) });
    }
    // The second coordinate of the children's number; the first came with the last message.
    channel.challenge();
    Hashing { node_zero: node_zero[0], outputs, layers }
}

/// The values in the form of the round's message.
fn form(round: usize, values: Vec<Fr>) -> HashValues<Fr> {
    let mut values = values.into_iter();
    HashValues::build(round, || values.next().ok_or(Check::HashLayer { round })).unwrap()
}

fn prove_round<'a, const N: usize>(
    channel: &mut Channel,
    round: usize,
    point: &[Fr],
    parts: impl Iterator<Item = Part<'a, N>>,
) -> Finished<N, HASH_DEGREE> {
    equality_rounds(channel, point, parts.collect(), |variable| Step::HashRound { round, variable })
}

fn full_part((rows, mixed): (Runs<State>, &State)) -> Part<'_, WIDTH> {
    let summand = Box::new(|u: &State| (0..WIDTH).map(|j| mixed[j] * u[j].square().square() * u[j]).sum());
    Part { rows, summand }
}

fn partial_part((inputs, mixed): (Runs<State>, &State)) -> Part<'_, 2> {
    Part {
        rows: inputs.map(|u| [u[0], (1..WIDTH).map(|j| mixed[j] * u[j]).sum()]),
        summand: Box::new(|[input, rest]: &[Fr; 2]| mixed[0] * input.square().square() * input + rest),
    }
}

fn first(weight: Fr) -> State {
    std::array::from_fn(|j| if j == 0 { weight } else { Fr::ZERO })
}

fn transposed_product(weights: &State) -> State {
    let matrix = &Permutation::get().matrix;
    std::array::from_fn(|j| (0..WIDTH).map(|i| matrix[i][j] * weights[i]).sum())
}

/// b and b' after a round.
fn next_weights(round: usize, combiner: Fr, mixed: &[State; 2]) -> [State; 2] {
    let power = |exponent: usize| combiner.pow([exponent as u64]);
    if is_full_round(round) {
        return [0, WIDTH].map(|start| std::array::from_fn(|j| power(start + j)));
    }
    [0, 1].map(|side| {
        let form = |j: usize| if j == 0 { power(2 * side) } else { power(2 * side + 1) * mixed[side][j] };
        std::array::from_fn(form)
    })
}
