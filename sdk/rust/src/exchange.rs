//! An exchange as one chain knows it.

use ballast_core::{Digest, assets::AssetList, hexadecimal, statement::LedgerPosition};
use serde::{Serialize, Serializer, ser::SerializeSeq};

use crate::chain::{Address, Chain};

/// An exchange's record on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exchange {
    pub chain: Chain,
    #[serde(with = "hexadecimal")]
    pub id: Digest,
    pub name: String,
    pub authority: Address,
    /// The authority that is proposed and has not accepted yet.
    pub pending_authority: Option<Address>,
    pub posters: Vec<Address>,
    /// The asset list; none until the authority declares it.
    #[serde(serialize_with = "asset_list")]
    pub assets: Option<AssetList>,
    /// How often the list was cleared, which only happens before the first epoch. Tokens and
    /// observations of an earlier generation count no more.
    pub generation: u32,
    /// Seconds between two epochs, as the exchange promises from the next epoch on.
    pub cadence: u64,
    /// The time of the registration by the chain's clock, Unix seconds.
    pub registered_at: u64,
    pub paused: bool,
    /// The number of the next epoch, from 1; the latest finalized epoch is the one before.
    pub next_epoch: u64,
    /// As-of time of the latest epoch in Unix seconds; 0 before the first.
    pub latest_as_of: u64,
    /// The ledger position of the latest epoch.
    pub ledger: LedgerPosition,
    /// The rolling head of the history so far.
    #[serde(with = "hexadecimal")]
    pub head: Digest,
}

impl Exchange {
    /// The first `count` assets of the list, as an epoch of so many assets had it; none when there
    /// are fewer.
    pub(crate) fn first_assets(&self, count: usize) -> Option<AssetList> {
        self.assets.as_ref()?.first(count)
    }

    /// The number of the latest finalized epoch; 0 before the first.
    pub fn latest_epoch(&self) -> u64 {
        self.next_epoch.saturating_sub(1)
    }
}

/// An epoch that was begun and is not finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PendingEpoch {
    pub epoch: u64,
    /// The number of shards that are posted, which is the index of the next one.
    pub shards_done: u16,
    pub shard_count: u16,
    /// The poster of the latest shard.
    pub poster: Address,
    /// The liabilities of the shards posted so far, by asset.
    pub liabilities: Vec<PartialSum>,
}

/// What the posted shards of an unfinished epoch add up to, in committed units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartialSum {
    pub symbol: String,
    pub decimals: u8,
    #[serde(with = "ballast_core::units")]
    pub liability: u128,
}

impl PartialSum {
    /// The sums whose `liabilities` come by asset number.
    pub(crate) fn of(assets: &AssetList, liabilities: &[u128]) -> Vec<Self> {
        let each = assets.as_slice().iter().zip(liabilities);
        each.map(|(asset, liability)| Self { symbol: asset.symbol(), decimals: asset.decimals, liability: *liability })
            .collect()
    }
}

/// Writes an asset list as `[{"symbol", "decimals"}]`, or null.
fn asset_list<S: Serializer>(assets: &Option<AssetList>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Asset {
        symbol: String,
        decimals: u8,
    }
    let Some(assets) = assets else {
        return serializer.serialize_none();
    };
    let mut list = serializer.serialize_seq(Some(assets.len()))?;
    for asset in assets.as_slice() {
        list.serialize_element(&Asset { symbol: asset.symbol(), decimals: asset.decimals })?;
    }
    list.end()
}
