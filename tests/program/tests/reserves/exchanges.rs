//! An exchange and what its authority decides.

use anchor_lang::prelude::Pubkey;
use ballast_core::Refusal;
use reserves::{
    events::{AssetsSet, AuthorityChanged, AuthorityProposed, ExchangeRegistered, PausedSet, PostersSet},
    instructions::RegisterExchangeArgs,
    state::{Asset, Exchange, PendingEpoch},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    cluster::{Cluster, NOW, events},
    history::{History, assets, registration, units},
    instructions::*,
    vectors,
};

fn asset(symbol: &str, decimals: u8) -> Asset {
    let mut padded = [0; 16];
    padded[..symbol.len()].copy_from_slice(symbol.as_bytes());
    Asset { symbol: padded, decimals }
}

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
fn the_asset_list_has_the_digest_of_the_vectors() {
    for vectors in [vectors::history(), vectors::wide()] {
        let mut history = History::registered(vectors);
        history.set_assets();
        let vector = &history.vectors.exchange;
        assert_eq!(history.exchange().asset_list_digest.as_slice(), vector.asset_list);
        assert_eq!(history.exchange().assets, assets(vector));
    }
}

#[test]
fn only_a_valid_asset_list_is_set() {
    let mut history = History::registered(vectors::history());
    let (id, authority) = (history.id(), history.authority.insecure_clone());
    let mut set = |start, assets: Vec<Asset>| {
        history.chain.send(&[&authority], set_assets(authority.pubkey(), &id, start, assets))
    };
    let mut unpadded = asset("BTC", 8);
    unpadded.symbol[15] = b'X';
    let bad = [
        vec![],
        vec![asset("BTC", 37)],
        vec![asset("", 8)],
        vec![asset("B TC", 8)],
        vec![asset("BTC", 8), asset("BTC", 9)],
        vec![unpadded],
    ];
    for assets in bad {
        set(0, assets).refused(Refusal::AssetListInvalid);
    }
    set(1, vec![asset("BTC", 8)]).refused(Refusal::AssetListInvalid);
    let many = |range: std::ops::Range<u8>| range.map(|n| asset(&format!("A{n}"), 0)).collect::<Vec<_>>();
    let done = set(0, many(0..50)).accepted();
    units("set_assets, the first 50", &done);
    set(50, many(49..51)).refused(Refusal::AssetListInvalid);
    set(50, many(50..100)).accepted();
    set(100, many(100..129)).refused(Refusal::AssetListInvalid);
    let done = set(100, many(100..128)).accepted();
    units("set_assets, the last 28 of 128", &done);
    assert_eq!((events::<AssetsSet>(&done)[0].count, events::<AssetsSet>(&done)[0].start), (128, 100));
    assert_eq!(history.exchange().assets, many(0..128));
    let mut set = |start, assets: Vec<Asset>| {
        history.chain.send(&[&authority], set_assets(authority.pubkey(), &id, start, assets))
    };
    set(1, vec![asset("ETH", 18)]).accepted();
    assert_eq!(history.exchange().assets, vec![asset("A0", 0), asset("ETH", 18)]);
    let stranger = history.chain.key();
    let steal = set_assets(stranger.pubkey(), &id, 0, vec![asset("ETH", 18)]);
    history.chain.send(&[&stranger], steal).refused(Refusal::NotAuthority);
}

#[test]
fn the_asset_list_is_frozen_by_the_first_epoch() {
    let mut history = History::begin(vectors::history());
    let (id, authority) = (history.id(), history.authority.insecure_clone());
    let call = set_assets(authority.pubkey(), &id, 0, vec![asset("BTC", 8)]);
    history.chain.edit(&exchange_address(&id), |exchange: &mut Exchange| {
        exchange.pending = Some(PendingEpoch { first_context: [1; 32], shards_done: 1 });
    });
    history.chain.send(&[&authority], call.clone()).refused(Refusal::AssetListFrozen);
    let mut history = History::after(vectors::history(), 1);
    history.chain.send(&[&authority], call).refused(Refusal::AssetListFrozen);
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
