//! Whether a report is that of an epoch: every sum is added again.

use std::collections::{HashMap, HashSet};

use ballast_core::{
    Digest,
    assets::{Asset, AssetList, DECIMALS_MAX},
    chain::Chain,
    digest::sha256,
    observation::{TOKEN_DECIMALS_MAX, to_units},
    solvency::AMOUNT_BITS,
};

use super::{
    RESERVES_WINDOW, ReportError, SOURCES_MAX,
    ownership::{Claim, MAIN_NETWORK},
    place::Notation,
    report::{HoldingLine, LendingLine, MessageLine, ReservesReport},
};
use crate::amount::{self, AmountError};

/// The record of an epoch, as far as a report is compared with it.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// Id of the exchange.
    pub exchange: &'a Digest,
    /// The time of the figures, Unix seconds.
    pub as_of: u64,
    pub assets: &'a AssetList,
    /// The reserves by asset number, in committed units.
    pub amounts: &'a [u128],
    /// The digest of the report.
    pub sources: &'a Digest,
}

impl Recorded<'_> {
    /// Whether a report with these bytes is the recorded one.
    ///
    /// # Errors
    /// [`ReportError::DigestMismatch`].
    pub fn check_digest(&self, bytes: &[u8]) -> Result<(), ReportError> {
        let (expected, found) = (*self.sources, sha256(&[bytes]));
        if expected == found { Ok(()) } else { Err(ReportError::DigestMismatch { expected, found }) }
    }
}

impl ReservesReport {
    /// Compares the report with an epoch's record. Its bytes have the recorded digest; its amounts
    /// are the recorded ones and the sums of what it lists; nothing is counted twice; every chain
    /// whose holdings count was read at a block within [`RESERVES_WINDOW`] of the as-of time; what
    /// needs no token account lies at the wallet itself; every signed message was signed for this
    /// exchange by its address.
    ///
    /// Only the chains know whether the wallets are the exchange's, the tokens count for these
    /// assets and the balances were there. Nothing is asked of them here; the SDK's
    /// `reserves::check_holdings` compares wallets and tokens. A message shows who owns an address,
    /// not what it holds.
    ///
    /// # Errors
    /// The first thing that is wrong, with what was expected and found.
    pub fn check(&self, recorded: &Recorded<'_>) -> Result<(), ReportError> {
        recorded.check_digest(&self.bytes()?)?;
        if self.as_of != recorded.as_of {
            return Err(ReportError::AsOfMismatch { expected: recorded.as_of, found: self.as_of });
        }
        if !(1..=SOURCES_MAX).contains(&self.sources.len()) {
            return Err(ReportError::SourcesInvalid { found: self.sources.len() });
        }
        let assets = recorded.assets;
        let mut sums = Sums::new(assets);
        self.check_blocks()?;
        self.add_holdings(&mut sums)?;
        self.add_messages(&mut sums, recorded.exchange)?;
        self.check_reserves(&sums, recorded.amounts)?;
        self.lending.iter().flatten().try_for_each(|line| check_lending(line, assets))?;
        distinct(self.lending.iter().flatten().map(|line| &line.symbol))
            .map_err(|symbol| ReportError::LendingTwice { symbol: symbol.clone() })
    }

    fn check_blocks(&self) -> Result<(), ReportError> {
        for block in &self.blocks {
            let (chain, as_of) = (chain(&block.chain)?, self.as_of);
            if !chain.is_block_hash(&block.hash) {
                return Err(ReportError::BlockInvalid { chain: block.chain.clone(), found: block.hash.clone() });
            }
            if block.time.abs_diff(as_of) > RESERVES_WINDOW {
                return Err(ReportError::BlockTime { chain: block.chain.clone(), as_of, found: block.time });
            }
        }
        distinct(self.blocks.iter().map(|block| &block.chain))
            .map_err(|chain| ReportError::BlockTwice { chain: chain.clone() })
    }

