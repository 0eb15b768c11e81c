//! Proofs by a key whose secrets are known.
//!
//! With the discrete logarithms of its key anyone simulates a Groth16 proof of any inputs (Groth,
//! eprint 2016/260, section 3.2) and an opening of any points: here tests do, for posts that no
//! honest prover makes. The verifier is the real one.

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use ballast_core::{
    Element,
    assets::{self, AssetList},
    circuit::{Class, SetupKind, VerifyingKey, circuit_id},
    exchange::exchange_id,
    opening::{Opening, separator},
    post::{PriorState, ShardPost},
    public_vector::{PublicInputs, PublicVector},
    statement::{LedgerPosition, ShardPosition},
};
use solana_signer::Signer;

use crate::{
    history::READY,
    vectors::{CircuitVector, EpochVector, ExchangeVector, ShardVector, Vectors},
};

pub const CLASS: Class = Class::SMALLEST;
const ONLY: ShardPosition = ShardPosition { index: 0, count: 1 };

/// Logarithms of the key's points to the generators.
struct Secrets {
    alpha: Fr,
    beta: Fr,
    gamma: Fr,
    delta: Fr,
    inputs: [Fr; 4],
    tau: Fr,
}

fn secrets() -> Secrets {
    let [alpha, beta, gamma, delta, tau] = [7u64, 2, 3, 5, 23].map(Fr::from);
    Secrets { alpha, beta, gamma, delta, inputs: [11u64, 13, 17, 19].map(Fr::from), tau }
}

fn word(x: impl PrimeField) -> [u8; 32] {
    x.into_bigint().to_bytes_be().try_into().unwrap()
}

/// The generator of G1 times `logarithm`, uncompressed; infinity is zeros.
pub fn g1(logarithm: Fr) -> [u8; 64] {
    let (x, y) = G1Affine::from(G1Affine::generator() * logarithm).xy().unwrap_or_default();
    [word(x), word(y)].concat().try_into().unwrap()
}

/// The generator of G2 times `logarithm`, uncompressed, imaginary parts first.
pub fn g2(logarithm: Fr) -> [u8; 128] {
    let point = G2Affine::from(G2Affine::generator() * logarithm);
    let words: [Fq; 4] = [point.x.c1, point.x.c0, point.y.c1, point.y.c0];
    words.map(word).concat().try_into().unwrap()
}

fn field(element: &Element) -> Fr {
    Fr::from_be_bytes_mod_order(element.as_bytes())
}

/// What an opening shows, by logarithms.
#[derive(Clone)]
pub struct Secret {
    /// C_0 .. C_12, S, Q, P.
    pub points: [Fr; 16],
    /// z_0 .. z_3, eta, u, i, v.
    pub scalars: [Fr; 8],
}

impl Secret {
    /// An opening whose equation holds.
    pub fn right() -> Self {
        let number = |number: usize| Fr::from(number as u64 + 3).pow([97]);
        let secret =
            Self { points: core::array::from_fn(number), scalars: core::array::from_fn(|scalar| number(16 + scalar)) };
        secret.solved()
    }

    /// With the P that makes the equation hold.
    pub fn solved(self) -> Self {
        self.solved_but_for(Fr::ZERO, secrets().tau)
    }

    /// With the P for which X - tau P is `error`.
    pub fn solved_but_for(mut self, error: Fr, tau: Fr) -> Self {
        self.points[15] = Fr::ZERO;
        let u = self.scalars[5];
        self.points[15] = (self.sum() - error) / (tau - u);
        self
    }

    /// X by the formula of the specification.
    fn sum(&self) -> Fr {
        let [z @ .., eta, u, i, v] = &self.scalars;
        let weight = |j: usize| -> Fr { (0..4).map(|b| if j >> b & 1 == 1 { z[b] } else { Fr::ONE - z[b] }).product() };
        let columns: Fr = (0..13).map(|j| weight(j) * self.points[j]).sum();
        columns + *eta * self.points[13] - *i - *v * self.points[14] + *u * self.points[15]
    }

    pub fn opening(&self) -> Opening {
        let scalars = self.scalars.map(|scalar| Element::new(word(scalar)).unwrap());
        Opening { points: self.points.map(g1), scalars }
    }
}

