//! post_shard: the rules of a post.

use ballast_core::Refusal;
use reserves::state::EpochStatus;

use crate::{
    history::{History, units},
    vectors,
};

#[test]
fn the_history_of_the_vectors_is_stored_as_they_say() {
    let mut history = History::begin(vectors::history());
    for number in 0..3 {
        for (index, post) in history.posts(number).iter().enumerate() {
            history.chain.set_clock(history.chain.clock().max(post.as_of));
            let done = history.post(post).accepted();
            units(&format!("post_shard, 3 assets, epoch {}, shard {index}", number + 1), &done);
        }
        let expected = history.epoch(number);
        let commitment = history.commitment(number as u64 + 1);
        let exchange = history.exchange();
        assert_eq!(commitment.record.as_slice(), expected.record);
        assert_eq!(commitment.head_before.as_slice(), expected.head_before);
        assert_eq!(commitment.head_after.as_slice(), expected.head_after);
        assert_eq!(exchange.head.as_slice(), expected.head_after);
        assert_eq!(exchange.next_epoch, number as u64 + 2);
        assert_eq!(commitment.liabilities, expected.liabilities);
        assert_eq!(commitment.reserves, expected.reserves);
        let bits = expected.insolvent.iter().fold(0, |bits, asset| bits | 1 << (asset - 1));
        assert_eq!(commitment.insolvent, bits);
        let status = if bits == 0 { EpochStatus::Solvent } else { EpochStatus::Insolvent };
        assert_eq!(commitment.status, status);
    }
}

#[test]
fn a_post_of_53_assets_is_accepted() {
    let mut history = History::begin(vectors::wide());
    let post = history.posts(0).remove(0);
    let done = history.post(&post).accepted();
    units("post_shard, 53 assets", &done);
}

#[test]
fn a_replayed_post_is_refused() {
    let mut history = History::after(vectors::history(), 1);
    let post = history.posts(0).remove(0);
    history.post(&post).refused(Refusal::EpochNotNext { expected: 2, found: 1 });
}
