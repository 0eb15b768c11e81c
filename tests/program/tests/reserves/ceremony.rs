//! The history of the vectors as if a ceremony's circuit had proved it, for what only such a
//! circuit may answer.
//!
//! No ceremony was held: the key's secrets are in `simulated.rs`, and nothing but these tests says
//! otherwise. Epochs, figures and roots are those of the vectors; contexts, proofs and heads are
//! new, as the circuit is part of both.

use ballast_core::{
    Digest, Element,
    circuit::SetupKind,
    post::{PriorState, ShardPost},
    record::{EpochRecord, Roots, next_head},
    reserves::reserves_digest,
};

use crate::{
    simulated,
    vectors::{self, EpochVector, ShardVector, Vectors},
};

/// Three epochs of three assets; epoch 2 has two shards and is insolvent in the second asset.
pub fn history() -> Vectors {
    let mut vectors = vectors::history();
    vectors.circuit = simulated::circuit_of(simulated::CLASS, SetupKind::Ceremony);
    vectors.other = None;
    let (exchange, circuit) = (vectors.exchange.id(), vectors.circuit.id());
    let asset_list = vectors.exchange.asset_list.as_slice().try_into().unwrap();
    let mut head = exchange;
    for epoch in &mut vectors.epochs {
        head = prove_again(epoch, &circuit, PriorState { exchange, asset_list, head_before: head });
    }
    vectors
}

/// Returns the head after the epoch.
fn prove_again(epoch: &mut EpochVector, circuit: &Digest, prior: PriorState) -> Digest {
    let again = |shard: &ShardVector| {
        let post = ShardPost { circuit: *circuit, ..shard.post() };
        simulated::proved_again(post, &prior, &epoch.reserves)
    };
    let posts: Vec<_> = epoch.shards.iter().map(again).collect();
    let [first, ..] = posts.as_slice() else { panic!("an epoch without shards") };
    let roots: Vec<Element> = posts.iter().map(|post| Element::new(post.root).unwrap()).collect();
    let record = EpochRecord {
        exchange: prior.exchange,
        epoch: first.epoch,
        as_of: first.as_of,
        asset_list: prior.asset_list,
        circuit: *circuit,
        ledger: first.ledger,
        reserves: reserves_digest(&epoch.reserves, &first.sources),
        shard_count: first.shard.count,
        roots: Roots::of(&roots),
        liabilities: &epoch.liabilities,
    }
    .digest();
    let head = next_head(&prior.head_before, &record);
    epoch.shards = posts.iter().map(|post| ShardVector { encoded: post.encode() }).collect();
    epoch.record = record.to_vec();
    epoch.head_before = prior.head_before.to_vec();
    epoch.head_after = head.to_vec();
    head
}
