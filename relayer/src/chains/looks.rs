//! What comes of having a chain look at reserve wallets, and in which parts it is shown what they hold.

use serde::Serialize;

/// What came of it on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Look {
    /// The chain looked now, at so many holdings.
    Looked { holdings: usize },
    /// A dry run: the chain would take the first of the transactions that show it these.
    WouldLook { shown: Vec<Shown> },
    /// The witness was closed before; `began` is when its first look was, Unix seconds.
    LookedBefore { holdings: u32, began: u64 },
    /// No wallet is registered, no token declared, or the wallets have no account that holds one.
    NothingToLookAt,
    /// The settings name no contract that looks.
    NotConfigured,
}

/// A holding, as the chain's tools write its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    pub wallet: String,
    /// Holds the balance; the wallet itself where the chain has no accounts beside it.
    pub account: String,
    pub token: String,
}

/// What one transaction shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a, T> {
    /// Begins the witness.
    pub first: bool,
    /// Closes it.
    pub last: bool,
    pub shown: &'a [T],
}

/// The parts in which `holdings` are shown, in order, at most `at_once` in each; none of nothing.
pub fn parts<T>(holdings: &[T], at_once: usize) -> impl Iterator<Item = Part<'_, T>> {
    let last = holdings.len().div_ceil(at_once).saturating_sub(1);
    let parts = holdings.chunks(at_once).enumerate();
    parts.map(move |(number, shown)| Part { first: number == 0, last: number == last, shown })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(count: usize, at_once: usize) -> Vec<(bool, bool, usize)> {
        let holdings: Vec<usize> = (0..count).collect();
        let parts: Vec<Part<'_, usize>> = parts(&holdings, at_once).collect();
        let shown: Vec<usize> = parts.iter().flat_map(|part| part.shown).copied().collect();
        assert_eq!(shown, holdings, "each is shown once, in order");
        parts.iter().map(|part| (part.first, part.last, part.shown.len())).collect()
    }

    #[test]
    fn only_the_first_part_begins_and_only_the_last_closes() {
        for at_once in [8, 50] {
            assert_eq!(of(0, at_once), []);
            assert_eq!(of(1, at_once), [(true, true, 1)]);
            assert_eq!(of(at_once, at_once), [(true, true, at_once)]);
            assert_eq!(of(at_once + 1, at_once), [(true, false, at_once), (false, true, 1)]);
            assert_eq!(of(2 * at_once, at_once), [(true, false, at_once), (false, true, at_once)]);
            let three = [(true, false, at_once), (false, false, at_once), (false, true, 3)];
            assert_eq!(of(2 * at_once + 3, at_once), three);
        }
    }
}
