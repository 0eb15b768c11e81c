//! A second prover, written from `docs/spec.md`: over tables of any field elements, everything
//! computed the plain way, and free to lie in any message. What it shares with the first is the
//! transcript and what the verifier makes of the messages.

mod fractions;
mod hashing;
mod opening;
mod rounds;
mod runs;
mod table;

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use ballast_core::opening::{CHUNKS, OPENING_POINTS};
use ballast_prover::{
    argument::{
        messages::Messages,
        verifier::{self, Claim},
    },
    arithmetic::Native,
    batch::{Batch, Combination},
    encoding::point_halves,
    table::claims::PointClaims,
    transcript::Transcript,
};
use rayon::prelude::*;

pub use opening::{Blinders, commit_chunks};
pub use rounds::equality_table;
pub use table::Table;

use crate::{
    arithmetics::Tampered,
    fixture::{Argument, CONTEXT},
};
use rounds::product_rounds;

/// The messages, in the order in which they are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What the node without a place in the tree hashes to.
    NodeZero,
    /// Leaf digests and node digests at the first point.
    Outputs,
    HashRound {
        round: usize,
        variable: usize,
    },
    HashValues {
        round: usize,
    },
    Root,
    FractionRound {
        layer: usize,
        variable: usize,
    },
    FractionValues {
        layer: usize,
    },
    BatchRound {
        variable: usize,
    },
    /// The table's value at the last point, where b has the value `kernel`.
    Value {
        kernel: Fr,
    },
    Evaluations,
}

/// Changes a message before it is sent, knowing all challenges so far.
pub type Lie<'a> = &'a dyn Fn(Step, &[Fr], &mut [Fr]);

/// The prover's end of the transcript.
struct Channel<'a> {
    transcript: Transcript<Fr>,
    challenges: Vec<Fr>,
    lie: Lie<'a>,
}

impl Channel<'_> {
    fn lie(&self, step: Step, message: &mut [Fr]) {
        (self.lie)(step, &self.challenges, message);
    }

    fn send(&mut self, step: Step, message: &mut [Fr]) -> Fr {
        self.lie(step, message);
        self.take(message)
    }

    fn take(&mut self, message: &[Fr]) -> Fr {
        let challenge = self.transcript.message(&mut Native, message).unwrap();
        self.challenges.push(challenge);
        challenge
    }

    fn challenge(&mut self) -> Fr {
        let challenge = self.transcript.challenge(&mut Native).unwrap();
        self.challenges.push(challenge);
        challenge
    }
}

/// Which table each part of the argument is made from. An honest prover has one.
#[derive(Clone, Copy)]
pub struct Tables<'a> {
    pub committed: &'a Table,
    pub hashed: &'a Table,
    pub summed: &'a Table,
    /// The table of the batched claims and of the opening.
    pub opened: &'a Table,
}

impl<'a> Tables<'a> {
    pub fn all(table: &'a Table) -> Self {
        Self { committed: table, hashed: table, summed: table, opened: table }
    }
}

/// What a prover does.
pub struct Strategy<'a> {
    pub tables: Tables<'a>,
    pub totals: Vec<Fr>,
    pub root: Fr,
    pub blinders: Blinders,
    pub lie: Lie<'a>,
    /// Waits with the digest of node 0 until the first point is known, and chooses it so that the
    /// nodes seem to fit.
    pub late_node_zero: bool,
}

impl<'a> Strategy<'a> {
    /// The table's own totals and root, and no lie.
    pub fn honest(table: &'a Table) -> Self {
        Self {
            tables: Tables::all(table),
            totals: table.totals(),
            root: table.root(),
            blinders: Blinders::new(2),
            lie: &|_, _, _| (),
            late_node_zero: false,
        }
    }

    pub fn prove(self) -> Argument {
        let Self { tables, totals, root, blinders, lie, late_node_zero } = self;
        let depth = tables.committed.depth;
        let mut points = [[Fr::ZERO; 4]; OPENING_POINTS];
        let commitments = commit_chunks(tables.committed, &blinders);
        points.iter_mut().zip(&commitments).for_each(|(halves, point)| *halves = point_halves(point));
        let mut claim = Claim { context: CONTEXT.map(Fr::from), root, totals, points };

        let mut channel = Channel { transcript: Transcript::new(&Native, depth), challenges: Vec::new(), lie };
        verifier::open(&mut Native, &mut channel.transcript, &claim).unwrap();
        let hashing = hashing::prove(&mut channel, tables.hashed, late_node_zero);
        let (limb, asset) = (channel.challenge(), channel.challenge());
        let fractions = fractions::prove(&mut channel, tables.summed, limb, asset);

        let mut replay = Transcript::new(&Native, depth);
        let claims = verifier::table_claims(
            &mut Tampered::without_equations(),
            &mut replay,
            depth,
            &claim,
            &hashing,
            &fractions,
        )
        .unwrap_or_default();
        let (batch, point) = prove_batch(&mut channel, tables.opened, &claims);

        let opening = opening::Opening::new(tables.opened, &blinders, &point);
        claim.points[CHUNKS] = point_halves(&opening::commit(&opening.s));
        let zeta = channel.take(&[&[batch.value][..], &claim.points[CHUNKS]].concat());
        let mut evaluations = opening.evaluate(zeta);
        let eta = channel.send(Step::Evaluations, &mut evaluations);
        let (quotient, rest) = opening.divide(zeta, eta);
        claim.points[CHUNKS + 1] = point_halves(&opening::commit(&quotient));
        let u = channel.take(&claim.points[CHUNKS + 1]);
        claim.points[CHUNKS + 2] = point_halves(&opening::commit(&rest(u)));
        (claim, Messages { fractions, hashing, batch, evaluations })
    }
}

/// Batches the claims: sum over columns and rows of the table times everything that is claimed of
/// an entry.
fn prove_batch(channel: &mut Channel, table: &Table, claims: &[PointClaims<Fr>]) -> (Batch<Fr>, Vec<Fr>) {
    let challenge = channel.challenge();
    let combination = Combination::new(&mut Native, claims, &challenge).unwrap();
    let equalities: Vec<Vec<Fr>> = claims.iter().map(|claims| equality_table(&claims.point)).collect();
    let pairs_of = |(column, entries): (usize, &Vec<Fr>)| {
        let weights = combination.weights.iter().map(|weights| weights[column]).zip(&equalities);
        let weights: Vec<(Fr, &Vec<Fr>)> = weights.filter(|(weight, _)| *weight != Fr::ZERO).collect();
        let kernel = |row: usize| weights.iter().map(|(weight, equality)| *weight * equality[row]).sum();
        entries.iter().enumerate().map(|(row, entry)| [kernel(row), *entry]).collect::<Vec<_>>()
    };
    let pairs = table.columns.par_iter().enumerate().flat_map_iter(pairs_of).collect();
    let (rounds, point, [kernel, value]) = product_rounds(channel, pairs);
    let mut value = [value];
    channel.lie(Step::Value { kernel }, &mut value);
    (Batch { rounds, value: value[0] }, point)
}
