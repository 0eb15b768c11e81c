//! A small exchange with a true history, told on any chain.
#![allow(dead_code)] // each test file uses its part

use ballast_core::{
    Digest, Element,
    assets::{Asset, AssetList},
    cadence::Cadence,
    circuit::{Class, SetupKind},
    exchange::exchange_id,
    record::{first_head, next_head},
    statement::LedgerPosition,
};
use ballast_sdk::{
    chain::{Address, Chain},
    epoch::{Epoch, Record},
    exchange::Exchange,
};
use solana_sdk::pubkey::Pubkey;

pub const EVM: Chain = Chain::Evm(31_337);
pub const DAY: u64 = 86_400;
/// As-of time of epoch 1.
pub const START: u64 = 1_700_000_000;

pub fn assets() -> AssetList {
    AssetList::new(vec![Asset::new("BTC", 8).unwrap(), Asset::new("USDT", 6).unwrap()]).unwrap()
}

pub fn id() -> Digest {
    exchange_id(&[1; 32], &[2; 20], "Sample").unwrap()
}

/// Epochs as of these times, each posted ten minutes later, leading from one head to the next.
pub fn epochs(chain: Chain, times: &[u64]) -> Vec<Epoch> {
    let mut head = first_head(&id());
    let mut epochs = Vec::new();
    let mut last = None;
    for (number, as_of) in (1..).zip(times) {
        let mut epoch = Epoch {
            chain,
            record: Record {
                exchange: id(),
                epoch: number,
                as_of: *as_of,
                assets: assets(),
                circuit: [3; 32],
                ledger: LedgerPosition { sequence: 10 * number, head: [4; 32] },
                sources: [5; 32],
                roots: vec![Element::from(100 * number), Element::from(100 * number + 1)],
                liabilities: vec![1_000 * u128::from(number), 2_000],
                reserves: vec![1_000 * u128::from(number), 2_500],
            },
            class: Class::SMALLEST,
            setup: SetupKind::Development,
            poster: match chain {
                Chain::Solana => Address::Solana(Pubkey::new_from_array([6; 32])),
                Chain::Evm(_) => Address::Evm([6; 20].into()),
            },
            posted_at: as_of + 600,
            cadence: DAY,
            missed: last.map_or(0, |last: u64| Cadence(DAY).missed(as_of - last)),
            head_before: head,
            head: [0; 32],
        };
        seal(&mut epoch);
        head = epoch.head;
        last = Some(*as_of);
        epochs.push(epoch);
    }
    epochs
}

/// Makes the head what the record and the head before make it.
pub fn seal(epoch: &mut Epoch) {
    epoch.head = next_head(&epoch.head_before, &epoch.record.digest());
}

/// Seals `epochs` from `index` on, as a chain that really holds these records would.
pub fn reseal(epochs: &mut [Epoch], index: usize) {
    for position in index..epochs.len() {
        if position > 0 {
            let previous = &epochs[position - 1];
            let (head, as_of) = (previous.head, previous.record.as_of);
            let epoch = &mut epochs[position];
            epoch.head_before = head;
            epoch.missed = Cadence(epoch.cadence).missed(epoch.record.as_of.saturating_sub(as_of));
        }
        seal(&mut epochs[position]);
    }
}

pub fn punctual(chain: Chain, count: u64) -> Vec<Epoch> {
    let times: Vec<u64> = (0..count).map(|number| START + number * DAY).collect();
    epochs(chain, &times)
}

/// The exchange whose history is `epochs`.
pub fn exchange(chain: Chain, epochs: &[Epoch]) -> Exchange {
    let authority = match chain {
        Chain::Solana => Address::Solana(Pubkey::new_from_array([1; 32])),
        Chain::Evm(_) => Address::Evm([2; 20].into()),
    };
    let last = epochs.last();
    Exchange {
        chain,
        id: id(),
        name: "Sample".into(),
        authority,
        pending_authority: None,
        posters: vec![authority],
        assets: Some(assets()),
        generation: 0,
        cadence: DAY,
        registered_at: START - 1_000,
        paused: false,
        next_epoch: epochs.len() as u64 + 1,
        latest_as_of: last.map_or(0, |epoch| epoch.record.as_of),
        ledger: last.map_or(LedgerPosition::default(), |epoch| epoch.record.ledger),
        head: last.map_or(first_head(&id()), |epoch| epoch.head),
    }
}
