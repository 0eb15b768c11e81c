//! The JSON of an epoch: amounts as strings of digits in committed units, bytes as 0x and
//! hexadecimal digits.
//!
//! Reading one computes its head again, so that a changed record is refused; whether the head is
//! the chain's own only the chain can say.

use ballast_core::{
    Digest, Element,
    assets::{Asset, AssetList},
    circuit::{Class, SetupKind},
    hexadecimal,
    statement::LedgerPosition,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    chain::{Address, Chain},
    epoch::{Epoch, Record, Status},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EpochJson {
    chain: Chain,
    #[serde(with = "hexadecimal")]
    exchange: Digest,
    epoch: u64,
    as_of: u64,
    status: Status,
    assets: Vec<AssetJson>,
    #[serde(with = "hexadecimal")]
    circuit: Digest,
    class: Class,
    setup: SetupKind,
    /// The words that every surface shows next to the figures.
    setup_label: String,
    ledger: LedgerPosition,
    #[serde(with = "hexadecimal")]
    sources: Digest,
    shard_count: usize,
    roots: Vec<Element>,
    poster: Address,
    posted_at: u64,
    /// Seconds between two epochs, as promised.
    cadence: u64,
    /// The number of epochs that were missed before this one.
    missed: u64,
    #[serde(with = "hexadecimal")]
    record: Digest,
    #[serde(with = "hexadecimal")]
    head_before: Digest,
    #[serde(with = "hexadecimal")]
    head: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetJson {
    symbol: String,
    decimals: u8,
    #[serde(with = "ballast_core::units")]
    liability: u128,
    #[serde(with = "ballast_core::units")]
    reserve: u128,
    ratio_bps: u64,
    status: Status,
}

impl Serialize for Epoch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        EpochJson::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Epoch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = EpochJson::deserialize(deserializer)?;
        let epoch = json.epoch().map_err(D::Error::custom)?;
        epoch.check().map_err(D::Error::custom)?;
        // Derived members are written for readers; a text in which they say something else is
        // refused.
        let expected = serde_json::to_value(EpochJson::from(&epoch)).map_err(D::Error::custom)?;
        let found = serde_json::to_value(&json).map_err(D::Error::custom)?;
        for name in ["status", "assets", "setup_label", "shard_count", "record"] {
            if expected[name] != found[name] {
                return Err(D::Error::custom(format!("{name}: expected {}, found {}", expected[name], found[name])));
            }
        }
        Ok(epoch)
    }
}

impl From<&Epoch> for EpochJson {
    fn from(epoch: &Epoch) -> Self {
        let record = &epoch.record;
        let assets = epoch.figures().into_iter().map(|asset| AssetJson {
            symbol: asset.symbol,
            decimals: asset.decimals,
            liability: asset.liability,
            reserve: asset.reserve,
            ratio_bps: asset.ratio_bps,
            status: asset.status,
        });
        Self {
            chain: epoch.chain,
            exchange: record.exchange,
            epoch: record.epoch,
            as_of: record.as_of,
            status: epoch.status(),
            assets: assets.collect(),
            circuit: record.circuit,
            class: epoch.class,
            setup: epoch.setup,
            setup_label: epoch.setup.label().into(),
            ledger: record.ledger,
            sources: record.sources,
            shard_count: record.roots.len(),
            roots: record.roots.clone(),
            poster: epoch.poster,
            posted_at: epoch.posted_at,
            cadence: epoch.cadence,
            missed: epoch.missed,
            record: record.digest(),
            head_before: epoch.head_before,
            head: epoch.head,
        }
    }
}

impl EpochJson {
    fn epoch(&self) -> Result<Epoch, ballast_core::Refusal> {
        let assets = self.assets.iter().map(|asset| Asset::new(&asset.symbol, asset.decimals));
        Ok(Epoch {
            chain: self.chain,
            record: Record {
                exchange: self.exchange,
                epoch: self.epoch,
                as_of: self.as_of,
                assets: AssetList::new(assets.collect::<Result<_, _>>()?)?,
                circuit: self.circuit,
                ledger: self.ledger,
                sources: self.sources,
                roots: self.roots.clone(),
                liabilities: self.assets.iter().map(|asset| asset.liability).collect(),
                reserves: self.assets.iter().map(|asset| asset.reserve).collect(),
            },
            class: self.class,
            setup: self.setup,
            poster: self.poster,
            posted_at: self.posted_at,
            cadence: self.cadence,
            missed: self.missed,
            head_before: self.head_before,
            head: self.head,
        })
    }
}
