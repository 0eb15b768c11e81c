//! What hides: two arguments of the same leaves have nothing in common but what they say.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use ballast_core::opening::CHUNKS;
use ballast_prover::{
    argument::prover,
    encoding::point_halves,
    kzg::BLINDERS,
    phases::Phases,
    table::{self, Table},
};

use crate::{
    fixture::{Argument, CLASS, CONTEXT, check, honest, leaves, rng, srs, table},
    plain::{self, Blinders, Strategy, commit_chunks},
};

/// The honest argument for the fixture's leaves, with random entries and blinders from these seeds.
fn argue(entries: u8, blinders: u8) -> Argument {
    let (table, hashes) = Table::new(CLASS.depth, &leaves(), &mut rng(entries));
    let (context, totals) = (CONTEXT.map(Fr::from), table.totals(128));
    prover::prove(srs(), context, totals, &table, hashes, &mut rng(blinders), &mut Phases::default()).unwrap()
}

#[test]
fn both_provers_send_the_same() {
    // With the blinders that the fixture's seed gives, over the same random entries.
    let table = plain::Table::of(&table().0);
    let (claim, messages) = Strategy { blinders: Blinders::new(2), ..Strategy::honest(&table) }.prove();
    assert!(messages == honest().1);
    assert_eq!(claim.points, honest().0.points);
    assert_eq!((claim.root, claim.totals), (honest().0.root, honest().0.totals.clone()));
}

#[test]
fn two_arguments_of_one_shard_share_neither_points_nor_scalars() {
    let (first, second) = (check(honest()).unwrap(), check(&argue(3, 4)).unwrap());
    assert_eq!((first.root(), first.totals()), (second.root(), second.totals()));
    let (first, second) = (first.opening(), second.opening());
    for (number, (a, b)) in first.points.iter().zip(&second.points).enumerate() {
        assert_ne!(a, b, "point {number}");
    }
    for (number, (a, b)) in first.scalars.iter().zip(&second.scalars).enumerate() {
        assert_ne!(a, b, "scalar {number}");
    }
}

#[test]
fn every_chunk_is_blinded_by_its_own_coefficients() {
    let table = plain::Table::of(&table().0);
    let own = Blinders::new(2);
    let points =
        |blinders: &Blinders| -> Vec<[Fr; 4]> { commit_chunks(&table, blinders).iter().map(point_halves).collect() };
    let sent = &honest().0.points[..CHUNKS];
    assert_eq!(points(&own), sent);
    for place in 0..BLINDERS {
        let mut fewer = own.clone();
        fewer.0.iter_mut().for_each(|blinders| blinders[place] = Fr::ZERO);
        assert!(points(&fewer).iter().zip(sent).all(|(a, b)| a != b), "coefficient {place}");
    }
    let mut all = own.0.concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), CHUNKS * BLINDERS);
}

#[test]
fn blinders_alone_change_every_point() {
    let other = argue(1, 5);
    assert!(honest().0.points.iter().zip(&other.0.points).all(|(a, b)| a != b));
    assert_eq!(check(&other).unwrap().root(), check(honest()).unwrap().root());
}

#[test]
fn tables_of_the_same_leaves_differ_where_there_is_no_node() {
    let table = |seed| Table::new(CLASS.depth, &leaves(), &mut rng(seed)).0;
    let (first, second) = (table(1), table(2));
    let table::Table { limbs, tags, multiplicities, .. } = &first;
    assert!(*limbs == second.limbs && *tags == second.tags && *multiplicities == second.multiplicities);
    let rows = first.rows();
    let different: Vec<usize> = (0..2 * rows).filter(|x| first.tree[*x] != second.tree[*x]).collect();
    // The four last of the lower half, and what is hashed from them: numbers with an even number of
    // bits, so no nodes.
    let mut expected: Vec<usize> = (rows - 4..rows).collect();
    expected.extend(std::iter::successors(Some(rows / 4 - 1), |x| Some(x / 4).filter(|x| *x > 0)));
    expected.sort_unstable();
    assert_eq!(different, expected);
    assert!(expected.iter().all(|x| (usize::BITS - x.leading_zeros()) % 2 == 0));
    assert!(first.tree[rows - 4..rows].iter().all(|entry| *entry != Fr::ZERO));
}

#[test]
fn random_entries_alone_change_the_opening() {
    // The blinders are the same: so are all commitments but that of the chunk with the lower half
    // of the tree.
    let other = argue(6, 2);
    let (before, after) = (&honest().0.points, &other.0.points);
    let same: Vec<usize> = (0..CHUNKS + 3).filter(|number| before[*number] == after[*number]).collect();
    let expected: Vec<usize> = (0..CHUNKS).filter(|number| *number != table::layout::TREE_LOW / 4).collect();
    assert_eq!(same, expected);
}
