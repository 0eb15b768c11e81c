//! How accounts become leaves and leaves become shards, and inclusion files made from them.

use ballast_core::{
    Element, Refusal,
    assets::{Asset, AssetList},
    circuit::Class,
    inclusion::{Expected, InclusionError, InclusionFile},
    leaf::{AccountId, EpochKey, Leaf, MasterSecret, Owner, Slot},
    statement::LedgerPosition,
};
use ballast_ledger::{
    inclusion::{self, MakeError},
    leaves::{Layout, LayoutError, LeafPlace, Leaves},
    report::Report,
    snapshot::{Account, Snapshot},
};

const ASSETS: u16 = 20;
/// 16,384 leaves.
const CLASS: Class = Class::SMALLEST;
const EXCHANGE: [u8; 32] = [7; 32];
const EPOCH: u64 = 3;

fn master() -> MasterSecret {
    MasterSecret::new([9; 32])
}

fn key() -> EpochKey {
    master().epoch_key(&EXCHANGE, EPOCH)
}

/// 5,471 accounts of three leaves each: two shards, and an account in both.
fn two_shards() -> Snapshot {
    snapshot(&[20; 5_471])
}

/// The account that lies in both shards.
fn straddling(snapshot: &Snapshot) -> usize {
    let leaves = Leaves::new(snapshot, CLASS, key()).unwrap();
    let straddles = |places: Vec<LeafPlace>| places.first().unwrap().shard != places.last().unwrap().shard;
    (0..snapshot.accounts.len()).find(|account| straddles(leaves.places(*account))).unwrap()
}

/// So many accounts of one leaf each.
fn without_balances(accounts: usize) -> Snapshot {
    let account = |number| Account { id: format!("customer-{number}"), balances: Vec::new() };
    Snapshot { accounts: (0..accounts).map(account).collect(), ..snapshot(&[]) }
}

/// Accounts with so many balances each.
fn snapshot(held: &[u16]) -> Snapshot {
    let assets = (1..=ASSETS).map(|number| Asset::new(&format!("A{number}"), 2).unwrap()).collect();
    let account = |(number, held): (usize, &u16)| Account {
        id: format!("customer-{number}"),
        balances: (1..=*held).map(|asset| Slot { asset, balance: 1000 * number as u64 + u64::from(asset) }).collect(),
    };
    let accounts: Vec<Account> = held.iter().enumerate().map(account).collect();
    let mut totals = vec![0u128; ASSETS.into()];
    for slot in accounts.iter().flat_map(|account| &account.balances) {
        totals[usize::from(slot.asset) - 1] += u128::from(slot.balance);
    }
    Snapshot {
        as_of: 5,
        ledger: LedgerPosition::default(),
        assets: AssetList::new(assets).unwrap(),
        gross_borrows: vec![0; totals.len()],
        accounts,
        totals,
        left_out: 0,
    }
}

#[test]
fn balances_fill_leaves_of_nine_slots_in_the_epochs_order() {
    let snapshot = snapshot(&[0, 9, 10, 20]);
    let leaves = Leaves::new(&snapshot, CLASS, key()).unwrap();
    assert_eq!((leaves.layout().leaf_count(), leaves.layout().shard_count()), (7, 1));
    let shard = leaves.shard(0).unwrap();
    assert_eq!(shard.leaves.len(), 16_384);
    // Whose leaf, its number among the account's, and how many slots it uses.
    let expected = [vec![(0, 0)], vec![(0, 9)], vec![(0, 9), (1, 1)], vec![(0, 9), (1, 9), (2, 2)]];
    let mut customers: Vec<usize> = (0..4).collect();
    customers.sort_by_key(|customer| key().order(AccountId::from_public_id(&format!("customer-{customer}"))));
    let expected = customers.iter().flat_map(|customer| expected[*customer].iter().map(move |part| (customer, part)));
    for (leaf, (customer, (number, used))) in shard.leaves.iter().zip(expected) {
        let account = AccountId::from_public_id(&format!("customer-{customer}"));
        assert!(leaf.owner == Some(Owner { account, salt: key().salt(account, *number) }));
        let asset = |slot: usize| if slot < *used { 9 * *number as u16 + slot as u16 + 1 } else { 0 };
        let assets: Vec<u16> = leaf.slots.iter().map(|slot| slot.asset).collect();
        assert_eq!(assets, (0..9).map(asset).collect::<Vec<_>>());
    }
    assert!(shard.leaves[7..].iter().all(|leaf| *leaf == Leaf::default()));
    assert_eq!(shard.totals, snapshot.totals);
    assert!(leaves.shard(1).is_none());
}

