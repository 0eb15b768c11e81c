//! The ledger: what a log's directory holds, transactions on their own, and checkpoints.
//!
//! Records and checkpoints are under checksums that a fuzzer does not guess, so their contents are
//! also read on their own.

use std::{fs, sync::LazyLock};

use anyhow::{Context, Result};
use ballast_core::digest::sha256;
use ballast_ledger::{
    checkpoint,
    log::{GENESIS_FILE, LogReader, Writer, WriterOptions, segment_name},
    replay::{Options, replay},
    simulate::Simulation,
    state::State,
    transaction::{Genesis, SignedTransaction, Transaction},
};

use crate::{Seed, folder, hexadecimal, items, said, vectors};

const SIMULATION: Simulation = Simulation { accounts: 4, transactions: 40, seed: 3, exchange: [1; 32] };

/// The only segment of a log whose genesis is whole.
pub fn segment(bytes: &[u8]) -> bool {
    let Ok(genesis) = SIMULATION.genesis() else { return false };
    let written = folder().and_then(|folder| {
        fs::write(folder.path().join(GENESIS_FILE), [genesis.encode(), genesis.head().to_vec()].concat())?;
        fs::write(folder.path().join(segment_name(1)), bytes)?;
        Ok(folder)
    });
    let Ok(folder) = written else { return false };
    let read = LogReader::open(folder.path()).and_then(|mut reader| {
        while reader.read()?.is_some() {}
        Ok(reader.torn().map(ToString::to_string))
    });
    // What cannot be read cannot be replayed, and a replay makes a thread.
    let options = Options { signatures: false, threads: 1, ..Options::default() };
    said(read).is_some() && said(replay(folder.path(), &options)).is_some()
}

pub fn segment_seeds() -> Result<Vec<Seed>> {
    let folder = folder()?;
    let log = folder.path().join("log");
    let mut writer = Writer::create(&log, &SIMULATION.genesis()?, WriterOptions::default())?;
    SIMULATION.run(|batch| writer.append(batch).map(drop))?;
    let whole = fs::read(log.join(segment_name(1)))?;
    let torn = whole.get(..whole.len() - 9).context("a record")?.to_vec();
    let zeros = [&whole[..], &[0; 64]].concat();
    Ok(vec![Seed::new("whole", whole, true), Seed::new("torn", torn, true), Seed::new("zeros", zeros, true)])
}

/// A genesis.
pub fn genesis(bytes: &[u8]) -> bool {
    let Some(genesis) = said(Genesis::decode(bytes)) else { return false };
    assert_eq!(genesis.encode(), bytes, "a genesis has one encoding");
    State::new(genesis).is_ok()
}

pub fn genesis_seeds() -> Result<Vec<Seed>> {
    let ledger = vectors("ledger.json")?;
    Ok(vec![Seed::new("two assets", hexadecimal(&ledger["genesis"]["encoded"])?, true)])
}

/// Transactions, each behind its length in one byte, applied one after the other to the ledger of
/// the vectors without their signatures. What a fuzzer does not guess is put in: sequence and head
/// before.
pub fn transactions(bytes: &[u8]) -> bool {
    static EMPTY: LazyLock<Option<State>> = LazyLock::new(|| {
        let ledger = vectors("ledger.json").ok()?;
        let genesis = Genesis::decode(&hexadecimal(&ledger["genesis"]["encoded"]).ok()?).ok()?;
        State::new(genesis).ok()
    });
    let Some(mut state) = EMPTY.clone() else { return false };
    let (mut rest, mut all) = (bytes, true);
    while let Some((length, behind)) = rest.split_first() {
        let Some((one, behind)) = behind.split_at_checked(usize::from(*length)) else { return false };
        rest = behind;
        let mut bytes = one.to_vec();
        let position = state.position();
        for (place, part) in [(1, &position.sequence.saturating_add(1).to_be_bytes()[..]), (9, &position.head)] {
            if let Some(field) = bytes.get_mut(place..place + part.len()) {
                field.copy_from_slice(part);
            }
        }
        if let Ok(transaction) = Transaction::decode(&bytes) {
            assert_eq!(transaction.encode(), bytes, "a transaction has one encoding");
        }
        let before = state.clone();
        match state.apply_unverified(&SignedTransaction { bytes, signature: [0; 64] }) {
            Ok(_) => {}
            Err(refused) => {
                said::<(), _>(Err(refused));
                assert!(state == before, "a refused transaction leaves no trace");
                all = false;
            }
        }
    }
    let encoded = state.encode();
    assert!(State::decode(&encoded).is_ok_and(|again| again == state), "a state survives its encoding");
    all
}

pub fn transactions_seeds() -> Result<Vec<Seed>> {
    let ledger = vectors("ledger.json")?;
    let mut bytes = Vec::new();
    for transaction in items(&ledger, "transactions")? {
        let encoded = hexadecimal(&transaction["encoded"])?;
        bytes.push(u8::try_from(encoded.len()).context("a transaction of at most 255 bytes")?);
        bytes.extend(encoded);
    }
    Ok(vec![Seed::new("of every kind", bytes, true)])
}

/// A checkpoint, and its state in one whose magic and digest fit.
pub fn checkpoint(bytes: &[u8]) -> bool {
    if let Ok(state) = State::decode(bytes) {
        assert_eq!(state.encode(), bytes, "a state has one encoding");
    }
    let whole = [checkpoint::MAGIC, bytes].concat();
    let whole = [&whole[..], &sha256(&[&whole])].concat();
    let mut accepted = false;
    for file in [bytes, &whole] {
        let read = folder().map(|folder| {
            let path = folder.path().join("checkpoint");
            fs::write(&path, file).map(|()| checkpoint::read(&path))
        });
        let Ok(Ok(read)) = read else { return false };
        accepted |= said(read).is_some();
    }
    accepted
}

pub fn checkpoint_seeds() -> Result<Vec<Seed>> {
    let ledger = vectors("ledger.json")?;
    let state = hexadecimal(&ledger["state"])?;
    let folder = folder()?;
    let path = folder.path().join("checkpoint");
    checkpoint::write(&path, &State::decode(&state)?)?;
    Ok(vec![Seed::new("a state", state, true), Seed::new("whole", fs::read(&path)?, true)])
}
