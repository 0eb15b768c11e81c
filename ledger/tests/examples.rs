//! The files in `examples`, and their totals against those that jq computes.

use ballast_core::circuit::Class;
use ballast_ledger::{
    report::Report,
    reserves::Stated,
    snapshot::{self, Borrows, Options, Reason, Snapshot, SnapshotError},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name)
}

fn sample(options: &Options) -> Result<Snapshot, SnapshotError> {
    snapshot::read(&example("ledger-500x53.json"), None, options)
}

fn first_sixty() -> Snapshot {
    sample(&Options { limit: Some(60), ..Options::default() }).unwrap()
}

fn by_symbol(snapshot: &Snapshot, units: &[u128]) -> BTreeMap<String, u128> {
    let symbols = snapshot.assets.as_slice().iter().map(|asset| asset.symbol());
    symbols.zip(units.iter().copied()).collect()
}

/// Sums by symbol that jq computes from the sample with `program`. Exact: they are far below 2^53.
fn jq(program: &str) -> BTreeMap<String, u128> {
    let output = Command::new("jq").arg("-c").arg(program).arg(example("ledger-500x53.json")).output();
    let output = output.expect("these tests need jq (Debian: apt-get install jq)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn totals_of_the_sample_are_those_of_jq() {
    let sums = |accounts: usize, part: &str| {
        let program = format!(
            "[.accounts | to_entries[:{accounts}][].value | to_entries[]] \
             | group_by(.key) | map({{(.[0].key): (map({part}) | add)}}) | add"
        );
        jq(&program)
    };
    let (owed, borrowed) = ("[.value, 0] | max", "[-.value, 0] | max");
    let gross = sample(&Options { borrows: Borrows::Gross, ..Options::default() }).unwrap();
    assert_eq!((gross.accounts.len(), gross.assets.len()), (500, 53));
    assert_eq!(by_symbol(&gross, &gross.totals), sums(500, owed));
    assert_eq!(by_symbol(&gross, &gross.gross_borrows), sums(500, borrowed));
    assert!(gross.gross_borrows.iter().any(|units| *units > 0));
    let sixty = first_sixty();
    assert_eq!((sixty.accounts.len(), sixty.left_out), (60, 440));
    assert_eq!(by_symbol(&sixty, &sixty.totals), sums(60, owed));
    assert!(sixty.gross_borrows.iter().all(|units| *units == 0));
}

#[test]
fn the_whole_sample_is_refused_for_its_first_borrow() {
    let error = sample(&Options::default()).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error.reason, Reason::Borrow));
    let id = "98a3ab7c340e8a033e7b37b6ef9428751581760af67bbab2b9e05d4964a8874a";
    for word in ["ledger-500x53.json", id, "\"ABT\""] {
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn the_report_of_the_sample() {
    let report = Report::new(&first_sixty(), &[Class::SMALLEST]).unwrap();
    assert_eq!((report.as_of, report.accounts, report.accounts_left_out), (1_795_389_392, 60, 440));
    // 53 assets are 6 leaves, 60 accounts 360.
    assert_eq!((report.leaves, report.shards, report.depth, report.leaves_per_shard), (360, 1, 7, 16_384));
    let abd = &report.assets[1];
    assert_eq!((abd.symbol.as_str(), abd.decimals), ("ABD", 5));
    let (whole, fraction) = abd.liability.split_once('.').unwrap();
    assert_eq!((format!("{whole}{fraction}"), fraction.len()), (abd.liability_units.clone(), 5));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["assets"][1]["liability_units"], abd.liability_units);
}

#[test]
fn reserves_cover_the_whole_sample_and_the_insolvent_ones_all_but_one() {
    let whole = sample(&Options { borrows: Borrows::Gross, ..Options::default() }).unwrap();
    let short = |name: &str| -> Vec<String> {
        let reserves = Stated::read(&example(name), &whole.assets).unwrap();
        let figures = whole.totals.iter().zip(&reserves.amounts);
        let assets = whole.assets.as_slice().iter().zip(figures);
        assets.filter(|(_, (total, reserve))| reserve < total).map(|(asset, _)| asset.symbol()).collect()
    };
    assert_eq!(short("reserves.toml"), Vec::<String>::new());
    assert_eq!(short("reserves-insolvent.toml"), ["ABD"]);
}

#[test]
fn the_small_exchange() {
    let declaration = example("small-exchange.toml");
    let read = snapshot::read(&example("small-exchange.csv"), Some(&declaration), &Options::default()).unwrap();
    assert_eq!((read.as_of, read.accounts.len(), read.assets.len()), (1_795_392_000, 27, 5));
    assert!(read.totals.iter().all(|total| *total > 0));
    // Its last account holds nothing, and has a leaf all the same.
    assert_eq!(read.accounts[26].balances, []);
    assert_eq!(Report::new(&read, &[Class::SMALLEST]).unwrap().leaves, 27);
}

#[test]
fn a_file_is_read_as_what_its_name_says() {
    let (csv, json, toml) =
        (example("small-exchange.csv"), example("ledger-500x53.json"), example("small-exchange.toml"));
    let reason = |path: &Path, declaration: Option<&Path>| {
        let error = snapshot::read(path, declaration, &Options::default()).unwrap_err();
        assert!(error.to_string().contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
        error.reason
    };
    assert!(matches!(reason(&csv, None), Reason::DeclarationMissing));
    assert!(matches!(reason(&json, Some(&toml)), Reason::DeclarationTwice));
    assert!(matches!(reason(&toml, None), Reason::FormatUnknown));
    assert!(matches!(reason(&example("none.json"), None), Reason::Io(_)));
    assert!(matches!(reason(&example("none.csv"), Some(&toml)), Reason::Io(_)));
    let missing = snapshot::read(&csv, Some(&example("none.toml")), &Options::default()).unwrap_err();
    assert!(missing.to_string().contains("none.toml"), "{missing}");
}
