//! One finalized epoch: what the exchange stated, and what the chain added.

use ballast_core::{
    Digest, Element,
    assets::AssetList,
    circuit::{Class, SetupKind},
    hexadecimal,
    inclusion::Expected,
    record::{EpochRecord, Roots, first_head, next_head},
    reserves::reserves_digest,
    rules::SHARDS_MAX,
    solvency::{AMOUNT_BITS, ratio_bps},
    statement::LedgerPosition,
};
use serde::{Deserialize, Serialize};

use crate::{
    chain::{Address, Chain},
    error::{Error, Subject},
};

/// The content of an epoch record (section 4 of the specification), the same on every chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub exchange: Digest,
    /// The number of the epoch, from 1.
    pub epoch: u64,
    /// The time of the figures, Unix seconds.
    pub as_of: u64,
    pub assets: AssetList,
    pub circuit: Digest,
    pub ledger: LedgerPosition,
    /// Digest of the published reserves report.
    pub sources: Digest,
    /// The roots by shard.
    pub roots: Vec<Element>,
    /// The liabilities by asset number, in committed units.
    pub liabilities: Vec<u128>,
    /// The reserves by asset number, in committed units.
    pub reserves: Vec<u128>,
}

/// The first field in which two records differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub field: String,
    pub left: String,
    pub right: String,
}

impl Record {
    /// The digest that enters the rolling head.
    pub fn digest(&self) -> Digest {
        EpochRecord {
            exchange: self.exchange,
            epoch: self.epoch,
            as_of: self.as_of,
            asset_list: self.assets.digest(),
            circuit: self.circuit,
            ledger: self.ledger,
            reserves: reserves_digest(&self.reserves, &self.sources),
            shard_count: self.roots.len() as u16,
            roots: Roots::of(&self.roots),
            liabilities: &self.liabilities,
        }
        .digest()
    }

    /// The first field, in order of the record, in which `self` and `other` differ.
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        let (left, right) = (self.fields(), other.fields());
        let differing = left.into_iter().zip(right).find(|(left, right)| left != right);
        differing.map(|((field, left), (_, right))| Difference { field, left, right })
    }

    /// Every field by name. Counts come before what they count, so that records of different
    /// lengths differ first in a count.
    fn fields(&self) -> Vec<(String, String)> {
        let mut fields = vec![
            ("exchange".into(), hexadecimal::encode(self.exchange)),
            ("epoch".into(), self.epoch.to_string()),
            ("as_of".into(), self.as_of.to_string()),
            ("assets".into(), self.assets.len().to_string()),
        ];
        for (number, asset) in (1..).zip(self.assets.as_slice()) {
            fields.push((format!("assets[{number}].symbol"), asset.symbol()));
            fields.push((format!("assets[{number}].decimals"), asset.decimals.to_string()));
        }
        fields.extend([
            ("circuit".into(), hexadecimal::encode(self.circuit)),
            ("ledger.sequence".into(), self.ledger.sequence.to_string()),
            ("ledger.head".into(), hexadecimal::encode(self.ledger.head)),
        ]);
        fields.extend(amounts("reserves", &self.assets, &self.reserves));
        fields.push(("sources".into(), hexadecimal::encode(self.sources)));
        fields.push(("shard_count".into(), self.roots.len().to_string()));
        fields.extend(
            (0..).zip(&self.roots).map(|(shard, root): (u16, _)| (format!("roots[{shard}]"), root.to_string())),
        );
        fields.extend(amounts("liabilities", &self.assets, &self.liabilities));
        fields
    }
}

fn amounts(name: &str, assets: &AssetList, amounts: &[u128]) -> Vec<(String, String)> {
    let each = assets.as_slice().iter().zip(amounts);
    let mut fields = vec![(name.to_string(), amounts.len().to_string())];
    fields.extend(each.map(|(asset, amount)| (format!("{name}[{}]", asset.symbol()), amount.to_string())));
    fields
}

/// Whether an exchange holds at least what it owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Solvent,
    Insolvent,
}

/// One asset of an epoch, in committed units of 10^-decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetFigures {
    pub symbol: String,
    pub decimals: u8,
    pub liability: u128,
    pub reserve: u128,
    /// Reserve over liability in basis points, rounded down; 2^64 - 1 when larger or when nothing
    /// is owed.
    pub ratio_bps: u64,
    pub status: Status,
}

