//! Makes one customer's inclusion file from the snapshot that was proved.

use ballast_core::{
    inclusion::{AssetName, Expected, IncludedLeaf, InclusionError, InclusionFile, NOTICE, VERSION},
    leaf::EpochKey,
    tree::{Tree, TreeError},
};
use std::collections::{BTreeMap, btree_map::Entry};

use crate::{
    leaves::{LayoutError, LeafPlace, Leaves},
    snapshot::Snapshot,
};

/// Why no inclusion file can be made. An error says nothing of balances or salts.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error("the snapshot has no account {account:?}")]
    AccountUnknown { account: String },
    #[error("the snapshot's assets are not those that the exchange declared")]
    AssetsMismatch,
    #[error("the snapshot has {snapshot} shards and the epoch has {epoch}: it is not the snapshot that was proved")]
    ShardCountMismatch { snapshot: u16, epoch: usize },
    #[error("the snapshot has no shard {shard}")]
    ShardMissing { shard: u16 },
    #[error(transparent)]
    Layout(#[from] LayoutError),
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The leaves made here are not those under the roots: another snapshot, master secret or epoch
    /// than was proved.
    #[error(
        "the file would not verify, so the snapshot, the master secret or the epoch is not the one that was proved: {0}"
    )]
    Unverifiable(#[from] InclusionError),
    #[error("the file cannot be written: {0}")]
    Text(#[from] serde_json::Error),
}

/// The inclusion file of `account` in the epoch that `expected` describes, all of which comes from
/// the chain.
///
/// The shards in which the account has leaves are rebuilt, and the file is verified against the
/// roots in the way that the customer will verify it: a file that would be refused is never handed
/// out.
///
/// # Errors
/// An account that the snapshot does not have, or a snapshot or key that is not what was proved.
pub fn make(
    snapshot: &Snapshot,
    key: &EpochKey,
    account: &str,
    expected: &Expected<'_>,
) -> Result<InclusionFile, MakeError> {
    let position = snapshot
        .accounts
        .iter()
        .position(|candidate| candidate.id == account)
        .ok_or_else(|| MakeError::AccountUnknown { account: account.into() })?;
    if snapshot.assets != *expected.assets {
        return Err(MakeError::AssetsMismatch);
    }
    let leaves = Leaves::new(snapshot, expected.class, key.clone())?;
    let layout = leaves.layout();
    if usize::from(layout.shard_count()) != expected.roots.len() {
        return Err(MakeError::ShardCountMismatch { snapshot: layout.shard_count(), epoch: expected.roots.len() });
    }
    let places = leaves.places(position);
    let mut trees: BTreeMap<u16, Tree> = BTreeMap::new();
    let mut included = Vec::with_capacity(places.len());
    for (number, LeafPlace { shard, index }) in places.into_iter().enumerate() {
        let tree = match trees.entry(shard) {
            Entry::Occupied(built) => built.into_mut(),
            Entry::Vacant(place) => {
                let built = leaves.shard(shard).ok_or(MakeError::ShardMissing { shard })?;
                place.insert(built.tree(expected.class)?)
            }
        };
        let (owner, balances) = leaves.part(position, number);
        included.push(IncludedLeaf {
            shard,
            root: tree.root(),
            salt: owner.salt,
            slots: balances.to_vec(),
            path: tree.path(index)?,
        });
    }
    let assets = snapshot.assets.as_slice().iter();
    let file = InclusionFile {
        notice: NOTICE.into(),
        version: VERSION,
        account: account.into(),
        exchange: expected.exchange,
        epoch: expected.epoch,
        class: expected.class,
        assets: assets.map(|asset| AssetName { symbol: asset.symbol(), decimals: asset.decimals }).collect(),
        leaves: included,
    };
    file.verify(account, expected)?;
    Ok(file)
}

/// The file's text: one line of JSON, whose first words are that it is private.
///
/// # Errors
/// An error of the serializer.
pub fn text(file: &InclusionFile) -> Result<String, MakeError> {
    Ok(serde_json::to_string(file)? + "\n")
}
