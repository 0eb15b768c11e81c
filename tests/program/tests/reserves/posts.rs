//! post_shard: the rules of a post, in the order of the specification's section 6.

use anchor_lang::prelude::Pubkey;
use ballast_core::{
    Element, Refusal,
    field::{BASE_ORDER, ORDER},
    post::ShardPost,
};
use groth16_solana::groth16::negate_g1_be;
use reserves::{
    events::{EpochFinalized, ShardPosted},
    state::{Circuit, EpochStatus},
};
use solana_signer::Signer;

use crate::{
    circuits::outside_subgroup,
    cluster::events,
    history::{History, READY, units},
    instructions::*,
    vectors::{self, EpochVector},
};

/// What a changed post of epoch 2's first shard comes to, on a history of one epoch.
#[track_caller]
fn refused(change: impl FnOnce(&mut ShardPost), expected: Refusal) {
    let mut history = History::after(vectors::history(), 1);
    let mut post = history.posts(1).remove(0);
    change(&mut post);
    history.post(&post).refused(expected);
}

fn insolvent_bits(epoch: &EpochVector) -> u128 {
    epoch.insolvent.iter().fold(0, |bits, asset| bits | 1 << (asset - 1))
}

fn word(value: u128) -> [u8; 32] {
    Element::from(value).to_bytes()
}

#[test]
fn the_history_of_the_vectors_is_stored_as_they_say() {
    let mut history = History::begin(vectors::history());
    for number in 0..3 {
        for (index, post) in history.posts(number).iter().enumerate() {
            let done = history.post(post).accepted();
            units(&format!("post_shard, 3 assets, epoch {}, shard {index}", number + 1), &done);
        }
        let (commitment, exchange) = (history.commitment(number as u64 + 1), history.exchange());
        let (expected, posts) = (history.epoch(number), history.posts(number));
        assert_eq!(commitment.record.as_slice(), expected.record);
        assert_eq!(commitment.head_before.as_slice(), expected.head_before);
        assert_eq!(commitment.head_after.as_slice(), expected.head_after);
        assert_eq!(commitment.liabilities, expected.liabilities);
        assert_eq!(commitment.reserves, expected.reserves);
        assert_eq!(commitment.roots, posts.iter().map(|post| post.root).collect::<Vec<_>>());
        let bits = insolvent_bits(expected);
        let status = if bits == 0 { EpochStatus::Solvent } else { EpochStatus::Insolvent };
        assert_eq!((commitment.insolvent, commitment.status), (bits, status));
        assert_eq!((commitment.version, commitment.exchange, commitment.epoch), (1, history.id(), number as u64 + 1));
        assert_eq!((commitment.as_of, commitment.sources), (posts[0].as_of, posts[0].sources));
        assert_eq!((commitment.circuit, commitment.setup), (posts[0].circuit, 1));
        assert_eq!((commitment.poster, commitment.posted_at), (history.poster.pubkey(), READY));
        assert_eq!(commitment.shard_count as usize, posts.len());
        assert_eq!(exchange.head.as_slice(), expected.head_after);
        assert_eq!((exchange.next_epoch, exchange.pending), (number as u64 + 2, None));
        assert_eq!((exchange.as_of, exchange.ledger_sequence), (posts[0].as_of, posts[0].ledger.sequence));
        assert_eq!(exchange.ledger_head, posts[0].ledger.head);
    }
}

#[test]
fn a_post_says_what_happened() {
    let mut history = History::after(vectors::history(), 1);
    let posts = history.posts(1);
    let first = history.post(&posts[0]).accepted();
    assert_eq!(events::<EpochFinalized>(&first).len(), 0);
    let event = &events::<ShardPosted>(&first)[0];
    assert_eq!((event.exchange, event.epoch, event.poster), (history.id(), 2, history.poster.pubkey()));
    assert_eq!((event.shard_index, event.shard_count, event.root), (0, 2, posts[0].root));
    let last = history.post(&posts[1]).accepted();
    let (event, expected) = (&events::<EpochFinalized>(&last)[0], history.epoch(1));
    assert_eq!((event.exchange, event.epoch, event.status), (history.id(), 2, EpochStatus::Insolvent));
    assert_eq!(event.insolvent, insolvent_bits(expected));
    assert_eq!((event.record.as_slice(), event.head.as_slice()), (&expected.record[..], &expected.head_after[..]));
    assert_eq!((event.circuit, event.setup, event.sources), (posts[0].circuit, 1, posts[0].sources));
}

