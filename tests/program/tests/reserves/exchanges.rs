//! An exchange and what its authority decides.

use anchor_lang::prelude::Pubkey;
use ballast_core::Refusal;
use reserves::{
    events::{
        AuthorityChanged, AuthorityProposed, CadenceSet, EpochFinalized, ExchangeRegistered, PausedSet, PostersSet,
    },
    instructions::RegisterExchangeArgs,
    state::Exchange,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    cluster::{Cluster, NOW, events},
    history::{History, registration, units},
    instructions::*,
    vectors,
};

/// The exchange of the vectors, not registered yet, whose authority can pay.
struct Newcomer {
    chain: Cluster,
    vector: vectors::ExchangeVector,
    authority: Keypair,
    address: Pubkey,
}

impl Newcomer {
    fn new() -> Self {
        let mut chain = Cluster::new();
        let vector = vectors::history().exchange;
        let authority = vector.authority();
        chain.fund(&authority.pubkey());
        let address = exchange_address(&vector.id());
        Self { chain, vector, authority, address }
    }
}

#[test]
fn an_exchange_is_registered_under_the_id_of_the_vectors() {
    let Newcomer { mut chain, vector, authority, address } = Newcomer::new();
    let call = register_exchange(authority.pubkey(), address, registration(&vector));
    let done = chain.send(&[&authority], call.clone()).accepted();
    units("register_exchange", &done);
    let exchange: Exchange = chain.read(&address);
    assert_eq!((exchange.version, exchange.id, &exchange.name), (1, vector.id(), &vector.name));
    assert_eq!((exchange.authority, exchange.first_authority), (authority.pubkey(), authority.pubkey()));
    assert_eq!(exchange.evm_authority.as_slice(), vector.evm_authority);
    assert_eq!((exchange.cadence, exchange.registered_at), (vector.cadence, NOW));
    assert_eq!((exchange.next_epoch, exchange.head, exchange.paused), (1, vector.id(), false));
    let event = &events::<ExchangeRegistered>(&done)[0];
    assert_eq!((event.exchange, &event.name, event.cadence), (vector.id(), &vector.name, vector.cadence));
    chain.send(&[&authority], call).refused(Refusal::ExchangeAlreadyRegistered);
}

#[test]
fn nobody_takes_another_exchanges_id() {
    let mut chain = Cluster::new();
    let vector = vectors::history().exchange;
    let squatter = chain.key();
    let call = register_exchange(squatter.pubkey(), exchange_address(&vector.id()), registration(&vector));
    chain.send(&[&squatter], call).refused_with(2006, "ConstraintSeeds");
}

#[test]
fn lamports_of_a_stranger_do_not_block_an_exchange() {
    let Newcomer { mut chain, vector, authority, address } = Newcomer::new();
    chain.fund(&address);
    chain.send(&[&authority], register_exchange(authority.pubkey(), address, registration(&vector))).accepted();
}

#[test]
fn names_and_cadences_are_checked() {
    let mut chain = Cluster::new();
    let authority = chain.key();
    let args = |name: &str, cadence| RegisterExchangeArgs { name: name.into(), evm_authority: [1; 20], cadence };
    let address = |name: &str| {
        let id = ballast_core::exchange::exchange_id(&authority.pubkey().to_bytes(), &[1; 20], name);
        id.map_or_else(|_| Pubkey::new_unique(), |id| exchange_address(&id))
    };
    for name in ["", "a name of thirty-three characters", "two\nlines", "zero\0", "Bänk"] {
        let call = register_exchange(authority.pubkey(), address(name), args(name, 1));
        chain.send(&[&authority], call).refused(Refusal::NameInvalid);
    }
    let call = register_exchange(authority.pubkey(), address("Bank"), args("Bank", 0));
    chain.send(&[&authority], call).refused(Refusal::CadenceInvalid);
}

#[test]
fn the_authority_sets_the_posters() {
    let mut history = History::registered(vectors::history());
    let (id, authority) = (history.id(), history.authority.insecure_clone());
    let mut set =
        |posters: Vec<Pubkey>| history.chain.send(&[&authority], set_posters(authority.pubkey(), &id, posters));
    let many = |count: u8| (1..=count).map(vectors::address).collect::<Vec<_>>();
    set(many(9)).refused(Refusal::PostersInvalid);
    set([many(2), many(1)].concat()).refused(Refusal::PostersInvalid);
    set(vec![Pubkey::default()]).refused(Refusal::PostersInvalid);
    set(vec![]).accepted();
    let done = set(many(8)).accepted();
    units("set_posters, 8", &done);
    assert_eq!(events::<PostersSet>(&done)[0].posters, many(8));
    assert_eq!(history.exchange().posters, many(8));
    let stranger = history.chain.key();
    let steal = set_posters(stranger.pubkey(), &id, vec![stranger.pubkey()]);
    history.chain.send(&[&stranger], steal).refused(Refusal::NotAuthority);
}