/// IC_0 and the inputs' multiples of the others.
fn inputs_sum(inputs: &PublicInputs) -> Fr {
    let [first, rest @ ..] = secrets().inputs;
    let inputs = [&inputs.digest, &inputs.challenge, &inputs.evaluation].map(field);
    first + rest.iter().zip(&inputs).map(|(point, input)| *point * input).sum::<Fr>()
}

/// A proof for these inputs: A and B are of no meaning, and C makes the equation hold but for
/// `error`.
fn prove(inputs: &PublicInputs, error: Fr) -> [u8; 256] {
    let Secrets { alpha, beta, gamma, delta, .. } = secrets();
    let sum = inputs_sum(inputs);
    let (a, b) = (Fr::from(29u64), Fr::from(31u64));
    let c = (error + a * b - alpha * beta - gamma * sum) / delta;
    [g1(a).as_slice(), &g2(b), &g1(c)].concat().try_into().unwrap()
}

fn circuit() -> CircuitVector {
    circuit_of(CLASS, SetupKind::Development)
}

/// The key, whose secrets are in this file, as if it were of this class and kind of setup.
pub fn circuit_of(class: Class, setup: SetupKind) -> CircuitVector {
    let Secrets { alpha, beta, gamma, delta, inputs, tau } = secrets();
    let g2 = |logarithm| g2(logarithm).to_vec();
    let inputs: Vec<u8> = inputs.into_iter().flat_map(g1).collect();
    let verifying_key = [g1(alpha).to_vec(), g2(beta), g2(gamma), g2(delta), inputs, g2(tau)].concat();
    let key = VerifyingKey::new(&verifying_key).unwrap();
    CircuitVector {
        depth: class.depth,
        assets: class.assets,
        setup: setup as u8,
        transcript: vec![9; 32],
        verifying_key,
        id: circuit_id(class, setup, &[9; 32], &key).to_vec(),
    }
}

fn exchange(assets: usize) -> ExchangeVector {
    let symbols: Vec<String> = (1..=assets).map(|number| format!("A{number}")).collect();
    let list = symbols.iter().map(|symbol| assets::Asset::new(symbol, 8)).collect::<Result<_, _>>().unwrap();
    let mut vector = ExchangeVector {
        name: "Simulated".into(),
        solana_authority_seed: vec![8; 32],
        evm_authority: vec![7; 20],
        id: vec![],
        cadence: 600,
        decimals: vec![8; assets],
        symbols,
        asset_list: AssetList::new(list).unwrap().digest().to_vec(),
    };
    let authority = vector.authority().pubkey().to_bytes();
    vector.id = exchange_id(&authority, &[7; 20], &vector.name).unwrap().to_vec();
    vector
}

/// A shard of the first epoch of an exchange with as many assets as there are `totals`, which are
/// also its reserves but for `short` units of each. `error` is that of the Groth16 equation.
pub fn post(secret: &Secret, error: Fr, totals: &[u128], short: u128, shard: ShardPosition) -> ShardPost {
    let (unproved, vector) = unproved(&circuit(), CLASS, secret, totals, short, shard);
    proved(unproved, &vector, error)
}

/// What [`post`] is without its proof, for this circuit, and its public vector in `class`.
fn unproved(
    circuit: &CircuitVector,
    class: Class,
    secret: &Secret,
    totals: &[u128],
    short: u128,
    shard: ShardPosition,
) -> (ShardPost, PublicVector) {
    let exchange = exchange(totals.len());
    let amount = |amount: &u128| Element::from(*amount).to_bytes();
    let reserves: Vec<u128> = totals.iter().map(|total| total - short).collect();
    let mut post = ShardPost {
        epoch: 1,
        as_of: READY - 60,
        shard,
        circuit: circuit.id(),
        ledger: LedgerPosition { sequence: 1, head: [6; 32] },
        sources: [5; 32],
        context: [[0; 32]; 2],
        root: word(Fr::from(4u64)),
        totals: totals.iter().map(amount).collect(),
        reserves: reserves.iter().map(amount).collect(),
        digest: [0; 32],
        opening: Vec::new(),
        proof: [0; 256],
    };
    let prior = PriorState {
        exchange: exchange.id(),
        asset_list: exchange.asset_list.as_slice().try_into().unwrap(),
        head_before: exchange.id(),
    };
    let vector = complete(&mut post, class, secret, &prior, &reserves);
    (post, vector)
}

