//! What an exchange says it holds, and the report of it that is published (`docs/spec.md`, section
//! 3).
//!
//! | module | holds |
//! | --- | --- |
//! | [`stated`] | the file in which the exchange says what no chain can be asked for |
//! | [`report`] | the published report, versions 1 and 2, read strictly |
//! | [`check`] | whether a report is that of an epoch |
//! | [`ownership`] | messages signed by the owners of Bitcoin addresses |
//! | `place` | addresses and block hashes as a report writes them |
//!
//! What is stated comes from a TOML file, amounts as decimal strings, one for every asset of the
//! list. It holds no balance that is read from a chain: what is stated, read and signed for is
//! added up.
//!
//! ```toml
//! sources = "Cold wallets at block 900000, custodian statement of 2026-11-23"
//!
//! [amounts]
//! BTC = "812.50000000"
//! USDC = "1900000.000001"
//!
//! # Optional: the owner of the address signed, the balance is stated.
//! [[messages]]
//! network = "bitcoin"
//! address = "bc1q.."
//! message = "ballast/wallet/v1 exchange 0x.. network bitcoin"
//! signature = "smp.."
//! asset = "BTC"
//! amount = "31.25"
//! ```

pub mod check;
mod error;
pub mod ownership;
mod place;
pub mod report;
pub mod stated;

use ballast_core::{
    Digest,
    assets::{Asset, AssetList},
    digest::sha256,
    observation::{TOKEN_DECIMALS_MAX, to_units},
    reserves::reserves_digest,
    solvency::AMOUNT_BITS,
};

use crate::amount;
pub use check::Recorded;
pub use error::{Reason, ReportError, ReservesError};
pub use report::{BackingLine, BlockLine, HoldingLine, LendingLine, MessageLine, ReserveLine, ReservesReport};
pub use stated::Stated;

/// Version of the reports that are written.
pub const VERSION: u8 = 2;
/// The most seconds between the as-of time and a block at which holdings were read, before it or
/// after it. What moved in between is in the reserves and not in the liabilities, or the other way
/// round. An hour is enough for a block that is final, which may be twenty minutes old, and for
/// balances that were exported to a file before.
pub const RESERVES_WINDOW: u64 = 3_600;
/// Bytes of the longest note on sources.
pub const SOURCES_MAX: usize = 1024;

/// Reserves by asset, and the report that is published of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserves {
    /// The reserves by asset number, in committed units; each is below 2^112.
    pub amounts: Vec<u128>,
    /// The published report, byte for byte.
    pub report: Vec<u8>,
    /// SHA-256 of `report`.
    pub sources: Digest,
}

/// The exchange whose reserves they are, and the time of them.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// The id of the exchange.
    pub exchange: &'a Digest,
    /// The time of the snapshot, Unix seconds.
    pub as_of: u64,
    pub assets: &'a AssetList,
}

/// A balance that was read, not yet in its asset's units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The chain, `solana` or `evm:<chain id>`.
    pub chain: String,
    pub wallet: String,
    pub account: String,
    pub token: String,
    /// The decimals of the token.
    pub decimals: u8,
    /// The number of the asset, from 1.
    pub asset: u16,
    /// The balance in the token's smallest units.
    pub balance: u128,
}

/// What was read on chains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadHoldings {
    pub blocks: Vec<BlockLine>,
    pub holdings: Vec<Holding>,
}