#[test]
fn a_post_of_53_assets_is_stored() {
    let mut history = History::begin(vectors::wide());
    for number in 0..2 {
        let post = history.posts(number).remove(0);
        let done = history.post(&post).accepted();
        units(&format!("post_shard, 53 assets, epoch {}", number + 1), &done);
        let commitment = history.commitment(number as u64 + 1);
        assert_eq!(commitment.liabilities, history.epoch(number).liabilities);
        assert_eq!(commitment.head_after.as_slice(), history.epoch(number).head_after);
    }
}

// Rule 1

#[test]
fn a_stranger_posts_nothing() {
    let mut history = History::begin(vectors::history());
    let (post, stranger) = (history.posts(0).remove(0), history.chain.key());
    let buffer = history.fill_buffer(&stranger, &post.encode());
    let accounts = PostAccounts { poster: stranger.pubkey(), buffer, ..history.accounts(&post) };
    history.chain.send(&[&stranger], post_shard(accounts)).refused(Refusal::NotPoster);
    let authority = history.authority.insecure_clone();
    let buffer = history.fill_buffer(&authority, &post.encode());
    let accounts = PostAccounts { poster: authority.pubkey(), buffer, ..history.accounts(&post) };
    history.chain.send(&[&authority], post_shard(accounts)).refused(Refusal::NotPoster);
    history.post(&post).accepted();
}

#[test]
fn another_exchanges_poster_posts_nothing_here() {
    let mut history = History::begin(vectors::history());
    let other = History::begin(vectors::wide());
    let (post, poster) = (history.posts(0).remove(0), other.poster);
    history.chain.fund(&poster.pubkey());
    let buffer = history.fill_buffer(&poster, &post.encode());
    let accounts = PostAccounts { poster: poster.pubkey(), buffer, ..history.accounts(&post) };
    history.chain.send(&[&poster], post_shard(accounts)).refused(Refusal::NotPoster);
}

#[test]
fn a_post_needs_an_asset_list_of_its_length() {
    let mut history = History::registered(vectors::history());
    let post = history.posts(0).remove(0);
    history.post(&post).refused(Refusal::AssetListMissing);
    let shorten = |post: &mut ShardPost| {
        post.totals.truncate(2);
        post.reserves.truncate(2);
    };
    refused(shorten, Refusal::AssetCountMismatch { expected: 3, found: 2 });
}

#[test]
fn bytes_that_are_no_post_are_refused() {
    let mut history = History::begin(vectors::history());
    let (post, poster) = (history.posts(0).remove(0), history.poster.insecure_clone());
    let accounts = history.accounts(&post);
    let bytes = post.encode();
    let other_version = [&[2], &bytes[1..]].concat();
    for bytes in [&bytes[..bytes.len() - 1], &[&bytes[..], &[0]].concat(), &other_version, &[1]] {
        history.fill_buffer(&poster, bytes);
        history.chain.send(&[&poster], post_shard(accounts)).refused(Refusal::PostMalformed);
    }
}

// Rule 2

#[test]
fn an_epoch_is_neither_repeated_nor_skipped() {
    let mut history = History::after(vectors::history(), 1);
    for post in [history.posts(0).remove(0), history.posts(2).remove(0)] {
        let found = post.epoch;
        history.post(&post).refused(Refusal::EpochNotNext { expected: 2, found });
    }
    for found in [0, 3, u64::MAX] {
        refused(|post| post.epoch = found, Refusal::EpochNotNext { expected: 2, found });
    }
}

#[test]
fn an_epoch_is_not_dated_ahead() {
    let mut history = History::after(vectors::history(), 1);
    let post = history.posts(1).remove(0);
    let (clock, found) = (post.as_of - 1, post.as_of);
    history.chain.set_clock(clock);
    history.post(&post).refused(Refusal::AsOfInFuture { clock, found });
    let mut far = post.clone();
    far.as_of = u64::MAX;
    history.post(&far).refused(Refusal::AsOfInFuture { clock, found: u64::MAX });
    history.chain.set_clock(found);
    history.post(&post).accepted();
}

#[test]
fn an_epoch_is_not_dated_back() {
    let last = vectors::history().epochs[0].shards[0].post().as_of;
    for found in [last, last - 1, 0] {
        refused(|post| post.as_of = found, Refusal::AsOfNotAfterLast { last, found });
    }
}

