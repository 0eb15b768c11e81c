//! A published reserves report is held against an epoch's record, and against what a chain knows of
//! wallets and tokens.

#[path = "../../../ledger/tests/addresses/mod.rs"]
mod addresses;
mod sample;

use addresses::{ON_BITCOIN, ON_EVM, ON_SOLANA};
use ballast_core::{Digest, digest::sha256};
use ballast_ledger::reserves::{
    BlockLine, Holding, Occasion, ReadHoldings, ReportError, Reserves, ReservesReport, Stated,
    ownership::{OwnershipError, message},
};
use ballast_sdk::{
    chain::{Address, Chain},
    epoch::{Epoch, Record},
    observation::{Token, Wallet},
    reserves::{HoldingError, check_holdings, verify},
};
use sample::*;

fn stated(signed_for: &Digest) -> Stated {
    let text = message(signed_for, "bitcoin");
    let address = ON_BITCOIN.segwit;
    let signature = bip322::sign_simple_encoded(address, &text, &[ON_BITCOIN.key], None).unwrap();
    let text = format!(
        "sources = \"A test\"\n[amounts]\nBTC = \"1\"\nUSDT = \"2\"\n[[messages]]\nnetwork = \"bitcoin\"\naddress = \"{address}\"\n\
         message = \"{text}\"\nsignature = \"{signature}\"\nasset = \"BTC\"\namount = \"3\"\n"
    );
    Stated::parse(&text, &assets()).unwrap()
}

fn read(as_of: u64) -> ReadHoldings {
    let block = |chain: &str, hash: String| BlockLine { chain: chain.into(), height: 9, hash, time: as_of };
    let holding = |chain: &str, [wallet, account, token]: [&str; 3], decimals| {
        let [chain, wallet, account, token] = [chain, wallet, account, token].map(str::to_owned);
        Holding { chain, wallet, account, token, decimals, asset: 2, balance: 7_000_000 }
    };
    ReadHoldings {
        blocks: vec![block("solana", ON_SOLANA.mint.into()), block("evm:31337", format!("0x{}", "ab".repeat(32)))],
        holdings: vec![
            holding("solana", [ON_SOLANA.wallet, ON_SOLANA.account, ON_SOLANA.mint], 6),
            holding("evm:31337", [ON_EVM.wallet, ON_EVM.wallet, ON_EVM.token], 6),
        ],
    }
}

/// Makes `epoch` the epoch of a report, which is returned.
fn publish(epoch: &mut Epoch) -> Vec<u8> {
    let record = &mut epoch.record;
    let occasion = Occasion { exchange: &record.exchange, as_of: record.as_of, assets: &record.assets };
    let reserves = Reserves::new(&occasion, &stated(&id()), &read(record.as_of), None).unwrap();
    (record.reserves, record.sources) = (reserves.amounts, reserves.sources);
    seal(epoch);
    reserves.report
}

fn published() -> (Record, Vec<u8>) {
    let mut epoch = punctual(EVM, 1).remove(0);
    let report = publish(&mut epoch);
    (epoch.record, report)
}

/// What the record would be if the exchange had bound these bytes.
fn bound(record: &Record, bytes: &[u8]) -> Record {
    Record { sources: sha256(&[bytes]), ..record.clone() }
}

#[test]
fn a_report_is_verified_without_a_log() {
    let (record, bytes) = published();
    let report = verify(&record, &bytes).unwrap();
    assert_eq!((report.holdings.len(), report.messages.len()), (2, 1));
    assert_eq!(record.reserves, [400_000_000, 16_000_000]);
}

#[test]
fn only_the_epochs_own_report_is_taken() {
    let mut epochs = punctual(EVM, 2);
    let (first, second) = (publish(&mut epochs[0]), publish(&mut epochs[1]));
    verify(&epochs[0].record, &first).unwrap();
    let other = verify(&epochs[1].record, &first).unwrap_err();
    assert!(matches!(other, ReportError::DigestMismatch { .. }), "{other}");
    // As if the second epoch had bound the first one's report.
    let again = verify(&bound(&epochs[1].record, &first), &first).unwrap_err();
    assert!(matches!(again, ReportError::AsOfMismatch { .. }), "{again}");
    let mut altered = second.clone();
    let last = altered.len() - 3;
    altered[last] ^= 1;
    let altered = verify(&epochs[1].record, &altered).unwrap_err();
    assert!(matches!(altered, ReportError::DigestMismatch { .. }), "the digest comes before the form: {altered}");
    let nothing = verify(&epochs[1].record, b"").unwrap_err();
    assert!(matches!(nothing, ReportError::DigestMismatch { .. }), "{nothing}");
    let nothing = verify(&bound(&epochs[1].record, b""), b"").unwrap_err();
    assert!(matches!(nothing, ReportError::Json(_)), "{nothing}");
}

#[test]
fn figures_are_the_chains() {
    let (record, bytes) = published();
    for asset in 0..2 {
        let mut other = record.clone();
        other.reserves[asset] += 1;
        let differs = verify(&other, &bytes).unwrap_err();
        let named = matches!(differs, ReportError::SumMismatch { what: "amount in the epoch's record", .. });
        assert!(named, "{differs}");
    }
    let text = String::from_utf8(bytes).unwrap().replace("\"stated\":\"2.000000\"", "\"stated\":\"2.000001\"");
    let differs = verify(&bound(&record, text.as_bytes()), text.as_bytes()).unwrap_err();
    assert!(matches!(differs, ReportError::SumMismatch { what: "amount", .. }), "{differs}");
}

