//! Attacks on a customer's inclusion file: each is refused, for its own reason.

mod sample;

use std::sync::LazyLock;

use ballast_core::{
    Element,
    circuit::Class,
    inclusion::{AssetName, IncludedLeaf, InclusionFile, NOTICE},
    leaf::{AccountId, Leaf, MasterSecret, Owner, Salt, Slot},
    tree::{Tree, TreeError},
};
use ballast_sdk::{
    chain::Chain,
    epoch::Epoch,
    inclusion::{Expected, InclusionError, verify},
};
use sample::*;
use serde_json::Value;

const EPOCH: u64 = 1;

/// Alice has leaf 5 of shard 0 and leaf 2 of shard 1, Bob leaf 6 of shard 0; the same balances
/// each.
#[derive(Clone)]
struct Books {
    trees: Vec<Tree>,
    epoch: Epoch,
}

fn slots() -> Vec<Slot> {
    vec![Slot { asset: 1, balance: 250 }, Slot { asset: 2, balance: u64::MAX }]
}

fn salt(account: &str, leaf: u32) -> Salt {
    MasterSecret::new([9; 32]).epoch_key(&id(), EPOCH).salt(AccountId::from_public_id(account), leaf)
}

fn digest(account: &str, leaf: u32, slots: &[Slot]) -> Element {
    let owner = Owner { account: AccountId::from_public_id(account), salt: salt(account, leaf) };
    let mut filled = [Slot::default(); 9];
    filled[..slots.len()].copy_from_slice(slots);
    Leaf { owner: Some(owner), slots: filled }.digest()
}

/// The tree of the smallest class with these leaves in use.
fn tree(used: &[(usize, Element)]) -> Tree {
    let mut leaves = vec![Leaf::default().digest(); Class::SMALLEST.leaves()];
    used.iter().for_each(|(index, leaf)| leaves[*index] = *leaf);
    Tree::new(Class::SMALLEST.depth, leaves).unwrap()
}

static BOOKS: LazyLock<Books> = LazyLock::new(|| {
    let trees = vec![
        tree(&[(5, digest("alice", 0, &slots())), (6, digest("bob", 0, &slots()))]),
        tree(&[(2, digest("alice", 1, &slots()))]),
    ];
    let mut epoch = punctual(Chain::Solana, 1).remove(0);
    epoch.record.roots = trees.iter().map(Tree::root).collect();
    reseal(std::slice::from_mut(&mut epoch), 0);
    Books { trees, epoch }
});

fn books() -> Books {
    BOOKS.clone()
}

fn leaf(books: &Books, account: &str, number: u32, shard: u16, index: u32) -> IncludedLeaf {
    let tree = &books.trees[usize::from(shard)];
    IncludedLeaf {
        shard,
        root: tree.root(),
        salt: salt(account, number),
        slots: slots(),
        path: tree.path(index).unwrap(),
    }
}

fn file(books: &Books) -> InclusionFile {
    let name = |asset: &ballast_core::assets::Asset| AssetName { symbol: asset.symbol(), decimals: asset.decimals };
    InclusionFile {
        notice: NOTICE.into(),
        version: 1,
        account: "alice".into(),
        exchange: id(),
        epoch: EPOCH,
        class: Class::SMALLEST,
        assets: assets().as_slice().iter().map(name).collect(),
        leaves: vec![leaf(books, "alice", 0, 0, 5), leaf(books, "alice", 1, 1, 2)],
    }
}

fn write(file: &InclusionFile) -> serde_json::Result<String> {
    serde_json::to_string_pretty(file)
}

/// What alice is told about a file that was changed in this way.
fn refusal(change: impl FnOnce(&mut InclusionFile)) -> InclusionError {
    let books = books();
    let mut file = file(&books);
    change(&mut file);
    verify(&write(&file).unwrap(), "alice", &books.epoch.expected()).unwrap_err()
}

