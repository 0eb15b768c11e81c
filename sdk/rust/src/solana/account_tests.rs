//! Accounts that contradict themselves, each other or the exchange.

use anchor_lang::AccountSerialize;

use super::*;
use crate::sample;

const PROGRAM: Pubkey = Pubkey::new_from_array([8; 32]);
const DEVELOPMENT: ProvedBy =
    ProvedBy { class: Class::SMALLEST, setup: SetupKind::Development, registered_as: SetupKind::Development };

/// The field that is named, and the change that it names.
type Case<T> = (&'static str, fn(&mut T));

fn stored_exchange() -> accounts::Exchange {
    let exchange = sample::exchange(CHAIN, &sample::punctual(CHAIN, 2));
    let assets = sample::assets();
    let entry = |asset: &Asset| types::Asset { symbol: asset.symbol, decimals: asset.decimals };
    let authority = Pubkey::new_from_array([1; 32]);
    accounts::Exchange {
        version: 1,
        bump: 255,
        id: exchange.id,
        first_authority: authority,
        evm_authority: [2; 20],
        name: exchange.name,
        registered_at: exchange.registered_at,
        authority,
        pending_authority: None,
        paused: false,
        cadence: exchange.cadence,
        posters: vec![authority],
        next_epoch: 3,
        as_of: exchange.latest_as_of,
        ledger_sequence: exchange.ledger.sequence,
        ledger_head: exchange.ledger.head,
        head: exchange.head,
        pending: None,
        generation: 0,
        asset_list_digest: assets.digest(),
        assets: assets.as_slice().iter().map(entry).collect(),
    }
}

/// The second epoch, insolvent in BTC.
fn stored_epoch() -> (Epoch, accounts::Commitment) {
    let mut epochs = sample::punctual(CHAIN, 2);
    epochs[1].record.reserves[0] -= 1;
    sample::reseal(&mut epochs, 1);
    let epoch = epochs.remove(1);
    let record = &epoch.record;
    let stored = accounts::Commitment {
        version: 1,
        bump: 255,
        exchange: record.exchange,
        epoch: 2,
        status: types::EpochStatus::Insolvent,
        as_of: record.as_of,
        circuit: record.circuit,
        setup: 1,
        asset_list_digest: record.assets.digest(),
        ledger_sequence: record.ledger.sequence,
        ledger_head: record.ledger.head,
        sources: record.sources,
        reserves_digest: reserves_digest(&record.reserves, &record.sources),
        shard_count: 2,
        shards_done: 2,
        roots_digest: Roots::of(&record.roots).0,
        record: record.digest(),
        head_before: epoch.head_before,
        head_after: epoch.head,
        insolvent: 1,
        poster: Pubkey::new_from_array([6; 32]),
        posted_at: epoch.posted_at,
        cadence: epoch.cadence,
        missed: epoch.missed,
        liabilities: record.liabilities.clone(),
        reserves: record.reserves.clone(),
        roots: record.roots.iter().map(|root| root.to_bytes()).collect(),
    };
    (epoch, stored)
}

fn read(stored: accounts::Commitment) -> Result<Epoch, Error> {
    let exchange = sample::exchange(CHAIN, &sample::punctual(CHAIN, 2));
    epoch(&Place { exchange: &exchange, number: 2 }, stored, DEVELOPMENT)
}

fn named(error: Error) -> String {
    let Error::BadData(bad) = error else { panic!("{error}") };
    bad.field
}

fn account(data: impl AccountSerialize) -> Account {
    let mut bytes = Vec::new();
    data.try_serialize(&mut bytes).unwrap();
    Account { lamports: 1, data: bytes, owner: PROGRAM, executable: false, rent_epoch: 0 }
}

#[test]
fn an_exchange_is_read_at_its_own_address() {
    let at = address::exchange(&PROGRAM, &sample::id());
    let read = exchange(&PROGRAM, &at, stored_exchange()).unwrap();
    assert_eq!(read, sample::exchange(CHAIN, &sample::punctual(CHAIN, 2)));
}

#[test]
fn an_exchange_that_contradicts_itself_is_refused() {
    let cases: [Case<accounts::Exchange>; 9] = [
        ("id", |stored| stored.name.push('x')),
        ("name", |stored| stored.name = "Päd".into()),
        ("id", |stored| stored.first_authority = PROGRAM),
        ("id", |stored| stored.evm_authority[0] ^= 1),
        ("address", |stored| stored.id[0] ^= 1),
        ("asset_list_digest", |stored| stored.assets[0].decimals = 9),
        ("asset_list_digest", |stored| stored.assets.swap(0, 1)),
        ("asset_list_digest", |stored| stored.assets.clear()),
        ("assets", |stored| stored.assets[1] = stored.assets[0]),
    ];
    let at = address::exchange(&PROGRAM, &sample::id());
    for (field, change) in cases {
        let mut stored = stored_exchange();
        change(&mut stored);
        assert_eq!(named(exchange(&PROGRAM, &at, stored).unwrap_err()), field);
    }
    assert_eq!(named(exchange(&PROGRAM, &PROGRAM, stored_exchange()).unwrap_err()), "address");
}

#[test]
fn an_epoch_is_what_its_commitment_tells() {
    let (epoch, stored) = stored_epoch();
    assert_eq!(read(stored).unwrap(), epoch);
}

#[test]
fn a_commitment_that_contradicts_itself_is_refused() {
    let cases: [Case<accounts::Commitment>; 29] = [
        ("exchange", |stored| stored.exchange[0] ^= 1),
        ("epoch", |stored| stored.epoch = 1),
        ("asset_list_digest", |stored| stored.asset_list_digest[0] ^= 1),
        ("shard_count", |stored| stored.shard_count = 3),
        ("shard_count", |stored| stored.roots.truncate(1)),
        ("shards_done", |stored| stored.shards_done = 1),
        ("roots", |stored| stored.roots.swap(0, 1)),
        ("roots", |stored| stored.roots_digest[0] ^= 1),
        ("roots[1]", |stored| stored.roots[1] = ballast_core::field::ORDER),
        ("setup", |stored| stored.setup = 2),
        ("reserves", |stored| stored.reserves[0] += 1),
        ("reserves", |stored| stored.reserves_digest[0] ^= 1),
        ("reserves", |stored| stored.sources[0] ^= 1),
        ("record", |stored| stored.as_of += 1),
        ("record", |stored| stored.circuit[0] ^= 1),
        ("record", |stored| stored.ledger_sequence += 1),
        ("record", |stored| stored.ledger_head[0] ^= 1),
        ("record", |stored| stored.liabilities[0] -= 1),
        ("record", |stored| stored.record[0] ^= 1),
        ("head", |stored| stored.head_before[0] ^= 1),
        ("head", |stored| stored.head_after[0] ^= 1),
        ("posted_at", |stored| stored.posted_at = stored.as_of - 1),
        ("status", |stored| stored.status = types::EpochStatus::Solvent),
        ("status", |stored| stored.status = types::EpochStatus::Unfinished),
        ("insolvent", |stored| stored.insolvent = 2),
        ("insolvent", |stored| stored.insolvent = 0),
        ("asset_list_digest", |stored| stored.liabilities.truncate(1)),
        ("liabilities", |stored| stored.liabilities.push(0)),
        ("cadence", |stored| stored.cadence = 0),
    ];
    for (number, (field, change)) in cases.into_iter().enumerate() {
        let (_, mut stored) = stored_epoch();
        change(&mut stored);
        assert_eq!(named(read(stored).unwrap_err()), field, "case {number}");
    }
}

#[test]
fn an_amount_out_of_range_is_refused_though_its_digests_agree() {
    let (mut epoch, mut stored) = stored_epoch();
    epoch.record.liabilities[1] = 1 << 112;
    sample::seal(&mut epoch);
    stored.liabilities = epoch.record.liabilities.clone();
    (stored.record, stored.head_after) = (epoch.record.digest(), epoch.head);
    assert_eq!(named(read(stored).unwrap_err()), "liabilities[USDT]");
}

#[test]
fn an_unfinished_epoch_shows_how_far_it_is() {
    let exchange = sample::exchange(CHAIN, &sample::punctual(CHAIN, 1));
    let place = Place { exchange: &exchange, number: 2 };
    let unfinished = || {
        let (_, mut stored) = stored_epoch();
        stored.status = types::EpochStatus::Unfinished;
        stored.shard_count = 5;
        stored.roots.resize(5, [0; 32]);
        stored
    };
    let read = pending(&place, unfinished(), 2).unwrap();
    assert_eq!((read.epoch, read.shards_done, read.shard_count), (2, 2, 5));
    assert_eq!((&read.liabilities[0].symbol[..], read.liabilities[0].liability), ("BTC", 2_000));
    assert_eq!(named(pending(&place, unfinished(), 3).unwrap_err()), "shards_done");
    let cases: [Case<accounts::Commitment>; 8] = [
        ("shards_done", |stored| stored.shards_done = 1),
        ("shard_count", |stored| stored.shard_count = 4),
        ("shards_done", |stored| {
            stored.shard_count = 1;
            stored.roots.truncate(1);
        }),
        ("exchange", |stored| stored.exchange[0] ^= 1),
        ("epoch", |stored| stored.epoch = 3),
        ("status", |stored| stored.status = types::EpochStatus::Solvent),
        ("roots", |stored| stored.roots[0][31] ^= 1),
        ("liabilities", |stored| stored.liabilities.truncate(1)),
    ];
    for (field, change) in cases {
        let mut stored = unfinished();
        change(&mut stored);
        assert_eq!(named(pending(&place, stored, 2).unwrap_err()), field);
    }
}

#[test]
fn what_is_no_account_of_the_program_is_refused() {
    let at = PROGRAM;
    let whole = account(stored_epoch().1);
    let decoded = |account: &Account| decode::<accounts::Commitment>(&PROGRAM, &at, account).map(|_| ());
    decoded(&whole).unwrap();
    let cases: [Case<Account>; 6] = [
        ("owner", |account| account.owner = Pubkey::default()),
        ("discriminator", |account| account.data[0] ^= 1),
        ("discriminator", |account| account.data.clear()),
        ("version", |account| account.data[8] = 2),
        ("version", |account| account.data.truncate(8)),
        ("data", |account| account.data.truncate(account.data.len() - 1)),
    ];
    for (field, change) in cases {
        let mut changed = whole.clone();
        change(&mut changed);
        let error = decoded(&changed).unwrap_err();
        assert!(error.to_string().contains(&at.to_string()), "{error}");
        assert_eq!(named(error), field);
    }
    let other = account(stored_exchange());
    assert_eq!(named(decoded(&other).unwrap_err()), "discriminator");
}

/// A program that lets a development key in as a ceremony's, and its epochs.
#[test]
fn a_development_key_is_shown_as_one_whatever_is_written_beside_it() {
    let text = include_str!("../../../../circuits/depth-7-development.json");
    let (file, key) = ballast_core::circuit_file::CircuitFile::parse(text).unwrap();
    let id = ballast_core::circuit::circuit_id(file.class, SetupKind::Ceremony, &file.transcript, &key);
    let stored = accounts::Circuit {
        version: 1,
        bump: 255,
        id,
        depth: file.class.depth,
        assets: file.class.assets,
        setup: 2,
        transcript: file.transcript,
        active_from: 5,
        retired: false,
        verifying_key: key.as_bytes().to_vec(),
    };
    let read = circuit(&id, stored).unwrap();
    assert_eq!((read.setup, read.registered_as), (SetupKind::Development, SetupKind::Ceremony));
    let json = serde_json::to_value(&read).unwrap();
    assert_eq!((&json["setup"], &json["setup_label"]), (&"development".into(), &"INSECURE development setup".into()));
    let (expected, mut stored) = stored_epoch();
    stored.setup = 2;
    let exchange = sample::exchange(CHAIN, &sample::punctual(CHAIN, 2));
    let epoch = epoch(&Place { exchange: &exchange, number: 2 }, stored, read.proved_by()).unwrap();
    assert_eq!((epoch.setup, expected.setup), (SetupKind::Development, SetupKind::Development));
}

#[test]
fn a_circuit_is_bound_by_its_id() {
    let key: [u8; 832] = std::array::from_fn(|index| (index / 32 + 1) as u8 & 0x2f);
    let id = ballast_core::circuit::circuit_id(
        Class::SMALLEST,
        SetupKind::Development,
        &[7; 32],
        &VerifyingKey::new(&key).unwrap(),
    );
    let stored = || accounts::Circuit {
        version: 1,
        bump: 255,
        id,
        depth: 7,
        assets: 128,
        setup: 1,
        transcript: [7; 32],
        active_from: 5,
        retired: false,
        verifying_key: key.into(),
    };
    let read = circuit(&id, stored()).unwrap();
    let json = serde_json::to_value(&read).unwrap();
    assert_eq!((&json["setup"], &json["setup_label"]), (&"development".into(), &"INSECURE development setup".into()));
    let cases: [Case<accounts::Circuit>; 7] = [
        ("id", |stored| stored.setup = 2),
        ("id", |stored| stored.depth = 8),
        ("id", |stored| stored.transcript[0] ^= 1),
        ("id", |stored| stored.verifying_key[831] ^= 1),
        ("id", |stored| stored.id[0] ^= 1),
        ("setup", |stored| stored.setup = 0),
        ("key", |stored| stored.verifying_key.copy_within(192..320, 320)),
    ];
    for (field, change) in cases {
        let mut changed = stored();
        change(&mut changed);
        assert_eq!(named(circuit(&id, changed).unwrap_err()), field);
    }
}
