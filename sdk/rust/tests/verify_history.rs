//! A history that was tampered with anywhere is found out, and the epoch and field are named.

mod sample;

use ballast_core::{Element, assets::Asset, assets::AssetList};
use ballast_sdk::{
    Error, ErrorKind,
    chain::Chain,
    epoch::Epoch,
    error::Subject,
    exchange::Exchange,
    verification::{self, Agreement, Behind, ChainHistory, compare},
};
use sample::*;

/// The field that is named, and the change that it names.
type Case<T> = (&'static str, fn(&mut T));

type Change = fn(&mut Epoch);

/// Every field of a record, with how it is called.
const FIELDS: [(&str, Change); 14] = [
    ("as_of", |epoch| epoch.record.as_of += 1),
    ("assets[1].symbol", |epoch| epoch.record.assets = renamed("ETH", 8)),
    ("assets[1].decimals", |epoch| epoch.record.assets = renamed("BTC", 9)),
    ("circuit", |epoch| epoch.record.circuit[31] ^= 1),
    ("ledger.sequence", |epoch| epoch.record.ledger.sequence += 1),
    ("ledger.head", |epoch| epoch.record.ledger.head[0] ^= 1),
    ("reserves[BTC]", |epoch| epoch.record.reserves[0] += 1),
    ("reserves[USDT]", |epoch| epoch.record.reserves[1] -= 1),
    ("sources", |epoch| epoch.record.sources[7] ^= 1),
    ("shard_count", |epoch| epoch.record.roots.truncate(1)),
    ("roots[0]", |epoch| epoch.record.roots[0] = Element::from(7u64)),
    ("roots[0]", |epoch| epoch.record.roots.swap(0, 1)),
    ("liabilities[BTC]", |epoch| epoch.record.liabilities[0] -= 1),
    ("liabilities[USDT]", |epoch| epoch.record.liabilities[1] += 1),
];

fn renamed(symbol: &str, decimals: u8) -> AssetList {
    let mut list = assets().as_slice().to_vec();
    list[0] = Asset::new(symbol, decimals).unwrap();
    AssetList::new(list).unwrap()
}

/// The epochs, when they are the whole history.
fn verify(exchange: &Exchange, epochs: Vec<Epoch>) -> Result<Vec<Epoch>, Error> {
    let head = verification::verify(exchange, 1, &epochs)?;
    assert_eq!(head, exchange.head);
    Ok(epochs)
}

fn told(chain: Chain, epochs: &[Epoch]) -> Result<Vec<Epoch>, Error> {
    verify(&exchange(chain, epochs), epochs.to_vec())
}

/// The epoch and field that an error names; epoch 0 when it is the exchange itself.
fn named(error: Error) -> (u64, String) {
    assert_eq!(error.kind(), ErrorKind::BadData, "{error}");
    match error {
        Error::BadData(bad) => match bad.subject {
            Subject::Epoch { epoch, .. } => (epoch, bad.field),
            _ => (0, bad.field),
        },
        other => panic!("{other}"),
    }
}

fn compared(left: &[Epoch], right: &[Epoch]) -> Result<Agreement, Error> {
    compare(
        &ChainHistory { chain: Chain::Solana, exchange: &id(), epochs: left },
        &ChainHistory { chain: EVM, exchange: &id(), epochs: right },
    )
}

#[test]
fn a_true_history_verifies_and_ends_at_the_chains_head() {
    let epochs = punctual(Chain::Solana, 5);
    let verified = verify(&exchange(Chain::Solana, &epochs), epochs.clone()).unwrap();
    assert_eq!(verified.len(), 5);
}

#[test]
fn a_history_without_epochs_is_not_verified() {
    let error = verify(&exchange(Chain::Solana, &[]), vec![]).unwrap_err();
    assert!(matches!(error, Error::NoEpoch { .. }), "{error}");
    let mut exchange = exchange(Chain::Solana, &[]);
    exchange.head[0] ^= 1;
    assert_eq!(named(verify(&exchange, vec![]).unwrap_err()), (0, "head".into()));
}

#[test]
fn every_field_of_a_record_is_bound_by_the_head() {
    for (field, change) in FIELDS {
        for index in 0..3 {
            let mut epochs = punctual(Chain::Solana, 3);
            let exchange = exchange(Chain::Solana, &epochs);
            change(&mut epochs[index]);
            let (epoch, found) = named(verify(&exchange, epochs).unwrap_err());
            assert_eq!((epoch, &found[..]), (index as u64 + 1, "head"), "{field}");
        }
    }
}

#[test]
fn what_is_outside_the_record_is_checked_too() {
    let cases: [(&str, Change); 9] = [
        ("head", |epoch| epoch.head[0] ^= 1),
        ("head", |epoch| epoch.head_before[0] ^= 1),
        ("head_before", |epoch| {
            epoch.head_before[0] ^= 1;
            seal(epoch);
        }),
        ("exchange", |epoch| {
            epoch.record.exchange[0] ^= 1;
            seal(epoch);
        }),
        ("epoch", |epoch| {
            epoch.record.epoch += 1;
            seal(epoch);
        }),
        ("posted_at", |epoch| epoch.posted_at = epoch.record.as_of - 1),
        ("liabilities", |epoch| {
            epoch.record.liabilities.pop();
            seal(epoch);
        }),
        ("reserves[USDT]", |epoch| {
            epoch.record.reserves[1] = 1 << 112;
            seal(epoch);
        }),
        ("shard_count", |epoch| {
            epoch.record.roots.clear();
            seal(epoch);
        }),
    ];
    for (field, change) in cases {
        let mut epochs = punctual(Chain::Solana, 3);
        let exchange = exchange(Chain::Solana, &epochs);
        change(&mut epochs[1]);
        assert_eq!(named(verify(&exchange, epochs).unwrap_err()), (2, field.into()));
    }
}

#[test]
fn a_history_that_does_not_start_from_the_exchange_is_refused() {
    let mut epochs = punctual(Chain::Solana, 2);
    epochs[0].head_before = [9; 32];
    reseal(&mut epochs, 0);
    assert_eq!(named(told(Chain::Solana, &epochs).unwrap_err()), (1, "head_before".into()));
}

#[test]
fn another_exchanges_history_is_refused_from_its_first_epoch() {
    let epochs = punctual(Chain::Solana, 1);
    let exchange = exchange(Chain::Solana, &epochs);
    let mut other = epochs.clone();
    other[0].record.exchange[0] ^= 1;
    other[0].head_before = other[0].record.exchange;
    seal(&mut other[0]);
    other[0].check().unwrap();
    assert_eq!(named(verify(&exchange, other).unwrap_err()), (1, "exchange".into()));
}

#[test]
fn there_is_no_epoch_zero() {
    let mut epoch = punctual(Chain::Solana, 1).remove(0);
    epoch.record.epoch = 0;
    seal(&mut epoch);
    assert_eq!(named(epoch.check().unwrap_err()), (0, "epoch".into()));
}

#[test]
fn epochs_left_out_repeated_or_swapped_are_found() {
    let all = punctual(Chain::Solana, 4);
    let whole = exchange(Chain::Solana, &all);
    let without = |index: usize| {
        let mut epochs = all.clone();
        epochs.remove(index);
        epochs
    };
    for index in 0..4 {
        assert_eq!(named(verify(&whole, without(index)).unwrap_err()), (0, "epochs".into()));
    }
    let mut repeated = without(3);
    repeated.insert(1, all[1].clone());
    assert_eq!(named(verify(&whole, repeated).unwrap_err()), (3, "epoch".into()));
    let mut swapped = all.clone();
    swapped.swap(1, 2);
    assert_eq!(named(verify(&whole, swapped).unwrap_err()), (2, "epoch".into()));
    let mut hidden = without(2);
    hidden[2].record.epoch = 3;
    reseal(&mut hidden, 2);
    let mut shorter = exchange(Chain::Solana, &hidden);
    shorter.head = whole.head;
    assert_eq!(named(verify(&shorter, hidden).unwrap_err()), (0, "head".into()), "an epoch deleted and closed up");
}

#[test]
fn the_exchange_itself_must_agree_with_its_last_epoch() {
    let epochs = punctual(Chain::Solana, 2);
    let cases: [Case<ballast_sdk::exchange::Exchange>; 6] = [
        ("head", |exchange| exchange.head[0] ^= 1),
        ("latest_as_of", |exchange| exchange.latest_as_of += 1),
        ("ledger", |exchange| exchange.ledger.sequence += 1),
        ("assets", |exchange| exchange.assets = None),
        ("assets", |exchange| exchange.assets = Some(renamed("ETH", 8))),
        ("epochs", |exchange| exchange.next_epoch += 1),
    ];
    for (field, change) in cases {
        let mut exchange = exchange(Chain::Solana, &epochs);
        change(&mut exchange);
        assert_eq!(named(verify(&exchange, epochs.clone()).unwrap_err()), (0, field.into()));
    }
}

#[test]
fn two_chains_that_tell_the_same_agree() {
    let agreed = compared(&punctual(Chain::Solana, 4), &punctual(EVM, 4)).unwrap();
    assert_eq!(agreed, Agreement { epochs: 4, behind: None });
}

#[test]
fn a_chain_that_is_behind_is_named_and_no_error() {
    let agreed = compared(&punctual(Chain::Solana, 4), &punctual(EVM, 3)).unwrap();
    assert_eq!(agreed, Agreement { epochs: 3, behind: Some(Behind { chain: EVM, latest: 3, by: 1 }) });
    let agreed = compared(&[], &punctual(EVM, 2)).unwrap();
    assert_eq!(agreed, Agreement { epochs: 0, behind: Some(Behind { chain: Chain::Solana, latest: 0, by: 2 }) });
}

#[test]
fn a_history_that_goes_on_from_an_epoch_is_verified_from_there() {
    let epochs = punctual(Chain::Solana, 5);
    let whole = exchange(Chain::Solana, &epochs);
    assert_eq!(verification::verify(&whole, 3, &epochs[2..]).unwrap(), epochs[4].head);
    for (first, epochs) in [(3, &epochs[3..]), (4, &epochs[2..]), (2, &epochs[2..])] {
        assert_eq!(named(verification::verify(&whole, first, epochs).unwrap_err()), (0, "epochs".into()));
    }
    let mut changed = epochs.clone();
    changed[3].head_before[0] ^= 1;
    assert_eq!(named(verification::verify(&whole, 3, &changed[2..]).unwrap_err()).0, 4);
}

#[test]
fn histories_that_were_not_read_from_the_first_epoch_are_compared_where_both_were() {
    let (left, right) = (punctual(Chain::Solana, 5), punctual(EVM, 4));
    let behind = Some(Behind { chain: EVM, latest: 4, by: 1 });
    for (ours, theirs) in [(&left[2..], &right[..]), (&left[..], &right[3..]), (&left[3..], &right[1..])] {
        assert_eq!(compared(ours, theirs).unwrap(), Agreement { epochs: 4, behind });
    }
    let error = compared(&left[4..], &right).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadInput, "nothing was compared: {error}");
    // What differs before shows in the head of the first epoch of both.
    let mut other = right.clone();
    other[0].record.sources[0] ^= 1;
    reseal(&mut other, 0);
    let Error::HistoriesPart(parting) = compared(&left[2..], &other).unwrap_err() else { panic!() };
    assert_eq!((parting.epoch, &parting.field[..]), (3, "head"));
}