impl Reserves {
    /// Adds up what is stated, read and signed for, and writes the report of it.
    ///
    /// # Errors
    /// Whatever the report would be refused for when it is checked: a message that was not signed
    /// for this exchange, or a place that counts twice.
    pub fn new(
        occasion: &Occasion<'_>,
        stated: &Stated,
        read: &ReadHoldings,
        lending: Option<Vec<LendingLine>>,
    ) -> Result<Self, ReservesError> {
        let assets = occasion.assets;
        let mut sums = Vec::with_capacity(assets.len());
        let holdings = read.holdings.iter().map(|holding| line(holding, assets)).collect::<Result<Vec<_>, _>>()?;
        for (number, asset) in (1..).zip(assets.as_slice()) {
            let too_large = || ReportError::TooLarge { symbol: asset.symbol() };
            let of_asset = read.holdings.iter().filter(|holding| holding.asset == number);
            let sum = of_asset.map(|holding| counted(holding, asset)).try_fold(0u128, |sum, units| add(sum, units?));
            let signed = signed(stated, asset)?.ok_or_else(too_large)?;
            let [stated, read] = [stated.amounts.get(usize::from(number) - 1).copied(), sum];
            sums.push(Sum { stated: stated.unwrap_or_default(), read: read.ok_or_else(too_large)?, signed });
        }
        let mut amounts = Vec::with_capacity(assets.len());
        let mut reserves = Vec::with_capacity(assets.len());
        for (sum, asset) in sums.iter().zip(assets.as_slice()) {
            let (symbol, decimals) = (asset.symbol(), asset.decimals);
            let total = add(sum.stated, sum.read).and_then(|total| add(total, sum.signed));
            let total = total.ok_or_else(|| ReportError::TooLarge { symbol: symbol.clone() })?;
            let [amount, stated, read, signed] =
                [total, sum.stated, sum.read, sum.signed].map(|units| amount::format(units, decimals));
            amounts.push(total);
            reserves.push(ReserveLine { symbol, decimals, amount, stated, read, signed });
        }
        let report = ReservesReport {
            version: VERSION,
            as_of: occasion.as_of,
            sources: stated.sources.clone(),
            reserves,
            blocks: read.blocks.clone(),
            holdings,
            messages: stated.messages.clone(),
            lending,
        };
        let bytes = report.bytes().map_err(ReportError::from)?;
        let sources = sha256(&[&bytes]);
        let Occasion { exchange, as_of, assets } = *occasion;
        report.check(&Recorded { exchange, as_of, assets, amounts: &amounts, sources: &sources })?;
        Ok(Self { amounts, report: bytes, sources })
    }

    /// The `reserves_digest` of `docs/spec.md`, section 3.
    pub fn digest(&self) -> Digest {
        reserves_digest(&self.amounts, &self.sources)
    }
}

/// One asset's parts, in committed units.
struct Sum {
    stated: u128,
    read: u128,
    signed: u128,
}

/// The sum, when it is below 2^112.
fn add(left: u128, right: u128) -> Option<u128> {
    left.checked_add(right).filter(|sum| sum >> AMOUNT_BITS == 0)
}

/// What a balance counts for, in committed units of its asset.
fn counted(holding: &Holding, asset: &Asset) -> Option<u128> {
    let declarable = holding.decimals <= TOKEN_DECIMALS_MAX;
    declarable.then(|| to_units(holding.balance, holding.decimals, asset.decimals)).flatten()
}

fn signed(stated: &Stated, asset: &Asset) -> Result<Option<u128>, ReservesError> {
    let (symbol, mut sum) = (asset.symbol(), Some(0));
    for message in stated.messages.iter().filter(|message| message.symbol == symbol) {
        let amount = amount::parse(&message.amount, asset.decimals, AMOUNT_BITS);
        let amount = amount.map_err(|error| Reason::from(error).of(&message.address))?;
        sum = sum.and_then(|sum| add(sum, amount.units));
    }
    Ok(sum)
}

fn line(holding: &Holding, assets: &AssetList) -> Result<HoldingLine, ReportError> {
    let Holding { chain, wallet, account, token, decimals, asset: number, balance } = holding.clone();
    let undeclared = || ReportError::AssetUndeclared {
        place: format!("{chain}: token {token} at {account}"),
        symbol: format!("asset {number}"),
    };
    let asset = assets.get(number).ok_or_else(undeclared)?;
    let symbol = asset.symbol();
    let units = counted(holding, asset).ok_or_else(|| ReportError::TooLarge { symbol: symbol.clone() })?;
    let (balance, amount) = (balance.to_string(), amount::format(units, asset.decimals));
    Ok(HoldingLine { chain, wallet, account, token, decimals, symbol, balance, amount })
}
