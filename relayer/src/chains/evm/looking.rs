//! Has the contract look at the holdings of reserve wallets.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::SolCall,
};
use ballast_core::Digest;
use ballast_ledger::reserves::Holding as Read;
use ballast_sdk::evm::bindings::Witnesses;

use super::{Evm, balances::read_evm, sender::Job};
use crate::{
    chains::{ChainError, Purpose},
    store::Store,
};

/// Holdings of one transaction: a token may take a good part of a block's gas to answer.
const HOLDINGS_AT_ONCE: usize = 50;

/// One holding as the contract is shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Zero for native coin.
    pub token: Address,
    pub wallet: Address,
    pub balance: U256,
}

impl Evm {
    /// Shows the contract every holding in ascending order, and closes the witness.
    pub(super) async fn look(&self, store: &Store, exchange: &Digest, epoch: u64) -> Result<usize, ChainError> {
        if self.settings.witnesses.is_none()
            || self.client.witness(exchange, epoch).await?.is_some_and(|witness| witness.closed)
        {
            return Ok(0);
        }
        let (wallets, tokens) = (self.client.wallets(exchange).await?, self.client.tokens(exchange).await?);
        let read = read_evm(&self.settings, &wallets, &tokens).await?;
        let holdings = in_order(read.holdings.iter().chain(&read.empty).filter_map(shown).collect());
        let (signer, witnesses) = (self.poster_key()?, self.witnesses()?);
        let last = holdings.len().div_ceil(HOLDINGS_AT_ONCE).saturating_sub(1);
        for (part, shown) in holdings.chunks(HOLDINGS_AT_ONCE).enumerate() {
            let named = shown.iter().map(|shown| Witnesses::Holding { token: shown.token, wallet: shown.wallet });
            let call = Witnesses::witnessCall {
                exchangeId: B256::from(*exchange),
                epoch,
                first: part == 0,
                last: part == last,
                holdings: named.collect(),
            };
            let job = Job {
                purpose: Purpose::Look,
                epoch: Some(epoch),
                shard: None,
                to: witnesses,
                input: Bytes::from(call.abi_encode()),
            };
            self.sender(store).run(&signer, &job).await?;
        }
        Ok(holdings.len())
    }
}

fn shown(holding: &Read) -> Option<Shown> {
    let address = |text: &str| text.parse().ok();
    let (token, wallet) = (address(&holding.token)?, address(&holding.wallet)?);
    Some(Shown { token, wallet, balance: U256::from(holding.balance) })
}

/// Those that the contract must see: what holds something, and one of each other token, which is then known to be empty. In
/// the order in which it takes them.
fn in_order(mut holdings: Vec<Shown>) -> Vec<Shown> {
    holdings.sort_by_key(|shown| (shown.token, shown.wallet));
    let full: Vec<Address> =
        holdings.iter().filter(|shown| !shown.balance.is_zero()).map(|shown| shown.token).collect();
    let mut before = None;
    holdings.retain(|shown| {
        let new = before != Some(shown.token);
        let kept = !shown.balance.is_zero() || new && !full.contains(&shown.token);
        before = Some(shown.token);
        kept
    });
    holdings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_wallets_are_shown_where_nothing_else_is() {
        let address = |byte: u8| Address::from([byte; 20]);
        let shown = |token, wallet, balance| Shown {
            token: address(token),
            wallet: address(wallet),
            balance: U256::from(balance),
        };
        let all = vec![shown(2, 9, 0), shown(2, 8, 5), shown(1, 7, 0), shown(1, 6, 0), shown(3, 1, 1), shown(0, 9, 2)];
        let expected = vec![shown(0, 9, 2), shown(1, 6, 0), shown(2, 8, 5), shown(3, 1, 1)];
        assert_eq!(in_order(all), expected);
        assert!(in_order(vec![]).is_empty());
    }
}
