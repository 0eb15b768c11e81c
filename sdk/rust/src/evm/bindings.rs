//! The contracts, generated from the committed ABI, and a post in their form.

#![allow(clippy::too_many_arguments)] // as many as the events have fields

use alloy::{primitives::U256, sol};
use ballast_core::{opening::OPENING_POINTS, post::ShardPost};

sol!(
    #[sol(rpc, all_derives)]
    Reserves,
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/abi/Reserves.json")
);

sol!(
    #[sol(rpc, all_derives)]
    CircuitRegistry,
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/abi/CircuitRegistry.json")
);

sol!(
    #[sol(rpc, all_derives)]
    CircuitVerifier,
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/abi/CircuitVerifier.json")
);

sol!(
    #[sol(rpc, all_derives)]
    Witnesses,
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/abi/Witnesses.json")
);

/// The figures of both contracts have the same form.
impl From<Witnesses::WitnessedSolvency> for Reserves::Solvency {
    fn from(answer: Witnesses::WitnessedSolvency) -> Self {
        Self {
            standing: answer.standing,
            epoch: answer.epoch,
            asOf: answer.asOf,
            liability: answer.liability,
            reserve: answer.reserve,
            ratioBps: answer.ratioBps,
            setup: answer.setup,
            circuitId: answer.circuitId,
        }
    }
}

impl From<&ShardPost> for Reserves::ShardPost {
    fn from(post: &ShardPost) -> Self {
        let word = |bytes: &[u8; 32]| U256::from_be_bytes(*bytes);
        let public = post.context.iter().chain([&post.root]).chain(&post.totals);
        let (points, scalars) = post.opening.split_at(post.opening.len().min(2 * OPENING_POINTS));
        let (proof, _) = post.proof.as_chunks();
        Self {
            epoch: post.epoch,
            asOf: post.as_of,
            shardIndex: post.shard.index,
            shardCount: post.shard.count,
            circuitId: post.circuit.into(),
            ledgerSequence: post.ledger.sequence,
            ledgerHead: post.ledger.head.into(),
            sources: post.sources.into(),
            publicVector: public.map(word).collect(),
            reserves: post.reserves.iter().map(word).collect(),
            d: word(&post.digest),
            openingPoints: words(points),
            openingScalars: words(scalars),
            proof: words(proof),
        }
    }
}

/// The first N of `words`. Missing ones are zero, which the contract refuses.
fn words<const N: usize>(words: &[[u8; 32]]) -> [U256; N] {
    std::array::from_fn(|index| words.get(index).map_or(U256::ZERO, |word| U256::from_be_bytes(*word)))
}