#[test]
fn two_empty_histories_do_not_agree_on_anything() {
    assert!(matches!(compared(&[], &[]).unwrap_err(), Error::NoEpoch { .. }));
}

#[test]
fn chains_part_at_the_first_epoch_and_field_that_differ() {
    for (field, change) in FIELDS {
        for index in 0..3 {
            let left = punctual(Chain::Solana, 3);
            let mut right = punctual(EVM, 3);
            change(&mut right[index]);
            // Another true history: its heads are right in themselves.
            reseal(&mut right, index);
            right.iter().try_for_each(Epoch::check).unwrap();
            let Error::HistoriesPart(parting) = compared(&left, &right).unwrap_err() else { panic!("{field}") };
            assert_eq!((parting.epoch, &parting.field[..]), (index as u64 + 1, field));
            assert_eq!((parting.left.chain, parting.right.chain), (Chain::Solana, EVM));
            assert_ne!(parting.left.value, parting.right.value);
            let text = parting.to_string();
            for part in [&hex::encode(id()), field, &parting.left.value, &parting.right.value, "evm:31337"] {
                assert!(text.contains(part), "{text}");
            }
        }
    }
}

#[test]
fn more_assets_on_one_chain_part_at_their_count() {
    let mut right = punctual(EVM, 1);
    let more = [assets().as_slice(), &[Asset::new("SOL", 9).unwrap()]].concat();
    right[0].record.assets = AssetList::new(more).unwrap();
    right[0].record.liabilities.push(0);
    right[0].record.reserves.push(0);
    reseal(&mut right, 0);
    let Error::HistoriesPart(parting) = compared(&punctual(Chain::Solana, 1), &right).unwrap_err() else { panic!() };
    assert_eq!((&parting.field[..], &parting.left.value[..], &parting.right.value[..]), ("assets", "2", "3"));
}