/// Gives a post the context and the opening of its own statement and figures; returns its public
/// vector in `class`.
fn complete(
    post: &mut ShardPost,
    class: Class,
    secret: &Secret,
    prior: &PriorState,
    reserves: &[u128],
) -> PublicVector {
    let opening = secret.opening();
    let context = post.statement(prior, reserves).context();
    let elements: Vec<Element> = post.totals.iter().map(|total| Element::new(*total).unwrap()).collect();
    let root = Element::new(post.root).unwrap();
    post.opening = opening.words();
    post.context = Element::halves(&context).map(Element::to_bytes);
    // Of no meaning: only the circuit compares it with Y.
    post.digest = Element::from(14u64).to_bytes();
    PublicVector::new(class, &context, root, &elements, &opening).unwrap()
}

/// The post with an opening and a proof of its own statement and figures.
pub fn proved_again(mut post: ShardPost, prior: &PriorState, reserves: &[u128]) -> ShardPost {
    let vector = complete(&mut post, CLASS, &Secret::right(), prior, reserves);
    proved(post, &vector, Fr::ZERO)
}

fn proved(mut post: ShardPost, vector: &PublicVector, error: Fr) -> ShardPost {
    post.proof = prove(&vector.inputs(Element::new(post.digest).unwrap()), error);
    post
}

/// The key registered as one of `registered`, and a right post for that circuit but for its class:
/// the proof is of a vector of `class`.
pub fn registered_as(registered: Class, class: Class) -> (Vectors, ShardPost) {
    let circuit = circuit_of(registered, SetupKind::Development);
    let totals = [100, 200, 300];
    let (post, vector) = unproved(&circuit, class, &Secret::right(), &totals, 0, ONLY);
    let exchange = exchange(totals.len());
    (Vectors { circuit, exchange, epochs: vec![], other: None }, proved(post, &vector, Fr::ZERO))
}

/// The post of one shard with three assets and this opening; the Groth16 proof is right.
pub fn post_with(secret: &Secret) -> ShardPost {
    post(secret, Fr::ZERO, &[100, 200, 300], 0, ONLY)
}

/// The same, with a Groth16 equation that is off by `error`.
pub fn post_with_error(secret: &Secret, error: Fr) -> ShardPost {
    post(secret, error, &[100, 200, 300], 0, ONLY)
}

/// A post whose equations hold with a C at infinity.
pub fn post_without_c() -> ShardPost {
    let mut post = post_with(&Secret::right());
    let inputs = public_vector_of(&post).inputs(Element::new(post.digest).unwrap());
    let Secrets { alpha, beta, gamma, .. } = secrets();
    let b = Fr::from(31u64);
    let a = (alpha * beta + gamma * inputs_sum(&inputs)) / b;
    post.proof = [g1(a).as_slice(), &g2(b), &g1(Fr::ZERO)].concat().try_into().unwrap();
    post
}

/// A circuit and an exchange of so many assets, and a right post of its first epoch in which it is
/// `short` of each.
pub fn vectors(assets: usize, short: u128, shard: ShardPosition) -> Vectors {
    let totals: Vec<u128> = (0..assets as u128).map(|number| (1 << 104) + number).collect();
    let encoded = post(&Secret::right(), Fr::ZERO, &totals, short, shard).encode();
    let epoch = EpochVector { shards: vec![ShardVector { encoded }], ..EpochVector::default() };
    Vectors { circuit: circuit(), exchange: exchange(assets), epochs: vec![epoch], other: None }
}

fn public_vector_of(post: &ShardPost) -> PublicVector {
    let checked = post.check().unwrap();
    let totals: Vec<Element> = checked.totals.iter().map(|total| Element::from(*total)).collect();
    PublicVector::new(CLASS, &checked.context, checked.root, &totals, &checked.opening).unwrap()
}

/// t of a post.
pub fn separator_of(post: &ShardPost) -> Fr {
    field(&separator(&public_vector_of(post).challenge(&post.check().unwrap().digest), &post.proof))
}
