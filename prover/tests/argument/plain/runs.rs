//! Rows of which neighbours are mostly equal: nearly all leaves of the tests' tables are unused and
//! alike, and so are the nodes above them.

use std::ops::Range;

use rayon::prelude::*;

/// With fewer rows one thread is faster.
pub const MANY: usize = 1 << 9;

/// Rows; those that follow one another and are equal are held once, but where [`Runs::map`] and
/// [`Runs::join`] made them equal.
pub struct Runs<T>(Vec<Run<T>>);

struct Run<T> {
    end: usize,
    row: T,
}

/// Rows 2 i and 2 i + 1 for each i of a range.
pub struct Pairs<'a, T> {
    pub range: Range<usize>,
    pub even: &'a T,
    pub odd: &'a T,
}

impl<T: Copy + PartialEq + Send + Sync> Runs<T> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.0.last().map_or(0, |run| run.end)
    }

    pub fn first(&self) -> T {
        self.0[0].row
    }

    /// Adds `count` rows.
    fn extend(&mut self, count: usize, row: T) {
        let end = self.len() + count;
        match self.0.last_mut() {
            Some(last) if last.row == row => last.end = end,
            _ => self.0.push(Run { end, row }),
        }
    }

    pub fn append(&mut self, other: Self) {
        let mut start = 0;
        for run in other.0 {
            self.extend(run.end - start, run.row);
            start = run.end;
        }
    }

    /// Another row for each.
    pub fn map<U: Send>(&self, row: impl Fn(&T) -> U + Sync) -> Runs<U> {
        Runs(self.0.par_iter().with_min_len(MANY).map(|run| Run { end: run.end, row: row(&run.row) }).collect())
    }

    /// A row for every two.
    pub fn join<U: Send>(&self, row: impl Fn(&T, &T) -> U + Sync) -> Runs<U> {
        let join = |pairs: &Pairs<T>| Run { end: pairs.range.end, row: row(pairs.even, pairs.odd) };
        Runs(self.pairs().par_iter().with_min_len(MANY).map(join).collect())
    }

    /// All rows, an even number, two by two.
    pub fn pairs(&self) -> Vec<Pairs<'_, T>> {
        let mut pairs = Vec::with_capacity(self.0.len());
        let mut start = 0;
        for (number, Run { end, row }) in self.0.iter().enumerate() {
            if end / 2 > start {
                pairs.push(Pairs { range: start..end / 2, even: row, odd: row });
                start = end / 2;
            }
            if end % 2 == 1 {
                pairs.push(Pairs { range: start..start + 1, even: row, odd: &self.0[number + 1].row });
                start += 1;
            }
        }
        pairs
    }
}

impl<T: Copy + PartialEq + Send + Sync> FromIterator<T> for Runs<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        let mut runs = Self(Vec::new());
        rows.into_iter().for_each(|row| runs.extend(1, row));
        runs
    }
}

#[test]
fn pairs_are_those_of_the_rows() {
    for rows in [vec![1, 1], vec![1, 2], vec![1, 1, 1, 2], vec![1, 2, 2, 2, 2, 2, 3, 1], vec![4; 16]] {
        let runs: Runs<i32> = rows.iter().copied().collect();
        let mut found = Vec::new();
        for pairs in runs.pairs() {
            assert_eq!(2 * pairs.range.start, found.len());
            found.extend([*pairs.even, *pairs.odd].repeat(pairs.range.len()));
        }
        assert_eq!((found, runs.len()), (rows.clone(), rows.len()));
    }
}
