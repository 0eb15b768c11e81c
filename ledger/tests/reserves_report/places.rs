//! Where holdings and signed addresses lie, and when they were read.

use ballast_ledger::reserves::{BlockLine, RESERVES_WINDOW, ReportError, ReservesReport, ownership::message};

use crate::*;

#[test]
fn nothing_counts_twice() {
    refused!(|report| report.holdings.push(report.holdings[1].clone()), ReportError::HoldingTwice { .. });
    // The same account, for another wallet.
    let again = |report: &mut ReservesReport| {
        let mut again = report.holdings[1].clone();
        again.wallet = ON_SOLANA.account.into();
        report.holdings.push(again);
    };
    refused!(again, ReportError::HoldingTwice { .. });
    // The same address, written otherwise.
    let lower = |report: &mut ReservesReport| {
        let mut again = report.holdings[2].clone();
        (again.account, again.token) = (again.account.to_lowercase(), again.token.to_lowercase());
        report.holdings.push(again);
    };
    refused!(lower, ReportError::HoldingTwice { .. });
    refused!(|report| report.messages.push(report.messages[0].clone()), ReportError::AddressTwice { .. });
    refused!(|report| report.blocks.push(report.blocks[0].clone()), ReportError::BlockTwice { .. });
    let other = |report: &mut ReservesReport| {
        let mut other = report.holdings[1].clone();
        (other.account, other.symbol) = (ON_SOLANA.wallet.into(), "BTC".into());
        report.holdings.push(other);
    };
    refused!(other, ReportError::TokenContradicted { .. });
}

#[test]
fn coins_of_a_test_network_count_for_nothing() {
    let test = |report: &mut ReservesReport| {
        let line = &mut report.messages[0];
        (line.network, line.address) = ("signet".into(), "tb1q9vza2e8x573nczrlzms0wvx3gsqjx7vaxwd45v".into());
        line.message = message(&EXCHANGE, "signet");
        line.signature = signed(&line.address, &line.message);
    };
    refused!(test, ReportError::NetworkWorthless { found, .. } if found == "signet");
}

#[test]
fn a_chain_that_counts_was_read_at_a_block() {
    refused!(|report| drop(report.blocks.remove(1)), ReportError::BlockMissing { chain } if chain == "evm:31337");
    refused!(|report| report.blocks[0].hash = "0x00".into(), ReportError::BlockInvalid { .. });
    refused!(|report| report.blocks[1].hash = ON_SOLANA.mint.into(), ReportError::BlockInvalid { .. });
    refused!(|report| report.blocks[0].chain = "Solana".into(), ReportError::ChainUnknown { .. });
    refused!(|report| report.holdings[0].chain = "evm:031337".into(), ReportError::ChainUnknown { .. });
    refused!(|report| report.holdings[0].account = "nobody".into(), ReportError::AddressInvalid { .. });
    refused!(|report| report.holdings[0].wallet = ON_EVM.wallet.into(), ReportError::AddressInvalid { .. });
    refused!(|report| report.holdings[0].symbol = "DOGE".into(), ReportError::AssetUndeclared { .. });
    refused!(|report| report.messages[0].symbol = "DOGE".into(), ReportError::AssetUndeclared { .. });
}

#[test]
fn holdings_were_read_near_the_as_of_time() {
    let at = |time: u64| move |report: &mut ReservesReport| report.blocks[1].time = time;
    for time in [AS_OF - RESERVES_WINDOW, AS_OF + RESERVES_WINDOW] {
        let reserves = reserves();
        let mut report = ReservesReport::parse(&reserves.report).unwrap();
        at(time)(&mut report);
        check(&report, &reserves.amounts).unwrap();
    }
    for time in [AS_OF - RESERVES_WINDOW - 1, AS_OF + RESERVES_WINDOW + 1, 0, u64::MAX] {
        refused!(at(time), ReportError::BlockTime { chain, found, .. } if chain == "evm:31337" && *found == time);
    }
    // Of a chain without holdings, too.
    let alone = |report: &mut ReservesReport| {
        report.blocks.push(BlockLine { chain: "evm:1".into(), time: 1, ..report.blocks[1].clone() });
    };
    refused!(alone, ReportError::BlockTime { chain, found: 1, .. } if chain == "evm:1");
}

#[test]
fn what_needs_no_token_account_lies_at_the_wallet() {
    refused!(
        |report| report.holdings[0].account = ON_SOLANA.account.into(),
        ReportError::AccountMismatch { expected, found, .. } if expected == ON_SOLANA.wallet && found == ON_SOLANA.account
    );
    refused!(
        |report| report.holdings[2].account = ON_EVM.token.into(),
        ReportError::AccountMismatch { expected, found, .. } if expected == ON_EVM.wallet && found == ON_EVM.token
    );
    // The same address, written otherwise.
    let reserves = reserves();
    let mut report = ReservesReport::parse(&reserves.report).unwrap();
    report.holdings[2].account = ON_EVM.wallet.to_lowercase();
    check(&report, &reserves.amounts).unwrap();
}

#[test]
fn a_balance_is_an_integer_written_in_one_way() {
    for balance in ["5.0", "5.", "05", "+5", "5.000000000000000000"] {
        refused!(|report| report.holdings[0].balance = balance.into(), ReportError::Amount { .. });
    }
    refused!(|report| report.reserves[0].stated.push('0'), ReportError::AmountForm { .. });
    refused!(|report| report.holdings[0].amount.push('0'), ReportError::AmountForm { .. });
}

#[test]
fn what_a_report_says_cannot_draw_on_a_terminal() {
    const HOSTILE: &str = "\x1b[2J\u{202e}\n";
    let changes: [fn(&mut ReservesReport); 8] = [
        |report| report.reserves[0].symbol = HOSTILE.into(),
        |report| report.blocks[0].chain = HOSTILE.into(),
        |report| report.blocks[0].hash = HOSTILE.into(),
        |report| report.holdings[0].symbol = HOSTILE.into(),
        |report| report.holdings[0].wallet = HOSTILE.into(),
        |report| report.messages[0].network = HOSTILE.into(),
        |report| report.messages[0].address = HOSTILE.into(),
        |report| report.messages[0].message = HOSTILE.into(),
    ];
    for change in changes {
        let text = crate::refusal(change).to_string();
        assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
    }
    let text = ReservesReport::parse(b"{\"version\":2,\"\\u001b[2J\":1}\n").unwrap_err().to_string();
    assert!(!text.contains('\x1b'), "{text:?}");
}
