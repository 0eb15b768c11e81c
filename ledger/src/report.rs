//! The report of what a snapshot would commit.

use ballast_core::circuit::Class;
use serde::Serialize;

use crate::{
    amount,
    leaves::{Layout, LayoutError},
    snapshot::Snapshot,
};

/// Everything that committing a snapshot would make public, and what it would leave out. No
/// customer is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The time of the snapshot, Unix seconds.
    pub as_of: u64,
    pub ledger_sequence: u64,
    #[serde(with = "ballast_core::hexadecimal")]
    pub ledger_head: [u8; 32],
    #[serde(with = "ballast_core::hexadecimal")]
    pub asset_list_digest: [u8; 32],
    /// The number of accounts that are committed.
    pub accounts: usize,
    /// The number of accounts of the file that a limit leaves out: what they are owed is missing
    /// from every figure.
    pub accounts_left_out: usize,
    pub leaves: usize,
    /// The depth of the circuit class that would prove it.
    pub depth: u8,
    pub leaves_per_shard: usize,
    pub shards: u16,
    /// The figures by asset number.
    pub assets: Vec<AssetReport>,
}

/// One asset's figures. Units are committed units, as decimal strings: they may exceed what JSON
/// readers hold in a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetReport {
    pub symbol: String,
    pub decimals: u8,
    pub liability: String,
    pub liability_units: String,
    /// What customers owe in this asset. It is not netted from the liability.
    pub gross_borrow: String,
    pub gross_borrow_units: String,
}

impl Report {
    /// The report of committing the snapshot in the one of `classes` that [`Layout::choose`] takes.
    ///
    /// # Errors
    /// A snapshot that cannot be committed in any of them.
    pub fn new(snapshot: &Snapshot, classes: &[Class]) -> Result<Self, LayoutError> {
        let layout = Layout::choose(snapshot, classes)?;
        let class = layout.class();
        let figures = snapshot.totals.iter().zip(&snapshot.gross_borrows);
        let assets = snapshot
            .assets
            .as_slice()
            .iter()
            .zip(figures)
            .map(|(asset, (total, borrow))| AssetReport {
                symbol: asset.symbol(),
                decimals: asset.decimals,
                liability: amount::format(*total, asset.decimals),
                liability_units: total.to_string(),
                gross_borrow: amount::format(*borrow, asset.decimals),
                gross_borrow_units: borrow.to_string(),
            })
            .collect();
        Ok(Self {
            as_of: snapshot.as_of,
            ledger_sequence: snapshot.ledger.sequence,
            ledger_head: snapshot.ledger.head,
            asset_list_digest: snapshot.assets.digest(),
            accounts: snapshot.accounts.len(),
            accounts_left_out: snapshot.left_out,
            leaves: layout.leaf_count(),
            depth: class.depth,
            leaves_per_shard: class.leaves(),
            shards: layout.shard_count(),
            assets,
        })
    }
}