/// One finalized epoch on one chain. As JSON see [`crate::epoch_json`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    pub chain: Chain,
    pub record: Record,
    /// The class of the circuit that proved the epoch.
    pub class: Class,
    /// The setup of the circuit that proved the epoch. [`SetupKind::label`] belongs next to every
    /// figure.
    pub setup: SetupKind,
    /// The poster of the last shard.
    pub poster: Address,
    /// The time at which the last shard was posted by the chain's clock, Unix seconds.
    pub posted_at: u64,
    /// Seconds between two epochs, as the exchange promised when the epoch was finalized.
    pub cadence: u64,
    /// The number of epochs that were missed before this one, by that promise.
    pub missed: u64,
    /// The rolling head before this epoch.
    pub head_before: Digest,
    /// The rolling head after this epoch.
    pub head: Digest,
}

impl Epoch {
    /// Liability, reserve and status of every asset, in order of number.
    pub fn figures(&self) -> Vec<AssetFigures> {
        let amounts = self.record.liabilities.iter().zip(&self.record.reserves);
        let each = self.record.assets.as_slice().iter().zip(amounts);
        each.map(|(asset, (liability, reserve))| AssetFigures {
            symbol: asset.symbol(),
            decimals: asset.decimals,
            liability: *liability,
            reserve: *reserve,
            ratio_bps: ratio_bps(*reserve, *liability),
            status: if reserve < liability { Status::Insolvent } else { Status::Solvent },
        })
        .collect()
    }

    /// The status of the whole epoch, which is solvent only when every asset is.
    pub fn status(&self) -> Status {
        let insolvent = self.figures().iter().any(|asset| asset.status == Status::Insolvent);
        if insolvent { Status::Insolvent } else { Status::Solvent }
    }

    /// The insolvent assets as both chains store them: bit a - 1 for asset number a.
    pub(crate) fn insolvent_bits(&self) -> u128 {
        let insolvent = |(_, asset): &(u32, AssetFigures)| asset.status == Status::Insolvent;
        (0..u128::BITS).zip(self.figures()).filter(insolvent).fold(0, |bits, (index, _)| bits | 1 << index)
    }

    /// What an inclusion file for this epoch is compared with.
    pub fn expected(&self) -> Expected<'_> {
        Expected {
            exchange: self.record.exchange,
            epoch: self.record.epoch,
            class: self.class,
            roots: &self.record.roots,
            assets: &self.record.assets,
        }
    }

    /// Refuses fields that are out of range or do not lead from the head before to the head after.
    ///
    /// # Soundness
    /// The caller still owes that the heads are the chain's and that head before is the previous
    /// epoch's head; see [`crate::verification::verify`].
    pub fn check(&self) -> Result<(), Error> {
        let record = &self.record;
        if record.epoch == 0 {
            return Err(self.bad_data("epoch", "at least 1", 0));
        }
        let shards = record.roots.len();
        if !(1..=usize::from(SHARDS_MAX)).contains(&shards) {
            return Err(self.bad_data("shard_count", format!("1 to {SHARDS_MAX}"), shards));
        }
        self.check_amounts("liabilities", &record.liabilities)?;
        self.check_amounts("reserves", &record.reserves)?;
        if self.cadence == 0 {
            return Err(self.bad_data("cadence", "at least 1 second", 0));
        }
        if record.epoch == 1 && self.missed != 0 {
            return Err(self.bad_data("missed", "0 before the first epoch", self.missed));
        }
        if self.posted_at < record.as_of {
            return Err(self.bad_data("posted_at", format!("at least as_of, {}", record.as_of), self.posted_at));
        }
        let first = first_head(&record.exchange);
        if record.epoch == 1 && self.head_before != first {
            return Err(self.bad_data(
                "head_before",
                hexadecimal::encode(first),
                hexadecimal::encode(self.head_before),
            ));
        }
        let head = next_head(&self.head_before, &record.digest());
        if head != self.head {
            return Err(self.bad_data("head", hexadecimal::encode(head), hexadecimal::encode(self.head)));
        }
        Ok(())
    }

    fn check_amounts(&self, name: &str, amounts: &[u128]) -> Result<(), Error> {
        let assets = self.record.assets.as_slice();
        if amounts.len() != assets.len() {
            return Err(self.bad_data(name, format!("{} amounts", assets.len()), amounts.len()));
        }
        let mut each = assets.iter().zip(amounts);
        each.find(|(_, amount)| *amount >> AMOUNT_BITS != 0).map_or(Ok(()), |(asset, amount)| {
            Err(self.bad_data(format!("{name}[{}]", asset.symbol()), format!("below 2^{AMOUNT_BITS}"), amount))
        })
    }

    pub(crate) fn bad_data(&self, field: impl Into<String>, expected: impl ToString, found: impl ToString) -> Error {
        Error::bad_data(self.chain, self.subject(), field, expected, found)
    }

    fn subject(&self) -> Subject {
        Subject::Epoch { exchange: self.record.exchange, epoch: self.record.epoch }
    }
}
