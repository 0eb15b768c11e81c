//! `ballast ledger`, on a simulated log.

use std::{
    fs,
    path::{Path, PathBuf},
};

use ballast_ledger::{
    log::{Writer, WriterOptions},
    simulate::Simulation,
};

use serde_json::Value;

use crate::folder::{EXAMPLE, Folder};

const TRANSACTIONS: u64 = 500;

/// A folder with the example's settings, and a log in `ledger`.
fn simulated() -> Folder {
    let folder = Folder::new();
    let simulate = ["ledger", "simulate", "--accounts", "20", "--transactions", "500", "--seed", "9"];
    let (code, output, errors) = folder.ballast(&simulate);
    assert_eq!(code, 0, "{errors}");
    assert!(output.contains("INSECURE") && output.contains("wrote 500 transactions"), "{output}");
    assert!(output.contains("lent and borrowed") && output.contains("USD"), "{output}");
    assert_eq!(folder.ballast(&simulate).0, 2, "a log is never written over");
    folder
}

/// The log's only segment.
fn segment_file(folder: &Folder) -> PathBuf {
    let mut entries = fs::read_dir(folder.path("ledger")).unwrap().map(|entry| entry.unwrap().path());
    entries.find(|path| path.extension().is_some_and(|extension| extension == "segment")).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_log_is_verified_replayed_and_inspected() {
    let folder = simulated();
    let simulate = ["ledger", "simulate", "--accounts", "20", "--transactions", "500", "--seed", "9", "--log", "again"];
    let simulated = folder.json(&simulate);
    let verified = folder.json(&["ledger", "verify"]);
    for field in ["sequence", "head", "assets"] {
        assert_eq!(simulated[field], verified[field], "{field}");
    }
    // And the exchange's own.
    assert_eq!((&simulated["accounts"], &verified["accounts"]), (&20.into(), &21.into()));
    assert_eq!((&verified["sequence"], &verified["transactions"]), (&TRANSACTIONS.into(), &TRANSACTIONS.into()));
    assert!(verified["signatures"].as_u64().unwrap() >= TRANSACTIONS);
    assert!(verified.get("per_second_without_signatures").is_none());

    let replayed = folder.json(&["ledger", "replay"]);
    for field in ["head", "accounts", "assets", "signatures"] {
        assert_eq!(replayed[field], verified[field], "{field}");
    }
    for field in ["per_second", "per_second_without_signatures"] {
        assert!(replayed[field].as_str().unwrap().parse::<u128>().unwrap() > 0, "{replayed}");
    }
    let earlier = folder.json(&["ledger", "replay", "--at", "123"]);
    assert_eq!((&earlier["sequence"], &earlier["transactions"]), (&123.into(), &123.into()));
    assert_ne!(earlier["head"], verified["head"]);

    let inspected = folder.json(&["ledger", "inspect"]);
    assert_eq!((&inspected["sequence"], &inspected["head"]), (&TRANSACTIONS.into(), &verified["head"]));
    let segment = &inspected["segments"][0];
    let bytes = fs::metadata(segment_file(&folder)).unwrap().len();
    assert_eq!((&segment["first"], &segment["last"], &segment["bytes"]), (&1.into(), &500.into(), &bytes.into()));

    let (_, output, _) = folder.ballast(&["ledger", "replay"]);
    assert!(output.contains("transactions a second with signatures"), "{output}");
    assert!(output.contains("transactions a second without signatures"), "{output}");
    assert!(output.contains("after transaction 500") && output.contains("lent and borrowed"), "{output}");
    let (_, output, _) = folder.ballast(&["ledger", "verify"]);
    assert!(output.contains("with signatures") && !output.contains("without signatures"), "{output}");
    let (_, output, _) = folder.ballast(&["ledger", "inspect"]);
    assert!(output.contains("transactions 1 to 500") && output.contains("BTC, ETH, SOL, USD"), "{output}");
}

#[test]
fn a_flipped_byte_is_2_and_named() {
    let folder = simulated();
    let segment = segment_file(&folder);
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let name = segment.file_name().unwrap().to_str().unwrap();
    for command in ["verify", "replay", "inspect"] {
        let (code, output, errors) = folder.ballast(&["ledger", command]);
        assert_eq!((code, output.as_str()), (2, ""), "{command}: {errors}");
        assert!(errors.contains(name) && errors.contains("offset"), "{command}: {errors}");
    }
}

#[test]
fn a_log_without_transactions_is_2() {
    let folder = Folder::new();
    let simulation = Simulation { accounts: 1, transactions: 1, seed: 1, exchange: [1; 32] };
    Writer::create(&folder.path("ledger"), &simulation.genesis().unwrap(), WriterOptions::default()).unwrap();
    for command in ["verify", "replay", "inspect"] {
        let (code, output, errors) = folder.ballast(&["ledger", command]);
        assert_eq!((code, output.as_str()), (2, ""), "{command}: {errors}");
        assert!(errors.contains("expected at least one"), "{command}: {errors}");
    }
    assert_eq!(folder.ballast(&["ledger", "verify", "--log", "missing"]).0, 2);
    let full = simulated();
    for beyond in ["0", "501"] {
        let (code, _, errors) = full.ballast(&["ledger", "replay", "--at", beyond]);
        assert_eq!(code, 2, "{beyond}: {errors}");
    }
}

#[test]
fn the_log_is_the_one_named_or_that_of_the_settings() {
    let folder = simulated();
    fs::rename(folder.path("ledger"), folder.path("elsewhere")).unwrap();
    assert_eq!(folder.ballast(&["ledger", "verify"]).0, 2, "the default is not there");
    assert_eq!(folder.json(&["ledger", "verify", "--log", "elsewhere"])["sequence"], TRANSACTIONS);
    // Reserves are not needed, and the path is relative to the file.
    fs::create_dir(folder.path("settings")).unwrap();
    let settings = folder.path("settings/ballast.toml");
    fs::write(&settings, "[snapshot]\nlog = \"../elsewhere\"\n").unwrap();
    assert_eq!(folder.json(&["ledger", "verify", "--config", text(&settings)])["sequence"], TRANSACTIONS);
    let named = folder.ballast(&["ledger", "verify", "--config", text(&settings), "--log", "missing"]);
    assert_eq!(named.0, 2, "what is named wins");
}

#[test]
fn a_simulation_without_an_exchange_says_what_it_needs() {
    let folder = Folder::new();
    fs::write(folder.path("ballast.toml"), "").unwrap();
    let simulate = ["ledger", "simulate", "--accounts", "20", "--transactions", "500", "--seed", "9"];
    let (code, _, errors) = folder.ballast(&simulate);
    assert_eq!(code, 2);
    assert!(errors.contains("[exchange]") && errors.contains("exchange.name"), "{errors}");
    fs::write(folder.path("ballast.toml"), EXAMPLE).unwrap();
    for (accounts, transactions) in [("0", "5"), ("5", "0")] {
        let simulate = ["ledger", "simulate", "--accounts", accounts, "--transactions", transactions, "--seed", "9"];
        assert_eq!(folder.ballast(&simulate).0, 2);
    }
    assert!(!folder.path("ledger").exists());
}

/// The log in `ledger`, without the last bytes of its segment.
fn cut(folder: &Folder, bytes: u64) {
    let file = fs::OpenOptions::new().write(true).open(segment_file(folder)).unwrap();
    file.set_len(file.metadata().unwrap().len() - bytes).unwrap();
}

#[test]
fn a_copy_that_ends_within_a_record_is_3_for_whoever_was_sent_it() {
    let folder = simulated();
    let head = folder.json(&["ledger", "verify"])["head"].as_str().unwrap().to_owned();
    cut(&folder, 5);
    let (code, output, errors) = folder.ballast(&["ledger", "verify"]);
    assert_eq!((code, output.as_str()), (3, ""), "{errors}");
    for words in ["offset", "whole, up to transaction 499", "--own", "--expect-head"] {
        assert!(errors.contains(words), "{words}: {errors}");
    }
    let (code, _, errors) = folder.ballast(&["ledger", "verify", "--expect-head", &head]);
    assert_eq!(code, 3, "{errors}");
    assert!(errors.contains(&head) && errors.contains("records are missing"), "{errors}");
    // The owner knows that nobody was told of it.
    let (code, output, errors) = folder.ballast(&["ledger", "verify", "--own"]);
    assert_eq!(code, 0, "{errors}");
    assert!(output.contains("after transaction 499") && output.contains("warning: "), "{output}");
    // Whoever was told the head of what is there misses nothing.
    let earlier = folder.json(&["ledger", "verify", "--own"])["head"].as_str().unwrap().to_owned();
    assert_eq!(folder.json(&["ledger", "verify", "--expect-head", &earlier])["sequence"], 499);
}

#[test]
fn a_copy_that_was_cut_between_records_ends_with_another_head() {
    let (whole, folder) = (simulated(), simulated());
    let head = whole.json(&["ledger", "verify"])["head"].as_str().unwrap().to_owned();
    assert_eq!(whole.json(&["ledger", "verify", "--expect-head", &head])["sequence"], TRANSACTIONS);
    assert_eq!(whole.json(&["ledger", "verify", "--expect-head", &head[2..]])["sequence"], TRANSACTIONS);
    cut(&folder, 5);
    Writer::open(&folder.path("ledger"), WriterOptions::default()).unwrap();
    let shorter = folder.json(&["ledger", "verify"]);
    assert_eq!((&shorter["sequence"], &shorter["torn"]), (&499.into(), &Value::Null), "nothing shows that it was cut");
    let (code, output, errors) = folder.ballast(&["ledger", "verify", "--expect-head", &head]);
    assert_eq!((code, output.as_str()), (3, ""), "{errors}");
    assert!(errors.contains("after transaction 499") && errors.contains("records are missing"), "{errors}");
    // The other way round the log has gone on.
    let earlier = shorter["head"].as_str().unwrap();
    let (code, _, errors) = whole.ballast(&["ledger", "verify", "--expect-head", earlier]);
    assert_eq!(code, 3, "{errors}");
    assert!(errors.contains("the head after transaction 499, and the log goes on"), "{errors}");
    for malformed in ["0x12", "head", "0x", &format!("{head}00")] {
        assert_eq!(folder.ballast(&["ledger", "verify", "--expect-head", malformed]).0, 2, "{malformed}");
    }
    assert_eq!(folder.ballast(&["ledger", "verify", "--own", "--expect-head", &head]).0, 2);
}