    fn add_holdings(&self, sums: &mut Sums<'_>) -> Result<(), ReportError> {
        let mut places = HashSet::new();
        let mut tokens = HashMap::new();
        for holding in &self.holdings {
            let chain = chain(&holding.chain)?;
            if !self.blocks.iter().any(|block| block.chain == holding.chain) {
                return Err(ReportError::BlockMissing { chain: holding.chain.clone() });
            }
            let address = |text: &str| {
                let invalid = || ReportError::AddressInvalid { chain: holding.chain.clone(), found: text.into() };
                chain.address(text).ok_or_else(invalid)
            };
            let (wallet, account) = (address(&holding.wallet)?, address(&holding.account)?);
            let token = address(&holding.token)?;
            if wallet != account && chain.is_at_wallet(&token) {
                let (expected, found) = (holding.wallet.clone(), holding.account.clone());
                return Err(ReportError::AccountMismatch { place: place(holding), expected, found });
            }
            let (asset, number) = sums.asset(&holding.symbol, || place(holding))?;
            let meaning = (number, holding.decimals);
            if *tokens.entry((chain, token.clone())).or_insert(meaning) != meaning {
                return Err(ReportError::TokenContradicted {
                    chain: holding.chain.clone(),
                    token: holding.token.clone(),
                });
            }
            if !places.insert((chain, account, token)) {
                return Err(ReportError::HoldingTwice { place: place(holding) });
            }
            let expected = counted(holding, &asset)?;
            let found = units(&holding.amount, asset.decimals, || place(holding))?;
            if found != expected {
                let (expected, found) = (amount::format(expected, asset.decimals), holding.amount.clone());
                return Err(ReportError::HoldingMismatch { place: place(holding), expected, found });
            }
            add(&mut sums.read, number, found, &holding.symbol)?;
        }
        Ok(())
    }

    fn add_messages(&self, sums: &mut Sums<'_>, exchange: &Digest) -> Result<(), ReportError> {
        let mut scripts = HashSet::new();
        for message in &self.messages {
            let MessageLine { network, address, message, signature, symbol, amount } = message;
            if network != MAIN_NETWORK {
                return Err(ReportError::NetworkWorthless { address: address.clone(), found: network.clone() });
            }
            let script = Claim { network, address, message, signature }
                .verify(exchange)
                .map_err(|error| ReportError::Ownership { address: address.clone(), error })?;
            if !scripts.insert(script) {
                return Err(ReportError::AddressTwice { address: address.clone() });
            }
            let (asset, number) = sums.asset(symbol, || address.clone())?;
            add(&mut sums.signed, number, units(amount, asset.decimals, || address.clone())?, symbol)?;
        }
        Ok(())
    }

    fn check_reserves(&self, sums: &Sums<'_>, recorded: &[u128]) -> Result<(), ReportError> {
        let assets = sums.assets.as_slice();
        if self.reserves.len() != assets.len() || recorded.len() != assets.len() {
            let found = if recorded.len() == assets.len() { self.reserves.len() } else { recorded.len() };
            return Err(ReportError::AssetCountMismatch { expected: assets.len(), found });
        }
        for (index, (line, asset)) in self.reserves.iter().zip(assets).enumerate() {
            let (symbol, decimals) = (asset.symbol(), asset.decimals);
            if (&line.symbol, line.decimals) != (&symbol, decimals) {
                let expected = format!("{symbol} of {decimals} decimals");
                let found = format!("{} of {} decimals", line.symbol, line.decimals);
                return Err(ReportError::AssetMismatch { number: index + 1, expected, found });
            }
            let read = |text: &str| units(text, decimals, || symbol.clone());
            let same = |what: &'static str, expected: u128, found: u128| {
                if expected == found {
                    return Ok(());
                }
                let [expected, found] = [expected, found].map(|units| amount::format(units, decimals));
                Err(ReportError::SumMismatch { symbol: symbol.clone(), what, expected, found })
            };
            let (total, stated) = (read(&line.amount)?, read(&line.stated)?);
            same("read", sums.read[index], read(&line.read)?)?;
            same("signed", sums.signed[index], read(&line.signed)?)?;
            // Each is below 2^112.
            same("amount", stated + sums.read[index] + sums.signed[index], total)?;
            same("amount in the epoch's record", recorded[index], total)?;
        }
        Ok(())
    }
}

/// Sums by asset, in committed units; each below 2^112.
struct Sums<'a> {
    assets: &'a AssetList,
    read: Vec<u128>,
    signed: Vec<u128>,
}