/// A stolen poster could fill a history otherwise.
#[test]
fn epochs_are_a_quarter_of_the_cadence_apart() {
    let last = vectors::history().epochs[0].shards[0].post().as_of;
    let earliest = last + 150;
    for found in [last + 1, earliest - 1] {
        refused(|post| post.as_of = found, Refusal::AsOfTooSoon { earliest, found });
    }
    // The statement is another one: the post gets as far as that.
    refused(|post| post.as_of = earliest, Refusal::ContextMismatch);
}

/// A stolen poster could use up all positions of the ledger otherwise.
#[test]
fn the_ledger_does_not_leap() {
    let last = vectors::history().epochs[0].shards[0].post().ledger.sequence;
    for found in [last + (1 << 40) + 1, u64::MAX] {
        refused(|post| post.ledger.sequence = found, Refusal::LedgerSequenceJump { last, found });
    }
    refused(|post| post.ledger.sequence = last + (1 << 40), Refusal::ContextMismatch);
}

#[test]
fn the_ledger_does_not_go_back() {
    let last = vectors::history().epochs[0].shards[0].post().ledger.sequence;
    let expected = Refusal::LedgerSequenceBackwards { last, found: last - 1 };
    refused(|post| post.ledger.sequence = last - 1, expected);
    refused(|post| post.ledger.sequence = last, Refusal::LedgerHeadChanged { sequence: last });
}

// Rule 3: see shards.rs

#[test]
fn shard_positions_are_bounded() {
    refused(|post| post.shard.count = 0, Refusal::ShardCountInvalid { found: 0 });
    refused(|post| post.shard.count = 129, Refusal::ShardCountInvalid { found: 129 });
    refused(|post| post.shard.index = 2, Refusal::ShardIndexInvalid { count: 2, found: 2 });
}

// Rule 4

#[test]
fn a_circuit_is_known_active_and_not_retired() {
    let mut history = History::after(vectors::history(), 1);
    let post = history.posts(1).remove(0);
    let unregistered = circuit_address(&[9; 32]);
    let exchange = exchange_address(&history.id());
    for account in [unregistered, exchange, Pubkey::new_unique()] {
        history.post_with(&post, |accounts| accounts.circuit = account).refused(Refusal::CircuitUnknown);
    }
    let mut unknown = post.clone();
    unknown.circuit = [9; 32];
    history.post(&unknown).refused(Refusal::CircuitUnknown);
    let known = circuit_address(&post.circuit);
    history.post_with(&unknown, |accounts| accounts.circuit = known).refused(Refusal::CircuitUnknown);

    history.chain.edit(&known, |circuit: &mut Circuit| circuit.active_from = READY + 1);
    history.post(&post).refused(Refusal::CircuitNotActive { active_from: READY + 1, clock: READY });
    history.chain.edit(&known, |circuit: &mut Circuit| circuit.active_from = READY);
    let governor = history.governor.insecure_clone();
    history.chain.send(&[&governor], retire_circuit(governor.pubkey(), &post.circuit)).accepted();
    history.post(&post).refused(Refusal::CircuitRetired);
}

#[test]
fn a_circuit_counts_from_the_second_it_is_active() {
    let mut history = History::begin(vectors::history());
    let post = history.posts(0).remove(0);
    history.chain.edit(&circuit_address(&post.circuit), |circuit: &mut Circuit| circuit.active_from = READY);
    history.post(&post).accepted();
}

#[test]
fn an_account_that_only_looks_like_a_circuit_is_none() {
    let mut history = History::begin(vectors::history());
    let post = history.posts(0).remove(0);
    let mut account = history.chain.svm.get_account(&circuit_address(&post.circuit)).unwrap();
    account.owner = Pubkey::new_unique();
    let forged = Pubkey::new_unique();
    history.chain.svm.set_account(forged, account).unwrap();
    history.post_with(&post, |accounts| accounts.circuit = forged).refused(Refusal::CircuitUnknown);
}

// Rule 5