#[test]
fn the_authority_promises_another_cadence() {
    let mut history = History::after(vectors::history(), 1);
    let (id, authority, stranger) = (history.id(), history.authority.insecure_clone(), history.chain.key());
    let mut set = |key: &Keypair, cadence| history.chain.send(&[key], set_cadence(key.pubkey(), &id, cadence));
    set(&stranger, 60).refused(Refusal::NotAuthority);
    set(&authority, 0).refused(Refusal::CadenceInvalid);
    let done = set(&authority, 240).accepted();
    units("set_cadence", &done);
    let event = &events::<CadenceSet>(&done)[0];
    assert_eq!((event.exchange, event.cadence, event.from_epoch), (id, 240, 2));
    assert_eq!(history.exchange().cadence, 240);
    for post in history.posts(1) {
        history.post(&post).accepted();
    }
    // Ten minutes after the one before: one more than the four minutes and the grace allow.
    let missed = |epoch| {
        let commitment = history.commitment(epoch);
        (commitment.cadence, commitment.missed)
    };
    assert_eq!((missed(1), missed(2)), ((600, 0), (240, 2)));
}

#[test]
fn missed_epochs_are_counted() {
    let mut history = History::after(vectors::history(), 2);
    let done = history.post(&history.posts(2).remove(0)).accepted();
    let event = &events::<EpochFinalized>(&done)[0];
    assert_eq!((event.cadence, event.missed), (600, 1), "epoch 3 is twenty minutes after epoch 2");
    assert_eq!((history.commitment(2).missed, history.commitment(3).missed), (0, 1));
}

#[test]
fn the_authority_pauses() {
    let mut history = History::begin(vectors::history());
    let (id, authority, stranger) = (history.id(), history.authority.insecure_clone(), history.chain.key());
    let call = set_paused(stranger.pubkey(), &id, true);
    history.chain.send(&[&stranger], call).refused(Refusal::NotAuthority);
    let done = history.chain.send(&[&authority], set_paused(authority.pubkey(), &id, true)).accepted();
    units("set_paused", &done);
    assert!(events::<PausedSet>(&done)[0].paused);
    let post = history.posts(0).remove(0);
    history.post(&post).refused(Refusal::ExchangePaused);
    history.chain.send(&[&authority], set_paused(authority.pubkey(), &id, false)).accepted();
    history.post(&post).accepted();
}

#[test]
fn an_exchange_is_handed_over_in_two_steps() {
    let mut history = History::begin(vectors::history());
    let (id, authority) = (history.id(), history.authority.insecure_clone());
    let (next, stranger) = (history.chain.key(), history.chain.key());
    let chain = &mut history.chain;
    let accept = |key: &Pubkey| accept_authority(*key, &id);
    let propose = |proposed| propose_authority(authority.pubkey(), &id, proposed);
    chain.send(&[&next], accept(&next.pubkey())).refused(Refusal::NotPendingAuthority);
    let steal = propose_authority(stranger.pubkey(), &id, Some(stranger.pubkey()));
    chain.send(&[&stranger], steal).refused(Refusal::NotAuthority);
    chain.send(&[&authority], propose(Some(Pubkey::default()))).refused_with(2500, "RequireViolated");

    let done = chain.send(&[&authority], propose(Some(next.pubkey()))).accepted();
    units("propose_authority", &done);
    assert_eq!(events::<AuthorityProposed>(&done)[0].proposed, Some(next.pubkey()));
    chain.send(&[&stranger], accept(&stranger.pubkey())).refused(Refusal::NotPendingAuthority);
    chain.send(&[&authority], propose(None)).accepted();
    chain.send(&[&next], accept(&next.pubkey())).refused(Refusal::NotPendingAuthority);

    chain.send(&[&authority], propose(Some(next.pubkey()))).accepted();
    let done = chain.send(&[&next], accept(&next.pubkey())).accepted();
    units("accept_authority", &done);
    let changed = &events::<AuthorityChanged>(&done)[0];
    assert_eq!((changed.previous, changed.authority), (authority.pubkey(), next.pubkey()));
    chain.send(&[&authority], set_paused(authority.pubkey(), &id, true)).refused(Refusal::NotAuthority);
    chain.send(&[&next], set_paused(next.pubkey(), &id, true)).accepted();
    let exchange = history.exchange();
    assert_eq!((exchange.id, exchange.authority, exchange.pending_authority), (id, next.pubkey(), None));
    assert_eq!(exchange.first_authority, authority.pubkey());
}
