//! open_buffer, write_buffer, close_buffer.

use ballast_core::Refusal;
use reserves::state::Buffer;
use solana_signer::Signer;

use crate::{
    cluster::Cluster,
    history::{History, units},
    instructions::*,
    vectors,
};

const SIZE_MAX: u32 = Buffer::SIZE_MAX as u32;

#[test]
fn a_buffer_holds_what_its_owner_writes_and_returns_its_rent() {
    let mut chain = Cluster::new();
    let (owner, payer) = (chain.key(), chain.key());
    let before = chain.balance(&owner.pubkey());
    let address = buffer_address(&owner.pubkey(), 7);
    let done = chain.send(&[&payer, &owner], open_buffer(owner.pubkey(), 7, 2_000)).accepted();
    units("open_buffer", &done);
    assert!(chain.balance(&owner.pubkey()) < before);
    let done = chain.send(&[&payer, &owner], write_buffer(owner.pubkey(), address, 1_200, vec![9; 800])).accepted();
    units("write_buffer, 800 bytes", &done);
    chain.send(&[&payer, &owner], write_buffer(owner.pubkey(), address, 0, vec![8; 3])).accepted();
    let content = chain.svm.get_account(&address).unwrap().data[Buffer::HEADER..].to_vec();
    assert_eq!(content, [&[8; 3][..], &[0; 1_197], &[9; 800]].concat());
    let done = chain.send(&[&payer, &owner], close_buffer(owner.pubkey(), address)).accepted();
    units("close_buffer", &done);
    assert_eq!(chain.balance(&owner.pubkey()), before);
    assert_eq!(chain.balance(&address), 0);
}

#[test]
fn nobody_else_writes_or_closes_a_buffer() {
    let mut chain = Cluster::new();
    let (owner, thief) = (chain.key(), chain.key());
    let address = buffer_address(&owner.pubkey(), 0);
    chain.send(&[&owner], open_buffer(owner.pubkey(), 0, 10)).accepted();
    let write = write_buffer(thief.pubkey(), address, 0, vec![1]);
    chain.send(&[&thief], write).refused(Refusal::NotBufferOwner);
    chain.send(&[&thief], close_buffer(thief.pubkey(), address)).refused(Refusal::NotBufferOwner);
    let mut open = open_buffer(thief.pubkey(), 1, 10);
    open.accounts[1].pubkey = buffer_address(&owner.pubkey(), 1);
    chain.send(&[&thief], open).refused_with(2006, "ConstraintSeeds");
}

#[test]
fn an_open_buffer_is_not_opened_again() {
    let mut chain = Cluster::new();
    let owner = chain.key();
    chain.send(&[&owner], open_buffer(owner.pubkey(), 0, 10)).accepted();
    chain.send(&[&owner], open_buffer(owner.pubkey(), 0, 20)).refused_with(0, "already in use");
}

#[test]
fn sizes_and_writes_stay_inside() {
    let mut chain = Cluster::new();
    let owner = chain.key();
    for found in [0, SIZE_MAX + 1, u32::MAX] {
        let open = open_buffer(owner.pubkey(), 0, found);
        chain.send(&[&owner], open).refused(Refusal::BufferRangeInvalid { size: SIZE_MAX, found });
    }
    chain.send(&[&owner], open_buffer(owner.pubkey(), 0, SIZE_MAX)).accepted();
    let address = buffer_address(&owner.pubkey(), 0);
    for (offset, found) in [(SIZE_MAX, SIZE_MAX + 1), (SIZE_MAX + 5, SIZE_MAX + 6), (u32::MAX, u32::MAX)] {
        let write = write_buffer(owner.pubkey(), address, offset, vec![1]);
        chain.send(&[&owner], write).refused(Refusal::BufferRangeInvalid { size: SIZE_MAX, found });
    }
    chain.send(&[&owner], write_buffer(owner.pubkey(), address, SIZE_MAX - 1, vec![1])).accepted();
}

#[test]
fn nobody_posts_from_anothers_buffer() {
    let mut history = History::begin(vectors::history());
    let (post, stranger) = (history.posts(0).remove(0), history.chain.key());
    let buffer = history.fill_buffer(&stranger, &post.encode());
    history.post_with(&post, |accounts| accounts.buffer = buffer).refused(Refusal::NotBufferOwner);
}

#[test]
fn another_account_is_no_buffer() {
    let mut history = History::begin(vectors::history());
    let (id, post, thief) = (history.id(), history.posts(0).remove(0), history.chain.key());
    let exchange = exchange_address(&id);
    let write = write_buffer(thief.pubkey(), exchange, 0, vec![1]);
    history.chain.send(&[&thief], write).refused_with(3002, "AccountDiscriminatorMismatch");
    let close = close_buffer(thief.pubkey(), exchange);
    history.chain.send(&[&thief], close).refused_with(3002, "AccountDiscriminatorMismatch");
    history.post_with(&post, |accounts| accounts.buffer = exchange).refused_with(3002, "AccountDiscriminatorMismatch");
}
