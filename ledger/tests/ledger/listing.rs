//! Assets that are listed while the log goes on.

use std::path::Path;

use super::exchange::*;
use ballast_core::assets::{ASSETS_MAX, Asset};
use ballast_ledger::{
    checkpoint,
    listed::listed_assets,
    log::{Writer, WriterOptions},
    replay::{Options, replay},
    state::{Cause, State},
    transaction::{DecodeError, Kind, Listing, Transaction},
};

const EUR: u16 = 3;

fn write(directory: &Path, exchange: &Exchange) {
    let mut writer = Writer::create(directory, exchange.state.genesis(), WriterOptions::default()).unwrap();
    writer.append(&exchange.log).unwrap();
}

#[test]
fn listed_asset_has_the_next_number_and_is_like_any_other() {
    let mut exchange = Exchange::new(1);
    let early = exchange.refused(deposit(ALICE, EUR, 5));
    assert!(matches!(early, Cause::AssetUnknown { asset: EUR, count: 2 }), "{early}");
    let before = exchange.state.snapshot(exchange.time / 1000 + 1).unwrap();
    exchange.ok(list(&[("EUR", 2), ("SOL", 9)]));
    assert_eq!(exchange.state.assets().number("EUR"), Some(EUR));
    assert_eq!(exchange.state.genesis().assets.len(), 2, "the genesis stays what it was");
    exchange.ok(deposit(ALICE, EUR, 5));
    exchange.ok(Kind::Lend(movement(ALICE, EUR, 2)));
    exchange.ok(Kind::Borrow(movement(BOB, EUR, 2)));
    exchange.ok(order(BOB, EUR, 1, BTC, 0));
    let after = exchange.state.snapshot(exchange.time / 1000 + 1).unwrap();
    assert_eq!((before.assets.len(), after.assets.len()), (2, 4));
    assert_eq!((after.totals[2], after.totals[3]), (5, 0));
    assert_eq!(after.assets.first(2), Some(before.assets), "what was listed keeps its number");
    assert_eq!(State::decode(&exchange.state.encode()), Ok(exchange.state));
}

#[test]
fn list_grows_by_new_symbols_alone_and_up_to_128() {
    let mut exchange = Exchange::new(1);
    let cases: [&[(&str, u8)]; 5] = [
        &[("BTC", 8)],
        &[("btc", 8)],
        &[("EUR", 2), ("B.T.C", 8)],
        &[("EUR", 2), ("eur", 2)],
        &[("EUR", 2), ("USD", 6)],
    ];
    for symbols in cases {
        let refused = exchange.refused(list(symbols));
        assert!(matches!(refused, Cause::AssetsUnlistable { .. }), "{symbols:?}: {refused}");
    }
    // Bytes that are no symbol come from a log alone.
    let raw = Listing::new(vec![Asset { symbol: [b'\n'; 16], decimals: 2 }]).unwrap();
    let message = exchange.refused(Kind::ListAssets(raw)).to_string();
    assert!(message.contains("case and punctuation") && !message.contains('\n'), "{message}");
    let name = |number: usize| format!("N{number}");
    let names: Vec<String> = (0..ASSETS_MAX - 2).map(name).collect();
    let entries: Vec<(&str, u8)> = names.iter().map(|name| (name.as_str(), 0)).collect();
    exchange.ok(list(&entries));
    assert!(matches!(exchange.refused(list(&[("EUR", 2)])), Cause::AssetsUnlistable { .. }));
}

#[test]
fn listing_has_1_to_128_assets_and_one_encoding() {
    let exchange = Exchange::new(1);
    let asset = Asset::new("EUR", 2).unwrap();
    assert_eq!(Listing::new(vec![]), Err(DecodeError::Listing { found: 0 }));
    assert_eq!(Listing::new(vec![asset; 129]), Err(DecodeError::Listing { found: 129 }));
    let bytes = exchange.transaction(list(&[("EUR", 2), ("SOL", 9)])).encode();
    assert_eq!(Transaction::decode(&bytes).unwrap().encode(), bytes);
    let count = bytes.len() - 2 * 17 - 2;
    let with_count = |found: u16| {
        let mut changed = bytes.clone();
        changed[count..count + 2].copy_from_slice(&found.to_be_bytes());
        Transaction::decode(&changed).unwrap_err()
    };
    assert_eq!(with_count(0), DecodeError::Listing { found: 0 });
    assert!(matches!(with_count(1), DecodeError::Trailing { found: 17, .. }));
    assert!(matches!(with_count(3), DecodeError::CutShort { .. }));
    assert!(matches!(with_count(u16::MAX), DecodeError::CutShort { .. }));
}

#[test]
fn replay_and_checkpoint_go_on_over_a_listing() {
    let directory = tempfile::tempdir().unwrap();
    let mut exchange = Exchange::new(1);
    exchange.ok(list(&[("EUR", 2)]));
    let listed = exchange.state.position().sequence;
    exchange.ok(deposit(ALICE, EUR, 5));
    exchange.ok(list(&[("SOL", 9)]));
    write(directory.path(), &exchange);
    let whole = replay(directory.path(), &Options::default()).unwrap().state;
    assert_eq!(whole.digest(), exchange.state.digest());
    for at in [listed - 1, listed, listed + 1] {
        let path = directory.path().join("checkpoint");
        let until = Options { at: Some(at), ..Options::default() };
        checkpoint::write(&path, &replay(directory.path(), &until).unwrap().state).unwrap();
        let rest = replay(directory.path(), &Options { checkpoint: Some(path), ..Options::default() }).unwrap();
        assert_eq!(rest.state.digest(), exchange.state.digest(), "from {at}");
    }
}

#[test]
fn list_of_a_log_is_that_of_its_end_and_as_the_engine_signed() {
    let directory = tempfile::tempdir().unwrap();
    let mut exchange = Exchange::new(1);
    exchange.ok(list(&[("EUR", 2)]));
    exchange.ok(deposit(ALICE, EUR, 5));
    write(directory.path(), &exchange);
    assert_eq!(listed_assets(directory.path(), &|| false).unwrap(), *exchange.state.assets());

    // One whose listing somebody else signed is not believed.
    let forged = tempfile::tempdir().unwrap();
    let at = exchange.log.len() - 2;
    exchange.log[at].signature[0] ^= 1;
    write(forged.path(), &exchange);
    let error = listed_assets(forged.path(), &|| false).unwrap_err().to_string();
    assert!(error.contains(&format!("transaction {}", at + 1)), "{error}");
}