/// The owner of the address signed, but for somebody else.
#[test]
fn a_message_for_another_exchange_counts_for_nothing() {
    let (record, bytes) = published();
    let mut report = ReservesReport::parse(&bytes).unwrap();
    let [theirs] = &stated(&[9; 32]).messages[..] else { panic!() };
    report.messages[0] = theirs.clone();
    let bytes = report.bytes().unwrap();
    let refused = verify(&bound(&record, &bytes), &bytes).unwrap_err();
    let foreign = matches!(&refused, ReportError::Ownership { error: OwnershipError::MessageMismatch { .. }, .. });
    assert!(foreign, "{refused}");
    // Their signature under our message.
    report.messages[0].message = message(&id(), "bitcoin");
    let bytes = report.bytes().unwrap();
    let refused = verify(&bound(&record, &bytes), &bytes).unwrap_err();
    let forged = matches!(&refused, ReportError::Ownership { error: OwnershipError::SignatureInvalid(_), .. });
    assert!(forged, "{refused}");
    // The whole report, shown for another exchange.
    let other = Record { exchange: [9; 32], ..bound(&record, &published().1) };
    assert!(matches!(verify(&other, &published().1), Err(ReportError::Ownership { .. })));
}

/// What both chains know.
fn known() -> (Vec<Wallet>, Vec<Token>) {
    let wallet = |chain, address: &str| Wallet {
        chain,
        address: address.parse().unwrap(),
        exchange: id(),
        registered_at: 1,
        retired: false,
    };
    let token = |chain, address: &str| Token { chain, address: address.parse().unwrap(), asset: 2, decimals: 6 };
    (
        vec![wallet(Chain::Solana, ON_SOLANA.wallet), wallet(EVM, ON_EVM.wallet)],
        vec![token(Chain::Solana, ON_SOLANA.mint), token(EVM, ON_EVM.token)],
    )
}

fn refused(change: impl FnOnce(&mut ReservesReport, &mut Vec<Wallet>, &mut Vec<Token>)) -> HoldingError {
    let (record, bytes) = published();
    let (mut report, (mut wallets, mut tokens)) = (verify(&record, &bytes).unwrap(), known());
    change(&mut report, &mut wallets, &mut tokens);
    check_holdings(&report, &record, EVM, &wallets, &tokens).unwrap_err()
}

#[test]
fn holdings_are_in_the_exchanges_wallets() {
    let (record, bytes) = published();
    let (report, (wallets, tokens)) = (verify(&record, &bytes).unwrap(), known());
    for (chain, expected) in [(Chain::Solana, 1), (EVM, 1), (Chain::Evm(1), 0)] {
        assert_eq!(check_holdings(&report, &record, chain, &wallets, &tokens).unwrap(), expected);
    }
    let none = refused(|_, wallets, _| wallets.clear());
    assert!(matches!(&none, HoldingError::WalletUnknown { found, .. } if found == ON_EVM.wallet), "{none}");
    let elsewhere = refused(|_, wallets, _| wallets[1].chain = Chain::Evm(1));
    assert!(matches!(elsewhere, HoldingError::WalletUnknown { .. }), "registered on another chain: {elsewhere}");
    let theirs = refused(|_, wallets, _| wallets[1].exchange = [9; 32]);
    assert!(matches!(theirs, HoldingError::OtherExchange { found, .. } if found == [9; 32]), "{theirs}");
    let retired = refused(|_, wallets, _| wallets[1].retired = true);
    assert!(matches!(retired, HoldingError::WalletRetired { .. }), "{retired}");
    let odd = refused(|report, _, _| report.holdings[1].wallet = "nobody".into());
    assert!(matches!(odd, HoldingError::WalletUnknown { .. }), "{odd}");
}

#[test]
fn tokens_are_declared_for_their_asset() {
    let fake: Address = "0x00000000000000000000000000000000000000Fa".parse().unwrap();
    let counterfeit = refused(|_, _, tokens| tokens[1].address = fake);
    assert!(
        matches!(&counterfeit, HoldingError::TokenUndeclared { found, .. } if found == ON_EVM.token),
        "{counterfeit}"
    );
    let elsewhere = refused(|_, _, tokens| tokens[1].chain = Chain::Evm(1));
    assert!(matches!(elsewhere, HoldingError::TokenUndeclared { .. }), "{elsewhere}");
    let asset = refused(|_, _, tokens| tokens[1].asset = 1);
    let named = matches!(&asset, HoldingError::AssetMismatch { expected, found, .. } if (&expected[..], &found[..]) == ("BTC", "USDT"));
    assert!(named, "{asset}");
    let decimals = refused(|_, _, tokens| tokens[1].decimals = 18);
    assert!(matches!(decimals, HoldingError::DecimalsMismatch { expected: 18, found: 6, .. }), "{decimals}");
    let odd = refused(|report, _, _| report.holdings[1].token = "nothing".into());
    assert!(matches!(odd, HoldingError::TokenUndeclared { .. }), "{odd}");
}
