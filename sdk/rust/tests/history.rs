//! Gaps, late, insolvent and overdue epochs are shown, and nothing is left out.

mod sample;

use ballast_sdk::{
    Error, History,
    chain::Chain,
    epoch::{Epoch, Status},
    exchange::PendingEpoch,
    history::{Entry, Gap, Overdue},
};
use sample::*;

/// The field that is named, and the change that it names.
type Case<T> = (&'static str, fn(&mut T));

fn history(epochs: Vec<Epoch>, clock: u64) -> History {
    let exchange = exchange(Chain::Solana, &epochs);
    History::new(exchange, None, epochs, None, clock).unwrap()
}

fn bad_field(result: Result<History, Error>) -> (String, String) {
    match result.unwrap_err() {
        Error::BadData(bad) => (bad.subject.to_string(), bad.field),
        other => panic!("{other}"),
    }
}

#[test]
fn a_punctual_history_has_neither_gaps_nor_delays() {
    let history = history(punctual(Chain::Solana, 4), START + 4 * DAY);
    assert_eq!(history.epochs().count(), 4);
    assert_eq!(history.entries.len(), 4);
    assert!(history.epochs().all(|epoch| !epoch.is_late()));
    assert_eq!(history.overdue, None);
}

#[test]
fn a_second_over_the_cadence_is_late_and_no_gap() {
    let history = history(epochs(Chain::Solana, &[START, START + DAY + 1]), START);
    let [_, Entry::Epoch(second)] = &history.entries[..] else { panic!("{:?}", history.entries) };
    assert_eq!((second.late_by, second.posted_late_by), (1, 0));
    assert!(second.is_late());
}

#[test]
fn missing_cadences_are_a_gap_in_their_place() {
    let history = history(epochs(Chain::Solana, &[START, START + DAY, START + 4 * DAY + 7, START + 5 * DAY]), START);
    let [Entry::Epoch(_), Entry::Epoch(second), Entry::Gap(gap), Entry::Epoch(third), Entry::Epoch(fourth)] =
        &history.entries[..]
    else {
        panic!("{:?}", history.entries)
    };
    assert_eq!(*gap, Gap { after: 2, from: START + 2 * DAY, until: START + 4 * DAY + 7, missed: 2 });
    assert_eq!((second.late_by, third.late_by, fourth.late_by), (0, 2 * DAY + 7, 0));
    assert_eq!(history.gaps().count(), 1);
}

#[test]
fn what_is_later_than_the_grace_is_the_smallest_gap() {
    let at = |second: u64| history(epochs(Chain::Solana, &[START, START + second]), START);
    assert_eq!(at(DAY + 3_600).gaps().count(), 0);
    assert_eq!(at(DAY + 3_601).gaps().map(|gap| gap.missed).collect::<Vec<_>>(), [1]);
}

#[test]
fn each_epoch_keeps_its_own_cadence() {
    let mut epochs = epochs(Chain::Solana, &[START, START + DAY, START + DAY + 660, START + DAY + 1_860]);
    for (epoch, missed) in [(2, 0), (3, 1)] {
        (epochs[epoch].cadence, epochs[epoch].missed) = (600, missed);
    }
    let mut exchange = exchange(Chain::Solana, &epochs);
    exchange.cadence = 600;
    let history = History::new(exchange, None, epochs, None, START + DAY + 2_461).unwrap();
    let late: Vec<u64> = history.epochs().map(|epoch| epoch.late_by).collect();
    assert_eq!(late, [0, 0, 60, 600]);
    let expected = Gap { after: 3, from: START + DAY + 1_260, until: START + DAY + 1_860, missed: 1 };
    assert_eq!(history.gaps().collect::<Vec<_>>(), [&expected]);
    assert_eq!(history.overdue.map(|overdue| overdue.by), Some(1));
}

#[test]
fn epochs_dated_in_time_and_posted_in_one_go_are_late() {
    let mut epochs = punctual(Chain::Solana, 3);
    for epoch in &mut epochs {
        epoch.posted_at = START + 10 * DAY;
    }
    let history = history(epochs, START + 10 * DAY);
    let late: Vec<u64> = history.epochs().map(|epoch| epoch.posted_late_by).collect();
    assert_eq!(late, [9 * DAY, 8 * DAY, 7 * DAY]);
    assert!(history.epochs().all(|epoch| epoch.late_by == 0 && epoch.is_late()));
}

#[test]
fn posting_in_time_ends_one_cadence_after_the_figures() {
    let mut epochs = punctual(Chain::Solana, 1);
    epochs[0].posted_at = START + DAY;
    assert!(!history(epochs.clone(), START).epochs().next().unwrap().is_late());
    epochs[0].posted_at += 1;
    assert_eq!(history(epochs, START).epochs().next().unwrap().posted_late_by, 1);
}

#[test]
fn insolvent_epochs_are_entries_like_others() {
    let mut epochs = punctual(Chain::Solana, 3);
    epochs[1].record.reserves[0] -= 1;
    reseal(&mut epochs, 1);
    let history = history(epochs, START);
    let statuses: Vec<Status> = history.epochs().map(|epoch| epoch.epoch.status()).collect();
    assert_eq!(statuses, [Status::Solvent, Status::Insolvent, Status::Solvent]);
    let second = &history.epochs().nth(1).unwrap().epoch;
    let by_asset: Vec<_> =
        second.figures().into_iter().map(|asset| (asset.symbol, asset.status, asset.ratio_bps)).collect();
    let expected = [("BTC".into(), Status::Insolvent, 9_995), ("USDT".into(), Status::Solvent, 12_500)];
    assert_eq!(by_asset, expected, "an asset's surplus does not pay another's debt");
}

#[test]
fn an_exchange_that_stops_is_overdue() {
    let overdue = |clock| history(punctual(Chain::Solana, 2), clock).overdue;
    let due = START + 2 * DAY;
    assert_eq!(overdue(due), None);
    assert_eq!(overdue(due + 1), Some(Overdue { epoch: 3, due, by: 1, missed: 0 }));
    assert_eq!(overdue(due + 5 * DAY), Some(Overdue { epoch: 3, due, by: 5 * DAY, missed: 5 }));
}

#[test]
fn an_exchange_that_never_began_is_overdue_since_its_registration() {
    let history = history(vec![], START + 3 * DAY);
    let due = START - 1_000 + DAY;
    assert_eq!(history.overdue, Some(Overdue { epoch: 1, due, by: 2 * DAY + 1_000, missed: 2 }));
    assert!(history.entries.is_empty());
}

#[test]
fn the_first_of_a_range_is_dated_by_the_epoch_before_it() {
    let all = epochs(Chain::Solana, &[START, START + 3 * DAY, START + 4 * DAY]);
    let exchange = exchange(Chain::Solana, &all);
    let part = History::new(exchange.clone(), Some(&all[0]), all[1..].to_vec(), None, START).unwrap();
    let whole = History::new(exchange, None, all, None, START).unwrap();
    assert_eq!(part.entries, whole.entries[1..]);
    assert!(matches!(part.entries[0], Entry::Gap(_)));
}

#[test]
fn a_partly_posted_epoch_is_visible() {
    let epochs = punctual(Chain::Solana, 1);
    let exchange = exchange(Chain::Solana, &epochs);
    let pending =
        PendingEpoch { epoch: 2, shards_done: 1, shard_count: 3, poster: exchange.authority, liabilities: vec![] };
    let history = History::new(exchange, None, epochs, Some(pending), START).unwrap();
    let json = serde_json::to_value(&history).unwrap();
    assert_eq!((&json["pending"]["shards_done"], &json["pending"]["shard_count"]), (&1.into(), &3.into()));
}

#[test]
fn epochs_that_do_not_follow_each_other_are_refused() {
    let cases: [Case<Epoch>; 5] = [
        ("epoch", |epoch| epoch.record.epoch += 1),
        ("as_of", |epoch| epoch.record.as_of = START),
        ("missed", |epoch| epoch.missed = 1),
        ("ledger.sequence", |epoch| epoch.record.ledger.sequence = 9),
        ("head_before", |epoch| epoch.head_before[0] ^= 1),
    ];
    for (field, change) in cases {
        let mut epochs = punctual(Chain::Solana, 2);
        let exchange = exchange(Chain::Solana, &epochs);
        change(&mut epochs[1]);
        let (subject, found) = bad_field(History::new(exchange, None, epochs, None, START));
        assert_eq!(found, field);
        assert!(subject.contains(&hex::encode(id())), "{subject}");
    }
    let mut other = punctual(Chain::Solana, 2);
    let exchange = exchange(Chain::Solana, &other);
    other[1].record.exchange[0] ^= 1;
    assert_eq!(bad_field(History::new(exchange, None, other, None, START)).1, "exchange");
}

#[test]
fn a_cadence_of_nothing_is_bad_data() {
    let epochs = punctual(Chain::Solana, 1);
    let mut exchange = exchange(Chain::Solana, &epochs);
    exchange.cadence = 0;
    assert_eq!(bad_field(History::new(exchange, None, epochs, None, START)).1, "cadence");
}

#[test]
fn times_at_the_end_of_the_range_do_not_overflow() {
    let mut epochs = epochs(Chain::Solana, &[u64::MAX - 2_000, u64::MAX - 700]);
    epochs[1].posted_at = u64::MAX;
    epochs.iter_mut().for_each(|epoch| epoch.cadence = u64::MAX);
    reseal(&mut epochs, 0);
    let mut exchange = exchange(Chain::Solana, &epochs);
    exchange.cadence = u64::MAX;
    let history = History::new(exchange, None, epochs, None, u64::MAX).unwrap();
    assert_eq!((history.overdue, history.gaps().count()), (None, 0));
}

#[test]
fn the_json_shows_gaps_and_labels() {
    let history = history(epochs(Chain::Solana, &[START, START + 3 * DAY]), START);
    let json = serde_json::to_value(&history).unwrap();
    let kinds: Vec<_> = json["entries"].as_array().unwrap().iter().map(|entry| entry["kind"].clone()).collect();
    assert_eq!(kinds, ["epoch", "gap", "epoch"]);
    let epoch = &json["entries"][2];
    assert_eq!((&epoch["late_by"], &epoch["epoch"]), (&(2 * DAY).into(), &2.into()));
    assert_eq!(epoch["setup_label"], "INSECURE development setup");
    assert_eq!(epoch["assets"][1]["liability"], "2000");
}
