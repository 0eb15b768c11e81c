//! Epochs of several shards: order, splices, beginning again, and the largest of all.

use ballast_core::{Refusal, field::ORDER, statement::ShardPosition};
use groth16_solana::groth16::negate_g1_be;
use reserves::{
    events::EpochFinalized,
    state::{Commitment, EpochStatus, Exchange, PendingEpoch},
};
use solana_signer::Signer;

use crate::{
    cluster::events,
    history::{History, units},
    instructions::*,
    simulated,
    vectors::{self, Vectors},
};

/// One epoch, and the first of the two shards of the second.
fn begun() -> History {
    let mut history = History::after(vectors::history(), 1);
    let first = history.posts(1).remove(0);
    history.post(&first).accepted();
    history
}

#[test]
fn an_epoch_is_unfinished_until_its_last_shard() {
    let history = begun();
    let (commitment, exchange) = (history.commitment(2), history.exchange());
    assert_eq!((commitment.status, commitment.shards_done), (EpochStatus::Unfinished, 1));
    assert_eq!((commitment.record, commitment.head_after), ([0; 32], [0; 32]));
    assert_eq!((exchange.next_epoch, exchange.pending.map(|pending| pending.shards_done)), (2, Some(1)));
    assert_eq!(exchange.head.as_slice(), history.epoch(0).head_after);
}

#[test]
fn shards_come_in_order() {
    let mut history = History::after(vectors::history(), 1);
    let posts = history.posts(1);
    history.post(&posts[1]).refused(Refusal::ShardOutOfOrder { expected: 0, found: 1 });
}

#[test]
fn a_shard_counts_once() {
    let mut history = begun();
    let posts = history.posts(1);
    history.post(&posts[0]).refused(Refusal::ShardAlreadyPosted { index: 0 });
    // The other valid proof that anyone can make of a proof: -A and -B.
    let mut other = posts[0].clone();
    let a: [u8; 64] = other.proof[..64].try_into().unwrap();
    other.proof[..64].copy_from_slice(&negate_g1_be(&a));
    for start in [128, 160] {
        let y: [u8; 64] = [[0; 32], other.proof[start..start + 32].try_into().unwrap()].concat().try_into().unwrap();
        other.proof[start..start + 32].copy_from_slice(&negate_g1_be(&y)[32..]);
    }
    history.post(&other).refused(Refusal::ShardAlreadyPosted { index: 0 });
    history.post(&posts[1]).accepted();
    history.post(&other).refused(Refusal::EpochNotNext { expected: 3, found: 2 });
    let mut fresh = History::after(vectors::history(), 1);
    fresh.post(&other).accepted();
}

#[test]
fn a_shard_of_another_attempt_is_not_spliced_in() {
    let mut history = begun();
    let other = history.other_posts();
    history.post(&other[1]).refused(Refusal::ShardStatementMismatch { index: 1 });
}

#[test]
fn shards_agree_with_the_first() {
    let changes: [fn(&mut ballast_core::post::ShardPost); 6] = [
        |post| post.as_of += 1,
        |post| post.shard.count += 1,
        |post| post.circuit[0] ^= 1,
        |post| post.ledger.sequence += 1,
        |post| post.sources[0] ^= 1,
        |post| post.reserves[0][31] ^= 1,
    ];
    for change in changes {
        let mut history = begun();
        let mut post = history.posts(1).remove(1);
        change(&mut post);
        history.post(&post).refused(Refusal::ShardStatementMismatch { index: 1 });
    }
}

#[test]
fn another_first_shard_begins_the_epoch_again() {
    let mut history = begun();
    let (posts, other) = (history.posts(1), history.other_posts());
    history.post(&other[0]).accepted();
    let commitment = history.commitment(2);
    assert_eq!((commitment.as_of, commitment.shards_done), (other[0].as_of, 1));
    assert_eq!(commitment.roots, vec![other[0].root, [0; 32]]);
    history.post(&posts[1]).refused(Refusal::ShardStatementMismatch { index: 1 });
    history.post(&other[1]).accepted();
    let expected = history.vectors.other.as_ref().unwrap();
    let commitment = history.commitment(2);
    assert_eq!(commitment.head_after.as_slice(), expected.head_after);
    assert_eq!(commitment.liabilities, expected.liabilities);
}

#[test]
fn a_first_shard_that_is_refused_does_not_begin_the_epoch_again() {
    let mut history = begun();
    let mut wrong = history.other_posts().remove(0);
    wrong.digest[31] ^= 1;
    history.post(&wrong).refused(Refusal::ProofRejected);
    wrong.digest = ORDER;
    history.post(&wrong).refused(Refusal::ElementNotCanonical { index: 204 });
    let last = history.posts(1).remove(1);
    history.post(&last).accepted();
    assert_eq!(history.exchange().head.as_slice(), history.epoch(1).head_after);
}

