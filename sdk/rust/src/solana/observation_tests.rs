//! Records that contradict themselves, their address or the exchange.

use anchor_lang::AccountSerialize;

use super::{super::observation_reader::EXCHANGE_OFFSET, *};
use crate::sample;

const PROGRAM: Pubkey = Pubkey::new_from_array([8; 32]);
const ADDRESS: Pubkey = Pubkey::new_from_array([9; 32]);

fn exchange() -> Exchange {
    sample::exchange(CHAIN, &sample::punctual(CHAIN, 2))
}

fn stored_wallet() -> accounts::Wallet {
    accounts::Wallet {
        version: 1,
        bump: 255,
        exchange: sample::id(),
        address: ADDRESS,
        registered_at: 5,
        retired: false,
    }
}

fn stored_token() -> accounts::Token {
    accounts::Token {
        version: 1,
        bump: 255,
        exchange: sample::id(),
        mint: ADDRESS,
        token_program: PROGRAM,
        generation: 0,
        asset: 2,
        decimals: 6,
    }
}

fn stored_witness() -> accounts::Witness {
    accounts::Witness {
        version: 1,
        bump: 255,
        exchange: sample::id(),
        epoch: 2,
        generation: 0,
        asset_list_digest: sample::assets().digest(),
        poster: PROGRAM,
        began: 1_000,
        last_look: 1_600,
        began_slot: 1,
        last_slot: 9,
        closed: true,
        holdings: 3,
        last_holding: ADDRESS,
        looked: 0b10,
        amounts: vec![0, 77],
    }
}

fn named(error: Error) -> String {
    let Error::BadData(bad) = error else { panic!("{error}") };
    bad.field
}

#[test]
fn records_are_read_at_their_own_addresses() {
    let id = sample::id();
    let read = wallet(&PROGRAM, &id, &address::wallet(&PROGRAM, &ADDRESS), stored_wallet()).unwrap();
    assert_eq!((read.address, read.exchange, read.retired), (Address::Solana(ADDRESS), id, false));
    let read = token(&PROGRAM, &exchange(), &address::token(&PROGRAM, &id, &ADDRESS), stored_token()).unwrap().unwrap();
    assert_eq!((read.address, read.asset, read.decimals), (Address::Solana(ADDRESS), 2, 6));
    assert_eq!(named(wallet(&PROGRAM, &id, &ADDRESS, stored_wallet()).unwrap_err()), "address");
    assert_eq!(named(token(&PROGRAM, &exchange(), &ADDRESS, stored_token()).unwrap_err()), "address");
}

#[test]
fn records_that_are_not_the_exchanges_are_refused() {
    let id = sample::id();
    let other = [1; 32];
    let at = address::wallet(&PROGRAM, &ADDRESS);
    assert_eq!(named(wallet(&PROGRAM, &other, &at, stored_wallet()).unwrap_err()), "exchange");
    let at = address::token(&PROGRAM, &id, &ADDRESS);
    let theirs = Exchange { id: other, ..exchange() };
    assert_eq!(named(token(&PROGRAM, &theirs, &at, stored_token()).unwrap_err()), "exchange");
    for asset in [0, 3] {
        let unlisted = accounts::Token { asset, ..stored_token() };
        assert_eq!(named(token(&PROGRAM, &exchange(), &at, unlisted).unwrap_err()), "asset");
    }
    let finer = accounts::Token { decimals: 37, ..stored_token() };
    assert_eq!(named(token(&PROGRAM, &exchange(), &at, finer).unwrap_err()), "decimals");
}

#[test]
fn a_token_of_a_cleared_list_is_none() {
    let at = address::token(&PROGRAM, &sample::id(), &ADDRESS);
    let cleared = Exchange { generation: 1, ..exchange() };
    assert_eq!(token(&PROGRAM, &cleared, &at, stored_token()).unwrap(), None);
    let again = accounts::Token { generation: 1, ..stored_token() };
    assert!(token(&PROGRAM, &cleared, &at, again).unwrap().is_some());
}

#[test]
fn records_have_the_exchange_where_a_node_looks_for_it() {
    let (mut wallet, mut token) = (Vec::new(), Vec::new());
    stored_wallet().try_serialize(&mut wallet).unwrap();
    stored_token().try_serialize(&mut token).unwrap();
    for record in [wallet, token] {
        assert_eq!(record[EXCHANGE_OFFSET..][..32], sample::id());
    }
}

#[test]
fn an_observation_tells_what_was_looked_at() {
    let read = observation(&exchange(), 2, stored_witness()).unwrap().unwrap();
    assert_eq!(read.amounts, [None, Some(77)]);
    assert_eq!((read.began_height, read.last_look_height), (1, 9));
    assert_eq!((read.epoch, read.began, read.last_look, read.holdings, read.closed), (2, 1_000, 1_600, 3, true));
    let empty = accounts::Witness { amounts: vec![0, 0], ..stored_witness() };
    assert_eq!(observation(&exchange(), 2, empty).unwrap().unwrap().amounts, [None, Some(0)]);
}

#[test]
fn an_observation_of_a_cleared_list_does_not_count() {
    let cleared = Exchange { generation: 1, ..exchange() };
    assert_eq!(observation(&cleared, 2, stored_witness()).unwrap(), None);
}

#[test]
fn an_observation_is_of_the_list_as_it_was() {
    let first = sample::assets().first(1).unwrap();
    let before =
        accounts::Witness { asset_list_digest: first.digest(), looked: 1, amounts: vec![77], ..stored_witness() };
    assert_eq!(observation(&exchange(), 2, before).unwrap().unwrap().amounts, [Some(77)]);
}

#[test]
fn an_observation_that_contradicts_itself_is_refused() {
    type Case = (&'static str, fn(&mut accounts::Witness));
    let cases: [Case; 5] = [
        ("witness.exchange", |stored| stored.exchange[0] ^= 1),
        ("witness.epoch", |stored| stored.epoch = 1),
        ("witness.asset_list_digest", |stored| stored.asset_list_digest[0] ^= 1),
        ("witness.asset_list_digest", |stored| stored.amounts.truncate(1)),
        ("witness.asset_list_digest", |stored| stored.amounts.push(0)),
    ];
    for (field, change) in cases {
        let mut stored = stored_witness();
        change(&mut stored);
        assert_eq!(named(observation(&exchange(), 2, stored).unwrap_err()), field);
    }
}
