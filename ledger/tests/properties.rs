//! Random snapshots in both formats against sums taken the plain way.

use ballast_ledger::{
    amount,
    snapshot::{self, Borrows, Declaration, Options, Snapshot},
};
use proptest::{collection::vec, prelude::*};
use std::fmt::Write;

/// Decimals of the random assets A0, A1, ..
const DECIMALS: [u8; 12] = [0, 1, 6, 8, 18, 36, 2, 3, 9, 5, 0, 12];

/// One amount of a file, in units: negative is a borrow.
type Units = i128;
/// By account, by asset: the three amounts of a CSV row, none where the account has no row.
type Book = Vec<Vec<Option<[Units; 3]>>>;

/// Near the boundaries and in between, such that three fit in 64 bits together; some borrowed.
fn component() -> impl Strategy<Value = Units> {
    let largest = i128::from(u64::MAX / 3);
    prop_oneof![Just(0), Just(1), Just(largest), 0..=largest, (1..=largest).prop_map(|borrow| -borrow)]
}

fn book() -> impl Strategy<Value = Book> {
    let row = prop::option::weighted(0.8, prop::array::uniform3(component()));
    // Every account has a first row, so that it is in the file.
    let account = (prop::array::uniform3(component()), vec(row, DECIMALS.len() - 1));
    let account = account.prop_map(|(first, rest)| [vec![Some(first)], rest].concat());
    vec(account, 1..20)
}

/// A whole balance of a JSON file: the boundaries of 64 bits among them.
fn balances() -> impl Strategy<Value = Vec<Vec<Option<Units>>>> {
    let boundary = prop::sample::select(vec![0, 1, (1 << 63) - 1, 1 << 63, u64::MAX.into(), -1, -(1 << 63)]);
    let balance = prop::option::weighted(0.8, prop_oneof![boundary, -1000..i128::from(u64::MAX)]);
    vec(vec(balance, DECIMALS.len()), 1..20)
}

fn decimal(units: Units, decimals: u8) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}", amount::format(units.unsigned_abs(), decimals))
}

fn declaration() -> Declaration {
    let mut text = String::from("as_of = 1795392000\n");
    for (number, decimals) in DECIMALS.iter().enumerate() {
        write!(text, "[[assets]]\nsymbol = \"A{number}\"\ndecimals = {decimals}\n").unwrap();
    }
    Declaration::parse(&text).unwrap()
}

fn read_csv(book: &Book) -> Snapshot {
    let mut text = snapshot::csv::HEADER.join(",") + "\n";
    for (account, row) in book.iter().enumerate() {
        for (asset, amounts) in row.iter().enumerate() {
            if let Some(amounts) = amounts {
                let [available, in_orders, lent] = amounts.map(|units| decimal(units, DECIMALS[asset]));
                writeln!(text, "customer-{account},A{asset},{available},{in_orders},{lent}").unwrap();
            }
        }
    }
    let options = Options { borrows: Borrows::Gross, ..Options::default() };
    snapshot::csv::read(&declaration(), text.as_bytes(), &options).unwrap()
}

fn read_json(balances: &[Vec<Option<Units>>]) -> Snapshot {
    let asset = |number: usize| {
        let decimals = DECIMALS[number];
        format!("\"A{number}\":{{\"price\":1,\"usdt_decimals\":2,\"balance_decimals\":{decimals}}}")
    };
    let assets: Vec<_> = (0..DECIMALS.len()).map(asset).collect();
    let account = |(number, row): (usize, &Vec<Option<Units>>)| {
        let held = row.iter().enumerate().filter_map(|(asset, units)| Some(format!("\"A{asset}\":{}", (*units)?)));
        format!("\"customer-{number}\":{{{}}}", held.collect::<Vec<_>>().join(","))
    };
    let accounts: Vec<_> = balances.iter().enumerate().map(account).collect();
    let text = format!(
        "{{\"assets\":{{{}}},\"accounts\":{{{}}},\"timestamp\":1795392000123}}",
        assets.join(","),
        accounts.join(",")
    );
    let options = Options { borrows: Borrows::Gross, ..Options::default() };
    snapshot::json::read(text.as_bytes(), &options).unwrap()
}

/// What the accounts of a snapshot hold, by account and asset.
fn held(snapshot: &Snapshot) -> Vec<Vec<u128>> {
    let row = |account: &snapshot::Account| {
        let mut row = vec![0; DECIMALS.len()];
        for slot in &account.balances {
            assert_ne!(slot.balance, 0);
            row[usize::from(slot.asset) - 1] = slot.balance.into();
        }
        row
    };
    snapshot.accounts.iter().map(row).collect()
}

fn sums(rows: &[Vec<u128>]) -> Vec<u128> {
    (0..DECIMALS.len()).map(|asset| rows.iter().map(|row| row[asset]).sum()).collect()
}

fn owed(units: Units) -> u128 {
    units.max(0).unsigned_abs()
}

fn borrowed(units: Units) -> u128 {
    units.min(0).unsigned_abs()
}

/// The accounts and sums of a snapshot are these, by account and asset.
fn agrees(read: &Snapshot, owed: &[Vec<u128>], borrowed: &[Vec<u128>]) -> Result<(), TestCaseError> {
    prop_assert_eq!(&read.totals, &sums(owed));
    prop_assert_eq!(&read.gross_borrows, &sums(borrowed));
    prop_assert_eq!(held(read), owed);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn csv_agrees_with_plain_sums(book in book()) {
        let read = read_csv(&book);
        let by = |count: fn(Units) -> u128| -> Vec<Vec<u128>> {
            let cell = |amounts: &Option<[Units; 3]>| amounts.iter().flatten().map(|units| count(*units)).sum();
            book.iter().map(|row| row.iter().map(cell).collect()).collect()
        };
        agrees(&read, &by(owed), &by(borrowed))?;
    }

    #[test]
    fn json_agrees_with_plain_sums(balances in balances()) {
        let read = read_json(&balances);
        let by = |count: fn(Units) -> u128| -> Vec<Vec<u128>> {
            balances.iter().map(|row| row.iter().map(|units| units.map_or(0, count)).collect()).collect()
        };
        agrees(&read, &by(owed), &by(borrowed))?;
    }

    #[test]
    fn both_formats_read_the_same_book(book in book()) {
        let whole = |amounts: &Option<[Units; 3]>| amounts.map(|amounts| amounts.iter().map(|units| (*units).max(0)).sum());
        let balances: Vec<Vec<_>> = book.iter().map(|row| row.iter().map(whole).collect()).collect();
        let csv = read_csv(&book);
        let json = read_json(&balances);
        prop_assert_eq!(csv.assets, json.assets);
        prop_assert_eq!(csv.accounts, json.accounts);
        prop_assert_eq!(csv.totals, json.totals);
        prop_assert_eq!(csv.as_of, json.as_of);
    }
}