#[test]
fn chains_whose_heads_alone_differ_part() {
    let mut right = punctual(EVM, 2);
    right[1].head[0] ^= 1;
    let Error::HistoriesPart(parting) = compared(&punctual(Chain::Solana, 2), &right).unwrap_err() else { panic!() };
    assert_eq!((parting.epoch, &parting.field[..]), (2, "head"));
}

#[test]
fn histories_of_two_exchanges_are_not_compared() {
    let epochs = punctual(Chain::Solana, 1);
    let error = compare(
        &ChainHistory { chain: Chain::Solana, exchange: &id(), epochs: &epochs },
        &ChainHistory { chain: EVM, exchange: &[0; 32], epochs: &epochs },
    );
    assert_eq!(error.unwrap_err().kind(), ErrorKind::BadInput);
}

#[test]
fn the_json_of_an_epoch_is_read_back_and_a_changed_one_is_refused() {
    let epoch = punctual(EVM, 1).remove(0);
    let json = serde_json::to_value(&epoch).unwrap();
    assert_eq!(serde_json::from_value::<Epoch>(json.clone()).unwrap(), epoch);
    let cases: [Case<serde_json::Value>; 13] = [
        ("head", |json| json["as_of"] = 1.into()),
        ("head", |json| json["assets"][0]["liability"] = "1".into()),
        ("head", |json| json["roots"][0] = json["roots"][1].clone()),
        ("head_before", |json| json["head_before"] = json["head"].clone()),
        ("status", |json| json["status"] = "insolvent".into()),
        ("assets", |json| json["assets"][0]["status"] = "insolvent".into()),
        ("assets", |json| json["assets"][0]["ratio_bps"] = 1.into()),
        ("setup_label", |json| json["setup"] = "ceremony".into()),
        ("setup_label", |json| json["setup_label"] = "".into()),
        ("shard_count", |json| json["shard_count"] = 3.into()),
        ("record", |json| json["record"] = json["head"].clone()),
        ("unknown field", |json| json["note"] = "".into()),
        ("expected an amount", |json| json["assets"][0]["liability"] = "1e3".into()),
    ];
    for (field, change) in cases {
        let mut changed = json.clone();
        change(&mut changed);
        let error = serde_json::from_value::<Epoch>(changed).unwrap_err().to_string();
        assert!(error.contains(field), "{field}: {error}");
    }
}
