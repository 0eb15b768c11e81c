//! Whether a published reserves report is the one of an epoch, and whether the balances that it
//! says were read lie in wallets that the chain knows (section 3 of the specification). No log is
//! needed.
//!
//! # Soundness
//! A chain says that a wallet is retired, but not since when, so a report from before a wallet was
//! retired is refused afterwards, and so is one whose token account has another owner by now. What
//! an account held at a block is asked of the node by [`crate::reread`], which only a node can tell
//! that has the block's state.

use ballast_core::{Digest, hexadecimal};
use ballast_ledger::reserves::{HoldingLine, Recorded, ReportError, ReservesReport};

use crate::{
    chain::{Address, Chain},
    epoch::Record,
    error::Error,
    observation::{Token, Wallet},
};

/// Why a holding does not count on its chain. `place` is chain, token and account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoldingError {
    #[error("{place}: expected a wallet that is registered for the exchange, found {found}")]
    WalletUnknown { place: String, found: String },
    #[error(
        "{place}: expected wallet {wallet} to be registered for exchange {}, found it registered for {}",
        hexadecimal::encode(expected),
        hexadecimal::encode(found)
    )]
    OtherExchange { place: String, wallet: Address, expected: Digest, found: Digest },
    #[error("{place}: expected a wallet that counts, found {wallet}, which is retired")]
    WalletRetired { place: String, wallet: Address },
    #[error("{place}: expected a token that the exchange declared, found {found}")]
    TokenUndeclared { place: String, found: String },
    #[error("{place}: expected the token to count for {expected}, as declared, found {found}")]
    AssetMismatch { place: String, expected: String, found: String },
    #[error("{place}: expected a token of {expected} decimals, as declared, found {found}")]
    DecimalsMismatch { place: String, expected: u8, found: u8 },
    /// `what` is the block, the account or the balance.
    #[error("{place}: expected {what} to be {expected}, as the report says, found {found}")]
    NotAsRead { place: String, what: &'static str, expected: String, found: String },
    #[error("{chain}: expected one block at which its holdings were read, found {found}")]
    Blocks { chain: String, found: usize },
}

/// Why a report's holdings were not found to be the exchange's on a chain.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    #[error(transparent)]
    Chain(#[from] Error),
    #[error(transparent)]
    Holding(#[from] HoldingError),
}

/// Reads the report with these bytes and compares it with an epoch's record: digest, time, figures
/// and every sum, that it is written in the one way there is, and that the owner of each address
/// signed its message for this exchange.
///
/// # Errors
/// The first thing that is wrong; the digest comes before all else.
pub fn verify(record: &Record, bytes: &[u8]) -> Result<ReservesReport, ReportError> {
    let recorded = Recorded {
        exchange: &record.exchange,
        as_of: record.as_of,
        assets: &record.assets,
        amounts: &record.reserves,
        sources: &record.sources,
    };
    recorded.check_digest(bytes)?;
    let report = ReservesReport::parse(bytes)?;
    report.check(&recorded)?;
    Ok(report)
}

/// Compares what a report says was read on `chain` with what the chain knows: the `wallets` and
/// `tokens` that a client reads for the record's exchange. Returns how many holdings were compared.
///
/// # Errors
/// The first holding whose wallet is not registered for the exchange or is retired, or whose token
/// does not count for this asset with these decimals.
pub fn check_holdings(
    report: &ReservesReport,
    record: &Record,
    chain: Chain,
    wallets: &[Wallet],
    tokens: &[Token],
) -> Result<usize, HoldingError> {
    let name = chain.to_string();
    let mut compared = 0;
    for holding in report.holdings.iter().filter(|holding| holding.chain == name) {
        check_wallet(holding, record, chain, wallets)?;
        check_token(holding, record, chain, tokens)?;
        compared += 1;
    }
    Ok(compared)
}

fn check_wallet(holding: &HoldingLine, record: &Record, chain: Chain, wallets: &[Wallet]) -> Result<(), HoldingError> {
    let unknown = || HoldingError::WalletUnknown { place: place(holding), found: holding.wallet.clone() };
    let address: Address = holding.wallet.parse().map_err(|_| unknown())?;
    let known = wallets.iter().find(|known| known.chain == chain && known.address == address);
    let known = known.ok_or_else(unknown)?;
    if known.exchange != record.exchange {
        let (expected, found) = (record.exchange, known.exchange);
        return Err(HoldingError::OtherExchange { place: place(holding), wallet: address, expected, found });
    }
    if known.retired {
        return Err(HoldingError::WalletRetired { place: place(holding), wallet: address });
    }
    Ok(())
}

fn check_token(holding: &HoldingLine, record: &Record, chain: Chain, tokens: &[Token]) -> Result<(), HoldingError> {
    let undeclared = || HoldingError::TokenUndeclared { place: place(holding), found: holding.token.clone() };
    let address: Address = holding.token.parse().map_err(|_| undeclared())?;
    let known = tokens.iter().find(|known| known.chain == chain && known.address == address);
    let known = known.ok_or_else(undeclared)?;
    if record.assets.number(&holding.symbol) != Some(known.asset) {
        let declared = record.assets.get(known.asset).map(|asset| asset.symbol());
        let expected = declared.unwrap_or_else(|| format!("asset {}", known.asset));
        return Err(HoldingError::AssetMismatch { place: place(holding), expected, found: holding.symbol.clone() });
    }
    if known.decimals != holding.decimals {
        let (expected, found) = (known.decimals, holding.decimals);
        return Err(HoldingError::DecimalsMismatch { place: place(holding), expected, found });
    }
    Ok(())
}

pub(crate) fn place(holding: &HoldingLine) -> String {
    format!("{}: token {} at {}", holding.chain, holding.token, holding.account)
}