/// The same for the JSON.
fn malformed(change: impl FnOnce(&mut Value)) -> String {
    let books = books();
    let mut json = serde_json::to_value(file(&books)).unwrap();
    change(&mut json);
    match verify(&json.to_string(), "alice", &books.epoch.expected()) {
        Err(InclusionError::Malformed(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_true_file_shows_the_sum_of_all_its_leaves() {
    let books = books();
    let text = write(&file(&books)).unwrap();
    assert!(text.starts_with("{\n  \"notice\": \"PRIVATE"), "the first line says it is private");
    let found = verify(&text, "alice", &books.epoch.expected()).unwrap();
    let sums: Vec<_> = found.iter().map(|balance| (&balance.symbol[..], balance.decimals, balance.units)).collect();
    assert_eq!(sums, [("BTC", 8, 500), ("USDT", 6, 2 * u128::from(u64::MAX))]);
}

#[test]
fn another_customers_file_is_not_mine() {
    let books = books();
    let bobs = InclusionFile { account: "bob".into(), leaves: vec![leaf(&books, "bob", 0, 0, 6)], ..file(&books) };
    let text = write(&bobs).unwrap();
    verify(&text, "bob", &books.epoch.expected()).unwrap();
    let error = verify(&text, "alice", &books.epoch.expected()).unwrap_err();
    assert_eq!(error, InclusionError::AccountMismatch { expected: "alice".into(), found: "bob".into() });
    let renamed = InclusionFile { account: "alice".into(), ..bobs };
    let error = verify(&write(&renamed).unwrap(), "alice", &books.epoch.expected()).unwrap_err();
    assert!(matches!(error, InclusionError::RootMismatch { leaf: 0, .. }), "one leaf for two equal customers: {error}");
}

#[test]
fn a_changed_balance_asset_or_salt_leads_elsewhere() {
    let changes: [fn(&mut InclusionFile); 7] = [
        |file| file.leaves[1].slots[0].balance += 1,
        |file| file.leaves[1].slots[0].balance -= 1,
        |file| file.leaves[1].slots[0].asset = 2,
        |file| file.leaves[1].slots.swap(0, 1),
        |file| file.leaves[1].slots.truncate(1),
        |file| file.leaves[1].salt = salt("alice", 7),
        |file| file.leaves[1].path.siblings[2][1] = Element::from(1u64),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let error = refusal(change);
        assert!(matches!(error, InclusionError::RootMismatch { leaf: 1, .. }), "change {number}: {error}");
    }
}

#[test]
fn the_roots_are_the_chains_not_the_files() {
    let error = refusal(|file| file.leaves[0].root = Element::from(1u64));
    assert!(matches!(error, InclusionError::RootMismatch { leaf: 0, .. }), "{error}");
    let (mut books, text) = (books(), write(&file(&books())).unwrap());
    books.epoch.record.roots[1] = Element::from(1u64);
    let error = verify(&text, "alice", &books.epoch.expected()).unwrap_err();
    assert!(matches!(error, InclusionError::RootMismatch { leaf: 1, .. }), "{error}");
}

#[test]
fn a_path_of_another_length_is_refused() {
    let longer = refusal(|file| file.leaves[0].path.siblings.push([Element::ZERO; 3]));
    let shorter = refusal(|file| file.leaves[0].path.siblings.truncate(6));
    for (error, found) in [(longer, 8), (shorter, 6)] {
        let source = TreeError::PathLength { expected: 7, found };
        assert_eq!(error, InclusionError::Path { leaf: 0, source });
    }
    let error = refusal(|file| file.class.depth = 8);
    assert!(matches!(error, InclusionError::ClassUnsupported(Class { depth: 8, .. })), "{error}");
    let books = books();
    let deeper = Expected { class: Class::new(8), ..books.epoch.expected() };
    let error = verify(&write(&file(&books)).unwrap(), "alice", &deeper).unwrap_err();
    assert_eq!(error, InclusionError::ClassUnsupported(Class::SMALLEST), "the class is the epoch's, not the file's");
}

#[test]
fn an_index_outside_the_tree_is_refused() {
    for index in [16_384 + 5, u32::MAX] {
        let source = TreeError::IndexOutside { leaves: 16_384, index: index.into() };
        assert_eq!(refusal(|file| file.leaves[0].path.index = index), InclusionError::Path { leaf: 0, source });
    }
    assert!(matches!(refusal(|file| file.leaves[0].path.index = 4), InclusionError::RootMismatch { .. }));
}

#[test]
fn a_leaf_in_another_or_no_shard_is_refused() {
    assert!(matches!(refusal(|file| file.leaves[0].shard = 1), InclusionError::RootMismatch { leaf: 0, .. }));
    let error = refusal(|file| file.leaves[0].shard = 2);
    assert_eq!(error, InclusionError::ShardOutside { leaf: 0, shard: 2, shards: 2 });
}

#[test]
fn a_leaf_shown_twice_does_not_count_twice() {
    let error = refusal(|file| file.leaves.push(file.leaves[0].clone()));
    assert_eq!(error, InclusionError::PlaceRepeated { leaf: 2, shard: 0, index: 5 });
}

#[test]
fn an_unused_leaf_is_nobodys() {
    let books = books();
    let error = refusal(|file| {
        file.leaves[0].path = books.trees[0].path(9).unwrap();
        file.leaves[0].slots.clear();
        file.leaves[0].salt = Salt::from_element(Element::ZERO);
    });
    assert!(matches!(error, InclusionError::RootMismatch { leaf: 0, .. }), "{error}");
}

#[test]
fn nothing_included_is_no_success() {
    assert_eq!(refusal(|file| file.leaves.clear()), InclusionError::Empty);
    let books = books();
    for text in ["", "{}", "null", "[]", " "] {
        let error = verify(text, "alice", &books.epoch.expected()).unwrap_err();
        assert!(matches!(error, InclusionError::Malformed(_)), "{text:?}: {error}");
    }
}

#[test]
fn a_file_for_another_epoch_exchange_or_asset_list_is_refused() {
    assert_eq!(refusal(|file| file.epoch = 2), InclusionError::EpochMismatch { expected: 1, found: 2 });
    assert_eq!(refusal(|file| file.exchange[0] ^= 1), InclusionError::ExchangeMismatch);
    let changes: [fn(&mut InclusionFile); 4] = [
        |file| file.assets.swap(0, 1),
        |file| file.assets[0].symbol = "ETH".into(),
        |file| file.assets[0].decimals = 2,
        |file| file.assets.truncate(1),
    ];
    for change in changes {
        assert_eq!(refusal(change), InclusionError::AssetsMismatch);
    }
}

#[test]
fn slots_that_a_leaf_cannot_have_are_refused() {
    let many = refusal(|file| file.leaves[0].slots = vec![Slot { asset: 1, balance: 1 }; 10]);
    assert_eq!(many, InclusionError::SlotsInvalid { leaf: 0 });
    // Leaves that were proved, with a slot that no list names: nothing of them is summed or dropped
    // in silence.
    for slot in [Slot { asset: 3, balance: 5 }, Slot { asset: 0, balance: 0 }] {
        let mut books = books();
        let mut slots = slots();
        slots.push(slot);
        books.trees[0] = tree(&[(5, digest("alice", 0, &slots))]);
        books.epoch.record.roots[0] = books.trees[0].root();
        let mut file = file(&books);
        file.leaves[0].slots = slots;
        let error = verify(&write(&file).unwrap(), "alice", &books.epoch.expected()).unwrap_err();
        assert_eq!(error, InclusionError::SlotsInvalid { leaf: 0 });
    }
}

#[test]
fn unknown_members_are_refused_wherever_they_are() {
    let changes: [fn(&mut Value); 6] = [
        |json| json["also"] = 1.into(),
        |json| json["class"]["also"] = 1.into(),
        |json| json["assets"][0]["also"] = 1.into(),
        |json| json["leaves"][0]["also"] = 1.into(),
        |json| json["leaves"][0]["slots"][0]["also"] = 1.into(),
        |json| json["leaves"][0]["path"]["also"] = 1.into(),
    ];
    for change in changes {
        malformed(change);
    }
}

#[test]
fn another_version_is_refused_not_guessed() {
    assert_eq!(malformed(|json| json["version"] = 2.into()), "it has version 2");
    assert_eq!(malformed(|json| json["version"] = 0.into()), "it has version 0");
}

#[test]
fn values_out_of_range_are_refused() {
    let changes: [fn(&mut Value); 6] = [
        |json| json["leaves"][0]["slots"][0]["balance"] = (-1).into(),
        |json| json["leaves"][0]["slots"][0]["balance"] = 1.5.into(),
        |json| json["leaves"][0]["slots"][0]["asset"] = 65_536.into(),
        |json| json["leaves"][0]["salt"] = "0x00".into(),
        |json| json["leaves"][0]["root"] = format!("0x{}", hex::encode(ballast_core::field::ORDER)).into(),
        |json| json["leaves"][0]["path"]["siblings"][0] = Value::Array(vec![]),
    ];
    for change in changes {
        malformed(change);
    }
}

#[test]
fn a_refusal_may_be_shown_to_anyone() {
    let text = write(&file(&books())).unwrap();
    let secret = serde_json::to_value(salt("alice", 1)).unwrap();
    let secret = secret.as_str().unwrap().trim_start_matches("0x");
    assert!(text.contains(secret), "the file itself holds it");
    let shown = [
        refusal(|file| file.leaves[1].slots[0].balance += 1).to_string(),
        format!("{:?}", refusal(|file| file.leaves[1].slots[0].balance += 1)),
        malformed(|json| json["leaves"][1]["salt"] = format!("0x{secret}ff").into()),
        malformed(|json| json["leaves"][1]["slots"][0]["balance"] = "18446744073709551615".into()),
    ];
    for text in shown {
        assert!(!text.contains(secret) && !text.contains("18446744073709551615"), "{text}");
    }
}