#[test]
fn an_element_is_below_r() {
    refused(
        |post| post.context[0] = vectors::plus(&post.context[0], &ORDER),
        Refusal::ElementNotCanonical { index: 0 },
    );
    refused(|post| post.context[1] = ORDER, Refusal::ElementNotCanonical { index: 1 });
    refused(|post| post.root = vectors::plus(&post.root, &ORDER), Refusal::ElementNotCanonical { index: 2 });
    refused(|post| post.totals[0] = vectors::plus(&post.totals[0], &ORDER), Refusal::ElementNotCanonical { index: 3 });
    refused(|post| post.totals[2] = BASE_ORDER, Refusal::ElementNotCanonical { index: 5 });
    refused(|post| post.digest = vectors::plus(&post.digest, &ORDER), Refusal::ElementNotCanonical { index: 204 });
}

#[test]
fn a_half_is_below_2_to_the_128() {
    refused(|post| post.context[0][15] = 1, Refusal::HalfOutOfRange { index: 0 });
    refused(|post| post.context[1][15] = 1, Refusal::HalfOutOfRange { index: 1 });
}

#[test]
fn an_amount_is_below_2_to_the_112() {
    refused(|post| post.totals[1] = word(1 << 112), Refusal::AmountOutOfRange { asset: 2 });
    refused(|post| post.totals[0][15] = 1, Refusal::AmountOutOfRange { asset: 1 });
    refused(|post| post.reserves[2] = word(1 << 112), Refusal::AmountOutOfRange { asset: 3 });
    refused(|post| post.reserves[0] = vectors::plus(&post.reserves[0], &ORDER), Refusal::AmountOutOfRange { asset: 1 });
}

#[test]
fn a_proof_is_for_its_own_statement_only() {
    let changes: [fn(&mut ShardPost); 8] = [
        |post| post.as_of += 1,
        |post| post.shard.count = 3,
        |post| post.ledger.sequence += 1,
        |post| post.ledger.head[31] ^= 1,
        |post| post.sources[0] ^= 1,
        |post| post.reserves[1] = word(1 << 111),
        |post| post.reserves.swap(0, 2),
        |post| post.context.swap(0, 1),
    ];
    for change in changes {
        refused(change, Refusal::ContextMismatch);
    }
}

#[test]
fn another_exchanges_proof_is_refused() {
    let mut history = History::begin(vectors::history());
    let mut other = vectors::wide().epochs[0].shards[0].post();
    other.totals.truncate(3);
    other.reserves.truncate(3);
    history.post(&other).refused(Refusal::ContextMismatch);
}

// Rule 6

#[test]
fn a_coordinate_of_a_proof_is_below_q() {
    for number in 0..8 {
        let change = |post: &mut ShardPost| post.proof[32 * number..][..32].copy_from_slice(&BASE_ORDER);
        refused(change, Refusal::ProofCoordinateNotCanonical { word: number as u8 });
    }
}

#[test]
fn a_point_of_a_proof_is_where_it_must_be() {
    for end in [64, 192, 256] {
        refused(|post| post.proof[end - 1] ^= 1, Refusal::ProofPointInvalid);
    }
    refused(|post| post.proof[64..192].copy_from_slice(&outside_subgroup()), Refusal::ProofPointInvalid);
    refused(|post| post.proof.fill(0), Refusal::ProofPointInvalid);
    for point in [0..64, 64..192, 192..256] {
        refused(|post| post.proof[point.clone()].fill(0), Refusal::ProofPointInvalid);
    }
}

#[test]
fn a_wrong_proof_is_refused() {
    let negate = |post: &mut ShardPost, start: usize| {
        let point: [u8; 64] = post.proof[start..start + 64].try_into().unwrap();
        post.proof[start..start + 64].copy_from_slice(&negate_g1_be(&point));
    };
    refused(|post| negate(post, 0), Refusal::ProofRejected);
    refused(|post| negate(post, 192), Refusal::ProofRejected);
    let other = vectors::history().epochs[1].shards[1].post();
    refused(|post| post.proof = other.proof, Refusal::ProofRejected);
    refused(|post| (post.proof, post.digest) = (other.proof, other.digest), Refusal::ProofRejected);
}

#[test]
fn a_proof_holds_for_its_own_figures_only() {
    refused(|post| post.totals[0][31] ^= 1, Refusal::ProofRejected);
    refused(|post| post.totals.swap(0, 1), Refusal::ProofRejected);
    refused(|post| post.totals[0] = word(0), Refusal::ProofRejected);
    refused(|post| post.root[31] ^= 1, Refusal::ProofRejected);
    refused(|post| post.digest[31] ^= 1, Refusal::ProofRejected);
}
