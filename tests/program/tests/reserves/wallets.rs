//! register_wallet and retire_wallet.

use ballast_core::Refusal;
use reserves::events::{WalletRegistered, WalletRetired};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    cluster::events,
    custody::Custody,
    forwarder,
    history::{READY, units},
    instructions::*,
};

#[test]
fn a_wallet_that_signs_is_the_exchanges() {
    let mut custody = Custody::new();
    let wallet = Keypair::new();
    let done = custody.register(&wallet).accepted();
    units("register_wallet", &done);
    let record = custody.wallet_record(&wallet.pubkey());
    assert_eq!((record.version, record.exchange, record.address), (1, custody.id(), wallet.pubkey()));
    assert_eq!((record.registered_at, record.retired), (READY, false));
    let event = &events::<WalletRegistered>(&done)[0];
    assert_eq!((event.exchange, event.wallet), (custody.id(), wallet.pubkey()));
}

#[test]
fn a_wallet_that_does_not_sign_is_not() {
    let mut custody = Custody::new();
    let (id, authority) = (custody.id(), custody.authority());
    let mut call = register_wallet(authority.pubkey(), &id, Keypair::new().pubkey());
    call.accounts[2].is_signer = false;
    custody.chain().send(&[&authority], call).refused_with(3010, "AccountNotSigner");
}

#[test]
fn only_the_authority_registers() {
    let mut custody = Custody::new();
    let (id, stranger) = (custody.id(), custody.chain().key());
    let wallet = Keypair::new();
    let call = register_wallet(stranger.pubkey(), &id, wallet.pubkey());
    custody.chain().send(&[&stranger, &wallet], call).refused(Refusal::NotAuthority);
    let authority = custody.authority();
    let mut call = register_wallet(authority.pubkey(), &id, wallet.pubkey());
    call.accounts[1].is_signer = false;
    call.accounts[0].pubkey = stranger.pubkey();
    custody.chain().send(&[&stranger, &wallet], call).refused_with(3010, "AccountNotSigner");
}

#[test]
fn a_wallet_is_registered_once_on_one_exchange_for_ever() {
    let mut custody = Custody::new();
    let wallet = Keypair::new();
    custody.register(&wallet).accepted();
    custody.register(&wallet).refused(Refusal::WalletAlreadyRegistered);
    let (other, other_id) = custody.other_exchange();
    let call = register_wallet(other.pubkey(), &other_id, wallet.pubkey());
    custody.chain().send(&[&other, &wallet], call.clone()).refused(Refusal::WalletAlreadyRegistered);
    let (id, authority) = (custody.id(), custody.authority());
    custody.chain().send(&[&authority], retire_wallet(authority.pubkey(), &id, wallet.pubkey())).accepted();
    custody.register(&wallet).refused(Refusal::WalletAlreadyRegistered);
    custody.chain().send(&[&other, &wallet], call).refused(Refusal::WalletAlreadyRegistered);
}

#[test]
fn lamports_of_a_stranger_do_not_block_a_wallet() {
    let mut custody = Custody::new();
    let wallet = Keypair::new();
    custody.chain().fund(&wallet_address(&wallet.pubkey()));
    custody.register(&wallet).accepted();
}

#[test]
fn a_multisigs_vault_is_registered_by_its_program() {
    let mut custody = Custody::new();
    forwarder::deploy(custody.chain());
    let (id, authority) = (custody.id(), custody.authority());
    let call = register_wallet(authority.pubkey(), &id, forwarder::vault());
    custody.chain().send(&[&authority], forwarder::forward(call)).accepted();
    assert_eq!(custody.wallet_record(&forwarder::vault()).exchange, id);
}

#[test]
fn the_authority_or_the_wallet_retires_it() {
    let mut custody = Custody::new();
    let (id, authority, stranger) = (custody.id(), custody.authority(), custody.chain().key());
    for own in [true, false] {
        let wallet = custody.chain().key();
        custody.register(&wallet).accepted();
        let call = |signer: &Keypair| retire_wallet(signer.pubkey(), &id, wallet.pubkey());
        custody.chain().send(&[&stranger], call(&stranger)).refused(Refusal::NotAuthority);
        let signer = if own { &wallet } else { &authority };
        let done = custody.chain().send(&[signer], call(signer)).accepted();
        assert!(custody.wallet_record(&wallet.pubkey()).retired);
        assert_eq!(events::<WalletRetired>(&done)[0].wallet, wallet.pubkey());
        custody.chain().send(&[signer], call(signer)).refused(Refusal::WalletUnknown { index: 0 });
    }
}

#[test]
fn another_exchanges_authority_does_not_retire_it() {
    let mut custody = Custody::new();
    let wallet = Keypair::new();
    custody.register(&wallet).accepted();
    let (other, other_id) = custody.other_exchange();
    let call = retire_wallet(other.pubkey(), &other_id, wallet.pubkey());
    custody.chain().send(&[&other], call).refused(Refusal::WalletUnknown { index: 0 });
}
