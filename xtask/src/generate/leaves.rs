//! Section 2: salts, leaves, roots and paths.

use anyhow::Result;
use ballast_core::{
    Element,
    leaf::{AccountId, EpochKey, Leaf, MasterSecret, Owner, SLOTS, Slot},
    tree::{Path, Tree},
};
use serde_json::{Value, json};

use super::{arbitrary, decimal, hexadecimal};

const DEPTH: u8 = 3;

const EPOCH: u64 = 7;

fn epoch_key() -> EpochKey {
    MasterSecret::new([9; 32]).epoch_key(&arbitrary("exchange"), EPOCH)
}

fn account(number: usize) -> String {
    format!("customer-{number}")
}

/// Leaf `number`: as many used slots as its number says, with balances at the edges of 64 bits.
fn leaf(number: usize) -> Leaf {
    let edges = [0, 1, (1 << 63) - 1, 1 << 63, u64::MAX];
    let id = AccountId::from_public_id(&account(number));
    let salt = epoch_key().salt(id, number as u32);
    let mut slots = [Slot::default(); SLOTS];
    for (place, slot) in slots.iter_mut().enumerate().take(number % (SLOTS + 1)) {
        *slot = Slot { asset: (place as u16 * 7_281 + 1) % 65_535 + 1, balance: edges[(place + number) % edges.len()] };
    }
    Leaf { owner: Some(Owner { account: id, salt }), slots }
}

pub fn vectors() -> Result<Value> {
    let used: Vec<Leaf> = (0..12).map(leaf).collect();
    let mut digests: Vec<Element> = used.iter().map(Leaf::digest).collect();
    digests.resize(1 << (2 * DEPTH), Leaf::default().digest());
    let tree = Tree::new(DEPTH, digests)?;
    let leaves: Vec<Value> = used
        .iter()
        .enumerate()
        .map(|(number, leaf)| {
            json!({
                "account": account(number),
                "leaf_number": number,
                "account_id": leaf.owner.map(|owner| owner.account.element()),
                "order": leaf.owner.map(|owner| hexadecimal(epoch_key().order(owner.account))),
                "salt": leaf.owner.map(|owner| owner.salt.element()),
                "slots": leaf.slots.iter().map(|slot| json!([slot.asset, decimal(slot.balance)])).collect::<Vec<_>>(),
                "packed": leaf.packed(),
                "tag": leaf.tag(),
                "digest": leaf.digest(),
            })
        })
        .collect();
    Ok(json!({
        "master_secret": hexadecimal([9; 32]),
        "exchange": hexadecimal(arbitrary("exchange")),
        "epoch": decimal(EPOCH),
        "epoch_key": hexadecimal(epoch_key().expose()),
        "unused_digest": Leaf::default().digest(),
        "leaves": leaves,
        "depth": DEPTH,
        "root": tree.root(),
        "paths": paths(&tree)?,
    }))
}

/// Right paths, and wrong ones with what they lead to.
fn paths(tree: &Tree) -> Result<Vec<Value>> {
    let right = tree.path(11)?;
    let short = Path { index: right.index, siblings: right.siblings[1..].to_vec() };
    let long = Path { index: right.index, siblings: [&right.siblings[..], &right.siblings[..1]].concat() };
    let outside = Path { index: right.index + 64, ..right.clone() };
    let moved = Path { index: right.index ^ 1, ..right.clone() };
    let digest = leaf(11).digest();
    let cases = [("right", right), ("short", short), ("long", long), ("outside", outside), ("moved", moved)];
    Ok(cases
        .into_iter()
        .map(|(name, path)| {
            let root = path.root(DEPTH, digest);
            json!({
                "case": name,
                "leaf": digest,
                "path": path,
                "leads_to": root.ok(),
                "included": root == Ok(tree.root()),
            })
        })
        .collect())
}