#[test]
fn the_order_is_the_epochs_own_and_not_the_files() {
    let snapshot = two_shards();
    let root = |snapshot: &Snapshot, key: EpochKey| {
        Leaves::new(snapshot, CLASS, key).unwrap().shard(0).unwrap().tree(CLASS).unwrap().root()
    };
    let mut shuffled = snapshot.clone();
    shuffled.accounts.reverse();
    shuffled.accounts.rotate_left(1_234);
    assert_eq!(root(&shuffled, key()), root(&snapshot, key()), "neither a file's order nor its end says anything");
    let accounts = |key: EpochKey| -> Vec<AccountId> {
        let shard = Leaves::new(&snapshot, CLASS, key).unwrap().shard(0).unwrap();
        shard.leaves.iter().filter_map(|leaf| leaf.owner.map(|owner| owner.account)).collect()
    };
    assert_ne!(accounts(key()), accounts(master().epoch_key(&EXCHANGE, EPOCH + 1)));
    assert_ne!(accounts(key()), accounts(master().epoch_key(&[8; 32], EPOCH)));
}

/// A nearly empty last shard would publish what its few customers own.
#[test]
fn shards_have_equal_shares() {
    let per_shard = CLASS.leaves();
    let few = [(1, 1), (per_shard, 1), (per_shard + 1, 2), (2 * per_shard, 2), (2 * per_shard + 1, 3)];
    for (leaves, shards) in few.into_iter().chain([(127 * per_shard + 1, 128)]) {
        let snapshot = without_balances(leaves);
        let made = Leaves::new(&snapshot, CLASS, key()).unwrap();
        let used: Vec<usize> =
            made.shards().map(|shard| shard.leaves.iter().filter(|leaf| leaf.owner.is_some()).count()).collect();
        assert_eq!((used.len(), used.iter().sum::<usize>()), (shards, leaves));
        let (least, most) = (leaves / shards, leaves.div_ceil(shards));
        assert!(used.iter().all(|used| (least..=most).contains(used)), "{used:?}");
    }
}

#[test]
fn an_account_may_straddle_shards() {
    let snapshot = two_shards();
    let leaves = Leaves::new(&snapshot, CLASS, key()).unwrap();
    assert_eq!((leaves.layout().leaf_count(), leaves.layout().shard_count()), (16_413, 2));
    let shards: Vec<_> = leaves.shards().collect();
    assert_eq!(shards.len(), 2);
    let (mut taken, mut straddling) = (vec![0; 2], 0);
    for (number, account) in snapshot.accounts.iter().enumerate() {
        let id = AccountId::from_public_id(&account.id);
        let places = leaves.places(number);
        assert_eq!(places.len(), 3);
        straddling += usize::from(places[0].shard != places[2].shard);
        for (leaf, LeafPlace { shard, index }) in (0..).zip(places) {
            taken[usize::from(shard)] += 1;
            let owner = shards[usize::from(shard)].leaves[index as usize].owner.unwrap();
            assert!(owner == Owner { account: id, salt: key().salt(id, leaf) });
        }
    }
    assert_eq!((taken.as_slice(), straddling), ([8_206, 8_207].as_slice(), 1));
    assert_eq!(leaves.places(5_471), []);
    let sum: Vec<u128> = shards[0].totals.iter().zip(&shards[1].totals).map(|(a, b)| a + b).collect();
    assert_eq!(sum, snapshot.totals);
}

#[test]
fn no_two_leaves_share_a_tag() {
    let snapshot = two_shards();
    let leaves = Leaves::new(&snapshot, CLASS, key()).unwrap();
    let mut tags: Vec<Element> = leaves
        .shards()
        .flat_map(|shard| shard.leaves)
        .filter(|leaf| leaf.owner.is_some())
        .map(|leaf| leaf.tag())
        .collect();
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 16_413);
    let later = Leaves::new(&snapshot, CLASS, master().epoch_key(&EXCHANGE, EPOCH + 1)).unwrap();
    let carried = later.shards().flat_map(|shard| shard.leaves).filter(|leaf| tags.binary_search(&leaf.tag()).is_ok());
    assert_eq!(carried.filter(|leaf| leaf.owner.is_some()).count(), 0, "nothing carries over between epochs");
}

#[test]
fn the_smallest_class_that_fits_is_chosen_or_else_the_largest() {
    let classes = [9, 7, 8].map(Class::new);
    let chosen = |accounts: usize, classes: &[Class]| {
        let layout = Layout::choose(&without_balances(accounts), classes).unwrap();
        (layout.class().depth, layout.shard_count())
    };
    assert_eq!(chosen(1, &classes), (7, 1));
    assert_eq!(chosen(16_384, &classes), (7, 1));
    assert_eq!(chosen(16_385, &classes), (8, 1));
    assert_eq!(chosen(65_537, &classes), (9, 1));
    assert_eq!(chosen(262_145, &classes), (9, 2));
    assert_eq!(chosen(16_385, &[Class::SMALLEST]), (7, 2));
    assert_eq!(Layout::choose(&without_balances(1), &[]).unwrap_err(), LayoutError::NoClass);
}