#[test]
fn an_epoch_that_begins_again_grows_its_account_at_the_posters_expense() {
    let mut history = begun();
    let other = history.other_posts();
    let address = commitment_address(&history.id(), 2);
    let size = Commitment::space(3, 2);
    // As a first shard of an epoch of one shard and fewer bytes would have left it.
    let mut account = history.chain.svm.get_account(&address).unwrap();
    account.data.truncate(Commitment::space(3, 1));
    account.lamports = history.chain.svm.minimum_balance_for_rent_exemption(account.data.len());
    history.chain.svm.set_account(address, account).unwrap();
    history.post(&other[0]).accepted();
    history.post(&other[1]).accepted();
    let account = history.chain.svm.get_account(&address).unwrap();
    assert_eq!(account.data.len(), size);
    assert_eq!(account.lamports, history.chain.svm.minimum_balance_for_rent_exemption(size));
}

#[test]
fn any_poster_of_the_exchange_continues_an_epoch() {
    let mut history = begun();
    let (id, authority, second) = (history.id(), history.authority.insecure_clone(), history.chain.key());
    let posters = vec![history.poster.pubkey(), second.pubkey()];
    history.chain.send(&[&authority], set_posters(authority.pubkey(), &id, posters)).accepted();
    history.poster = second;
    let last = history.posts(1).remove(1);
    history.post(&last).accepted();
    assert_eq!(history.commitment(2).poster, history.poster.pubkey());
}

#[test]
fn an_insolvent_epoch_is_stored_and_history_goes_on() {
    let mut history = History::after(vectors::history(), 2);
    let commitment = history.commitment(2);
    assert_eq!((commitment.status, commitment.insolvent), (EpochStatus::Insolvent, 0b10));
    let next = history.posts(2).remove(0);
    history.post(&next).accepted();
    assert_eq!(history.commitment(2).status, EpochStatus::Insolvent);
}

#[test]
fn liabilities_of_all_shards_stay_below_2_to_the_112() {
    let mut history = begun();
    let last = history.posts(1).remove(1);
    let address = commitment_address(&history.id(), 2);
    history.chain.edit(&address, |commitment: &mut Commitment| commitment.liabilities[1] = (1 << 112) - 1);
    history.post(&last).refused(Refusal::AmountOutOfRange { asset: 2 });
}

/// The exchange of vectors of which there is one post, that of the last of 128 shards, with all
/// other shards in place.
fn all_but_the_last(vectors: Vectors) -> History {
    let mut history = History::begin(vectors);
    let (id, authority, post) = (history.id(), history.authority.insecure_clone(), history.posts(0).remove(0));
    let mut posters: Vec<_> = (1..8).map(vectors::address).collect();
    posters.push(history.poster.pubkey());
    history.chain.send(&[&authority], set_posters(authority.pubkey(), &id, posters)).accepted();
    let exchange = history.exchange();
    let chain = ballast_core::post::PriorState {
        exchange: id,
        asset_list: exchange.asset_list_digest,
        head_before: exchange.head,
    };
    let checked = post.check().unwrap();
    let mut first = post.clone();
    first.shard.index = 0;
    let statement = first.statement(&chain, &checked.reserves);
    let circuit = history.chain.read(&circuit_address(&post.circuit));
    let mut commitment = Commitment::begin(0, &checked, &statement, &first.sources, &circuit);
    commitment.shards_done = 127;
    let first_context = statement.context();
    history.chain.edit(&exchange_address(&id), |exchange: &mut Exchange| {
        exchange.pending = Some(PendingEpoch { first_context, shards_done: 127 });
    });
    history.chain.put(&commitment_address(&id, 1), &commitment);
    history
}

#[test]
fn the_largest_epoch_there_can_be_is_begun() {
    let mut history = History::begin(simulated::vectors(128, 1, ShardPosition { index: 0, count: 128 }));
    let post = history.posts(0).remove(0);
    let done = history.post(&post).accepted();
    units("post_shard, 128 assets, the first of 128 shards", &done);
    assert_eq!((history.commitment(1).shards_done, history.commitment(1).shard_count), (1, 128));
}

#[test]
fn the_largest_epoch_there_can_be_is_finalized() {
    for vectors in [simulated::vectors(128, 1, ShardPosition { index: 127, count: 128 }), vectors::limits()] {
        let mut history = all_but_the_last(vectors);
        let post = history.posts(0).remove(0);
        let done = history.post(&post).accepted();
        units("post_shard, 128 insolvent assets, the last of 128 shards", &done);
        assert_eq!(events::<EpochFinalized>(&done)[0].insolvent, u128::MAX);
        assert_eq!(history.commitment(1).insolvent, u128::MAX);
        assert_eq!(history.commitment(1).roots[127], post.root);
        let answer = history.ask(Some(1), 128, u64::MAX).accepted();
        units("solvency, 128 assets, 128 shards", &answer);
    }
}

#[test]
fn the_next_shard_is_the_only_one() {
    let mut history = all_but_the_last(vectors::limits());
    let (id, post) = (history.id(), history.posts(0).remove(0));
    history.chain.edit(&exchange_address(&id), |exchange: &mut Exchange| {
        if let Some(pending) = &mut exchange.pending {
            pending.shards_done = 126;
        }
    });
    history.post(&post).refused(Refusal::ShardOutOfOrder { expected: 126, found: 127 });
}