impl<'a> Sums<'a> {
    fn new(assets: &'a AssetList) -> Self {
        Self { assets, read: vec![0; assets.len()], signed: vec![0; assets.len()] }
    }

    /// The asset called `symbol`, and its place in the list.
    fn asset(&self, symbol: &str, place: impl FnOnce() -> String) -> Result<(Asset, usize), ReportError> {
        let asset = self.assets.as_slice().iter().enumerate().find(|(_, asset)| asset.symbol() == symbol);
        let (index, asset) =
            asset.ok_or_else(|| ReportError::AssetUndeclared { place: place(), symbol: symbol.into() })?;
        Ok((*asset, index))
    }
}

/// Adds to a sum that must stay below 2^112.
fn add(sums: &mut [u128], index: usize, units: u128, symbol: &str) -> Result<(), ReportError> {
    let sum = sums[index].checked_add(units).filter(|sum| sum >> AMOUNT_BITS == 0);
    sums[index] = sum.ok_or_else(|| ReportError::TooLarge { symbol: symbol.into() })?;
    Ok(())
}

/// What a balance counts for, in committed units of its asset.
fn counted(holding: &HoldingLine, asset: &Asset) -> Result<u128, ReportError> {
    let wrong = |error| ReportError::Amount { place: place(holding), error };
    if holding.decimals > TOKEN_DECIMALS_MAX {
        let found = holding.decimals;
        return Err(ReportError::TokenDecimalsInvalid { place: place(holding), found });
    }
    // Read as u128: a balance of 128 bits is one. An integer has one way of being written: a report
    // has no padding.
    let balance: u128 = match amount::parse_integer(&holding.balance, 128) {
        Ok(balance) if !balance.negative => balance.units,
        Ok(_) => return Err(wrong(AmountError::Character('-'))),
        Err(error) => return Err(wrong(error)),
    };
    let units = to_units(balance, holding.decimals, asset.decimals).filter(|units| units >> AMOUNT_BITS == 0);
    units.ok_or_else(|| wrong(AmountError::TooLarge { bits: AMOUNT_BITS }))
}

/// An amount with all its decimals, below 2^112.
fn units(text: &str, decimals: u8, place: impl Fn() -> String) -> Result<u128, ReportError> {
    let wrong = |error| ReportError::Amount { place: place(), error };
    if decimals > DECIMALS_MAX {
        return Err(wrong(AmountError::TooManyDecimals { expected: DECIMALS_MAX, found: decimals.into() }));
    }
    let amount = amount::parse(text, decimals, AMOUNT_BITS).map_err(wrong)?;
    if amount.negative {
        return Err(wrong(AmountError::Character('-')));
    }
    let expected = amount::format(amount.units, decimals);
    if expected != text {
        return Err(ReportError::AmountForm { place: place(), expected, found: text.into() });
    }
    Ok(amount.units)
}

fn check_lending(line: &LendingLine, assets: &AssetList) -> Result<(), ReportError> {
    let place = || format!("lending of {}", line.symbol);
    let sums = Sums::new(assets);
    let read = |symbol: &str, text: &str| units(text, sums.asset(symbol, place)?.0.decimals, place);
    if read(&line.symbol, &line.left)? > read(&line.symbol, &line.lent_and_borrowed)? {
        let LendingLine { symbol, lent_and_borrowed, left, .. } = line.clone();
        return Err(ReportError::LeftTooLarge { symbol, lent_and_borrowed, left });
    }
    line.backing.iter().try_for_each(|backing| read(&backing.symbol, &backing.amount).map(drop))?;
    distinct(line.backing.iter().map(|backing| &backing.symbol))
        .map_err(|symbol| ReportError::LendingTwice { symbol: symbol.clone() })
}

/// The first item that comes twice.
fn distinct<'a>(mut items: impl Iterator<Item = &'a String>) -> Result<(), &'a String> {
    let mut seen = HashSet::new();
    items.find(|item| !seen.insert(*item)).map_or(Ok(()), Err)
}

fn chain(text: &str) -> Result<Chain, ReportError> {
    text.parse().map_err(|_| ReportError::ChainUnknown { found: text.into() })
}

fn place(holding: &HoldingLine) -> String {
    format!("{}: token {} at {}", holding.chain, holding.token, holding.account)
}