#[test]
fn at_most_128_shards() {
    let full = 128 * CLASS.leaves();
    assert_eq!(Layout::new(&without_balances(full), CLASS).unwrap().shard_count(), 128);
    let over = without_balances(full + 1);
    let error = Layout::new(&over, CLASS).unwrap_err();
    assert_eq!(error, LayoutError::TooManyShards { leaves: 2_097_153, shards: 129, per_shard: 16_384 });
    let text = error.to_string();
    assert!(text.contains("2097153") && text.contains("129") && text.contains("128"), "{text}");
    assert!(Report::new(&over, &[CLASS]).is_err(), "a check does not pass what cannot be committed");
}

#[test]
fn nothing_and_unknown_classes_have_no_layout() {
    assert_eq!(Layout::new(&snapshot(&[]), CLASS).unwrap_err(), LayoutError::NoAccount);
    let class = Class::new(200);
    let refused = Refusal::CircuitClassUnsupported { depth: 200, assets: 128 };
    assert_eq!(Layout::new(&snapshot(&[1]), class).unwrap_err(), LayoutError::Class(refused));
}

/// A snapshot with a straddling account, and the roots that its proof would have.
fn proved() -> (Snapshot, Vec<Element>) {
    let snapshot = two_shards();
    let leaves = Leaves::new(&snapshot, CLASS, key()).unwrap();
    let roots = leaves.shards().map(|shard| shard.tree(CLASS).unwrap().root()).collect();
    (snapshot, roots)
}

fn expected<'a>(snapshot: &'a Snapshot, roots: &'a [Element]) -> Expected<'a> {
    Expected { exchange: EXCHANGE, epoch: EPOCH, class: CLASS, roots, assets: &snapshot.assets }
}

#[test]
fn every_account_gets_a_file_that_verifies() {
    let (snapshot, roots) = proved();
    let expected = expected(&snapshot, &roots);
    for account in [0, 1, straddling(&snapshot), 5_470].map(|number| &snapshot.accounts[number]) {
        let file = inclusion::make(&snapshot, &key(), &account.id, &expected).unwrap();
        let text = inclusion::text(&file).unwrap();
        let first = text.lines().next().unwrap();
        assert!(first.starts_with("{\"notice\":\"PRIVATE"), "{first}");
        let balances = InclusionFile::parse(&text).unwrap().verify(&account.id, &expected).unwrap();
        let units: Vec<u128> = balances.iter().map(|balance| balance.units).collect();
        let held: Vec<u128> = account.balances.iter().map(|slot| slot.balance.into()).collect();
        assert_eq!(units, held);
        for other in snapshot.accounts.iter().filter(|other| other.id != account.id) {
            assert!(!text.contains(&format!("\"{}\"", other.id)), "another customer's id is in the file");
        }
    }
}

#[test]
fn an_account_without_balances_is_included_too() {
    let snapshot = snapshot(&[0]);
    let leaves = Leaves::new(&snapshot, CLASS, key()).unwrap();
    let roots = [leaves.shard(0).unwrap().tree(CLASS).unwrap().root()];
    let file = inclusion::make(&snapshot, &key(), "customer-0", &expected(&snapshot, &roots)).unwrap();
    assert_eq!((file.leaves.len(), file.leaves[0].slots.len()), (1, 0));
}

#[test]
fn a_file_that_would_not_verify_is_not_made() {
    let (snapshot, roots) = proved();
    let good = expected(&snapshot, &roots);
    let account = straddling(&snapshot);
    let make = |snapshot: &Snapshot, key: &EpochKey, expected: &Expected<'_>| {
        inclusion::make(snapshot, key, &snapshot.accounts[account].id, expected).err().unwrap()
    };
    let mut changed = snapshot.clone();
    // Of everybody else, whichever shard they are in.
    let others = changed.accounts.iter_mut().enumerate().filter(|(number, _)| *number != account);
    others.for_each(|(_, account)| account.balances[0].balance += 1);
    let mismatch = |error| matches!(error, MakeError::Unverifiable(InclusionError::RootMismatch { .. }));
    assert!(mismatch(make(&changed, &key(), &good)));
    assert!(mismatch(make(&snapshot, &MasterSecret::new([8; 32]).epoch_key(&EXCHANGE, EPOCH), &good)));
    assert!(mismatch(make(&snapshot, &master().epoch_key(&EXCHANGE, EPOCH + 1), &good)));
    assert!(mismatch(make(&snapshot, &master().epoch_key(&[8; 32], EPOCH), &good)));
    let swapped = [roots[1], roots[0]];
    assert!(mismatch(make(&snapshot, &key(), &Expected { roots: &swapped, ..good.clone() })));
    let one = Expected { roots: &roots[..1], ..good.clone() };
    assert!(matches!(make(&snapshot, &key(), &one), MakeError::ShardCountMismatch { snapshot: 2, epoch: 1 }));
    let fewer = AssetList::new(snapshot.assets.as_slice()[..19].to_vec()).unwrap();
    let other = Expected { assets: &fewer, ..good.clone() };
    assert!(matches!(make(&snapshot, &key(), &other), MakeError::AssetsMismatch));
    let stranger = inclusion::make(&snapshot, &key(), "customer-5471", &good).err().unwrap();
    assert!(matches!(&stranger, MakeError::AccountUnknown { account } if account == "customer-5471"));
}
