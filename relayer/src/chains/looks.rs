//! Has a chain look at reserve wallets: in which parts it is shown what they hold, and what comes
//! of it.

use std::str::FromStr;

use async_trait::async_trait;
use ballast_core::Digest;
use ballast_sdk::observation::{Token, Wallet};
use serde::Serialize;

use super::{ChainError, Destination};
use crate::store::Store;

/// What came of it on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum LookOutcome {
    /// The chain looked now, at so many holdings.
    Looked { holdings: usize },
    /// A dry run: the chain would take the first of the transactions that show it these.
    WouldLook { shown: Vec<ShownHolding> },
    /// The witness was closed before; `began` is when its first look was, Unix seconds.
    LookedBefore { holdings: u32, began: u64 },
    /// No wallet is registered, no token declared, or the wallets have no account that holds one.
    NothingToLookAt,
    /// The settings name no contract that looks.
    NotConfigured,
}

/// A holding, as the chain's tools write its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownHolding {
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

/// One transaction's part of a look at an exchange's holdings for one epoch.
pub(super) struct Look<'a, T> {
    pub exchange: &'a Digest,
    pub epoch: u64,
    pub part: Part<'a, T>,
}

/// The parts in which `holdings` are shown, in order, at most `at_once` in each; none of nothing.
pub fn parts<T>(holdings: &[T], at_once: usize) -> impl Iterator<Item = Part<'_, T>> {
    let last = holdings.len().div_ceil(at_once).saturating_sub(1);
    let parts = holdings.chunks(at_once).enumerate();
    parts.map(move |(number, shown)| Part { first: number == 0, last: number == last, shown })
}

/// How a chain is shown holdings.
#[async_trait]
pub(super) trait Shows: Destination {
    type Signer: Send + Sync;
    type Holding: Send + Sync;
    /// Holdings of one transaction.
    const AT_ONCE: usize;

    /// The poster's key.
    fn signer(&self) -> Result<Self::Signer, ChainError>;

    /// What the wallets hold, in the order in which the chain takes it.
    async fn holdings(&self, wallets: &[Wallet], tokens: &[Token]) -> Result<Vec<Self::Holding>, ChainError>;

    /// Shows the chain one part; without a store, simulates that.
    async fn show(
        &self,
        signer: &Self::Signer,
        store: Option<&Store>,
        look: Look<'_, Self::Holding>,
    ) -> Result<(), ChainError>;

    /// An address as a reader of balances wrote it.
    fn parse<T: FromStr>(&self, text: &str) -> Result<T, ChainError> {
        text.parse().map_err(|_| ChainError::Unexpected {
            chain: self.name(),
            what: format!("{text:?}"),
            reason: "it is no address".into(),
        })
    }

    /// A holding for people.
    fn told(holding: &Self::Holding) -> ShownHolding;
}

/// Shows the chain every holding in ascending order, and closes the witness; without a store,
/// simulates the first part.
pub(super) async fn look<C: Shows>(
    chain: &C,
    store: Option<&Store>,
    exchange: &Digest,
    epoch: u64,
) -> Result<LookOutcome, ChainError> {
    let client = chain.current();
    if let Some(closed) = client.observation(exchange, epoch).await?.filter(|witness| witness.closed) {
        return Ok(LookOutcome::LookedBefore { holdings: closed.holdings, began: closed.began });
    }
    let (wallets, tokens) = (client.wallets(exchange).await?, client.tokens(exchange).await?);
    let holdings = chain.holdings(&wallets, &tokens).await?;
    if holdings.is_empty() {
        return Ok(LookOutcome::NothingToLookAt);
    }
    let signer = chain.signer()?;
    for part in parts(&holdings, C::AT_ONCE) {
        chain.show(&signer, store, Look { exchange, epoch, part }).await?;
        if store.is_none() {
            return Ok(LookOutcome::WouldLook { shown: holdings.iter().map(C::told).collect() });
        }
    }
    Ok(LookOutcome::Looked { holdings: holdings.len() })
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
