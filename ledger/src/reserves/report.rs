//! The published report, read strictly and written in one way only.

use serde::{Deserialize, Serialize};

use super::{ReportError, VERSION};

/// Bytes of the longest report that is read.
pub const REPORT_MAX: usize = 16 << 20;

/// What an exchange says it holds, and where what it says comes from. Of version 1 or 2;
/// [`ReservesReport::bytes`] are those that were read.
///
/// Parsing says only that the report is well formed; [`ReservesReport::check`] says that it is that
/// of an epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReservesReport {
    pub version: u8,
    /// The as-of time of the epoch, Unix seconds.
    pub as_of: u64,
    /// Note on where stated figures come from.
    pub sources: String,
    /// By asset number.
    pub reserves: Vec<ReserveLine>,
    /// The moment at which each chain was read, at most one a chain.
    pub blocks: Vec<BlockLine>,
    /// What was read on these chains.
    pub holdings: Vec<HoldingLine>,
    /// Ownership signed, balance stated.
    pub messages: Vec<MessageLine>,
    /// What customers borrowed from the exchange, where it lends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lending: Option<Vec<LendingLine>>,
}

/// One asset's reserve: decimal strings with all decimals of the asset. `amount` is the sum of the
/// others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReserveLine {
    pub symbol: String,
    pub decimals: u8,
    pub amount: String,
    /// The exchange's word alone.
    pub stated: String,
    /// Sum of the holdings: anyone can read them at the same block.
    pub read: String,
    /// Sum of the signed messages' amounts: ownership signed, balance stated.
    pub signed: String,
}

/// The block at which a chain's holdings were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockLine {
    /// `solana` or `evm:<chain id>`.
    pub chain: String,
    /// Block number; on Solana the slot.
    pub height: u64,
    pub hash: String,
    /// Unix seconds.
    pub time: u64,
}

/// A balance of one token at one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldingLine {
    pub chain: String,
    /// A registered wallet.
    pub wallet: String,
    /// The account with the balance: the wallet itself, or its token account.
    pub account: String,
    /// Mint or contract; zero for lamports and native coin.
    pub token: String,
    /// The decimals of the token.
    pub decimals: u8,
    /// The symbol of the asset that the token counts for.
    pub symbol: String,
    /// The balance in the token's smallest units.
    pub balance: String,
    /// What it counts for, with all decimals of the asset: rounded down.
    pub amount: String,
}

/// A Bitcoin address whose owner signed for the exchange. Its balance is stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageLine {
    pub network: String,
    pub address: String,
    pub message: String,
    pub signature: String,
    /// The symbol of the asset that the balance counts for.
    pub symbol: String,
    /// The balance, with all decimals of the asset.
    pub amount: String,
}

/// One asset that customers borrowed: decimal strings with all decimals of their asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LendingLine {
    pub symbol: String,
    /// What customers lent and others borrowed.
    pub lent_and_borrowed: String,
    /// The part of it that is no longer in the accounts that borrowed it: withdrawn or sold.
    pub left: String,
    /// What the borrowers from whom it is missing hold in other assets beyond what they owe there.
    /// Backings of different assets must not be added.
    pub backing: Vec<BackingLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackingLine {
    pub symbol: String,
    pub amount: String,
}

/// The report as version 1 wrote it: everything is stated.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Version1 {
    version: u8,
    as_of: u64,
    sources: String,
    reserves: Vec<Version1Line>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Version1Line {
    symbol: String,
    decimals: u8,
    amount: String,
}

/// The one member that every version has.
#[derive(Deserialize)]
struct AnyVersion {
    version: u64,
}

impl ReservesReport {
    /// Reads a report of version 1 or 2.
    ///
    /// # Errors
    /// [`ReportError`] for a report that is too long, has another member than its version has, or
    /// is not written in the one way: what is read here is written again byte for byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReportError> {
        if bytes.len() > REPORT_MAX {
            return Err(ReportError::TooLong { found: bytes.len() });
        }
        let report = match serde_json::from_slice::<AnyVersion>(bytes)?.version {
            1 => serde_json::from_slice::<Version1>(bytes)?.into(),
            2 => serde_json::from_slice::<Self>(bytes)?,
            found => return Err(ReportError::VersionUnknown { found }),
        };
        let again = report.bytes()?;
        if again != bytes {
            let offset = again.iter().zip(bytes).take_while(|(again, found)| again == found).count();
            return Err(ReportError::NotCanonical { offset });
        }
        Ok(report)
    }

    /// The report as it is published.
    ///
    /// # Errors
    /// An error of the serializer.
    pub fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = match self.version {
            1 => serde_json::to_vec(&Version1::from(self))?,
            _ => serde_json::to_vec(self)?,
        };
        bytes.push(b'\n');
        Ok(bytes)
    }
}

impl From<Version1> for ReservesReport {
    fn from(old: Version1) -> Self {
        let reserves = old.reserves.into_iter().map(|Version1Line { symbol, decimals, amount }| {
            let zero = crate::amount::format(0, decimals);
            ReserveLine { symbol, decimals, stated: amount.clone(), amount, read: zero.clone(), signed: zero }
        });
        Self {
            version: old.version,
            as_of: old.as_of,
            sources: old.sources,
            reserves: reserves.collect(),
            blocks: vec![],
            holdings: vec![],
            messages: vec![],
            lending: None,
        }
    }
}

impl From<&ReservesReport> for Version1 {
    fn from(report: &ReservesReport) -> Self {
        let reserves = report.reserves.iter().map(|line| Version1Line {
            symbol: line.symbol.clone(),
            decimals: line.decimals,
            amount: line.amount.clone(),
        });
        Self {
            version: report.version,
            as_of: report.as_of,
            sources: report.sources.clone(),
            reserves: reserves.collect(),
        }
    }
}

/// Version of the reports that are written.
const _: () = assert!(VERSION == 2);
