//! The asset list: how it grows, and how it is cleared before anything was stated.

use ballast_core::Refusal;
use reserves::{
    events::{AssetsAppended, AssetsCleared},
    state::{Asset, Exchange, PendingEpoch},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    cluster::{Outcome, events},
    history::{History, assets, units},
    instructions::*,
    vectors,
};

fn asset(symbol: &str, decimals: u8) -> Asset {
    let mut padded = [0; 16];
    padded[..symbol.len()].copy_from_slice(symbol.as_bytes());
    Asset { symbol: padded, decimals }
}

fn many(range: std::ops::Range<u8>) -> Vec<Asset> {
    range.map(|n| asset(&format!("A{n}"), 0)).collect()
}

impl History {
    pub fn append(&mut self, start: u16, assets: Vec<Asset>) -> Outcome {
        let (id, authority) = (self.id(), self.authority.insecure_clone());
        self.chain.send(&[&authority], append_assets(authority.pubkey(), &id, start, assets))
    }

    pub fn clear(&mut self) -> Outcome {
        let (id, authority) = (self.id(), self.authority.insecure_clone());
        self.chain.send(&[&authority], clear_assets(authority.pubkey(), &id))
    }
}

#[test]
fn the_asset_list_has_the_digest_of_the_vectors() {
    for vectors in [vectors::history(), vectors::wide()] {
        let mut history = History::registered(vectors);
        history.append_assets();
        let vector = &history.vectors.exchange;
        assert_eq!(history.exchange().asset_list_digest.as_slice(), vector.asset_list);
        assert_eq!(history.exchange().assets, assets(vector));
    }
}

#[test]
fn only_valid_assets_are_appended() {
    let mut history = History::registered(vectors::history());
    let mut unpadded = asset("BTC", 8);
    unpadded.symbol[15] = b'X';
    let bad = [
        vec![],
        vec![asset("BTC", 37)],
        vec![asset("", 8)],
        vec![asset(".-_", 8)],
        vec![asset("B TC", 8)],
        vec![asset("BTC", 8), asset("BTC", 9)],
        vec![asset("BTC", 8), asset("b.tc", 8)],
        vec![unpadded],
    ];
    for assets in bad {
        history.append(0, assets).refused(Refusal::AssetListInvalid);
    }
    assert_eq!(history.exchange().assets, vec![]);
    history.append(1, many(0..1)).refused(Refusal::AssetListStartMismatch { expected: 0, found: 1 });
    units("append_assets, the first 50", &history.append(0, many(0..50)).accepted());
    history.append(0, many(0..50)).refused(Refusal::AssetListStartMismatch { expected: 50, found: 0 });
    history.append(50, many(49..51)).refused(Refusal::AssetListInvalid);
    history.append(50, vec![asset("a-49", 3)]).refused(Refusal::AssetListInvalid);
    history.append(50, many(50..100)).accepted();
    history.append(100, many(100..129)).refused(Refusal::AssetListInvalid);
    let done = history.append(100, many(100..128)).accepted();
    units("append_assets, the last 28 of 128", &done);
    let event = &events::<AssetsAppended>(&done)[0];
    assert_eq!((event.count, event.start, event.assets.len()), (128, 100, 28));
    assert_eq!(event.asset_list_digest, history.exchange().asset_list_digest);
    assert_eq!(history.exchange().assets, many(0..128));
    history.append(128, many(128..129)).refused(Refusal::AssetListInvalid);
}

#[test]
fn only_the_authority_changes_the_list() {
    let mut history = History::begin(vectors::history());
    let (id, stranger) = (history.id(), history.chain.key());
    let mut send = |key: &Keypair, call| history.chain.send(&[key], call);
    send(&stranger, append_assets(stranger.pubkey(), &id, 3, many(0..1))).refused(Refusal::NotAuthority);
    send(&stranger, clear_assets(stranger.pubkey(), &id)).refused(Refusal::NotAuthority);
}

#[test]
fn the_list_grows_between_epochs_and_each_epoch_has_its_own() {
    let mut history = History::after(vectors::history(), 1);
    let before = history.exchange();
    let first = history.posts(1).remove(0);
    history.post(&first).accepted();
    history.append(3, many(0..1)).refused(Refusal::AssetListBusy);

    let mut history = History::after(vectors::history(), 1);
    history.append(3, many(0..2)).accepted();
    let after = history.exchange();
    assert_eq!((&after.assets[..3], &after.assets[3..]), (&before.assets[..], &many(0..2)[..]));
    assert_eq!(after.generation, before.generation);
    assert_ne!(after.asset_list_digest, before.asset_list_digest);
    assert_eq!(history.commitment(1).asset_list_digest, before.asset_list_digest);
    // The next epoch is of the list as it is now.
    history.post(&first).refused(Refusal::AssetCountMismatch { expected: 5, found: 3 });
    history.clear().refused(Refusal::AssetListFrozen);
}

#[test]
fn a_mistake_is_cleared_before_the_first_epoch_alone() {
    let mut history = History::registered(vectors::history());
    history.clear().refused(Refusal::AssetListMissing);
    let right = assets(&history.vectors.exchange);
    for (start, piece) in many(0..128).chunks(50).enumerate() {
        history.append(50 * start as u16, piece.to_vec()).accepted();
    }
    let done = history.clear().accepted();
    units("clear_assets, 128", &done);
    assert_eq!(events::<AssetsCleared>(&done)[0].generation, 1);
    let cleared = history.exchange();
    assert_eq!((cleared.generation, cleared.asset_list_digest, cleared.assets.len()), (1, [0; 32], 0));
    history.append(0, right.clone()).accepted();
    assert_eq!(history.exchange().asset_list_digest.as_slice(), history.vectors.exchange.asset_list);

    let address = exchange_address(&history.id());
    let begun = Some(PendingEpoch { first_context: [1; 32], shards_done: 1 });
    history.chain.edit(&address, |exchange: &mut Exchange| exchange.pending = begun);
    history.clear().refused(Refusal::AssetListFrozen);
    history.chain.edit(&address, |exchange: &mut Exchange| exchange.pending = None);
    history.post(&history.posts(0).remove(0)).accepted();
    history.clear().refused(Refusal::AssetListFrozen);
}
