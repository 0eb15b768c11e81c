//! Has the program look at the holdings of reserve wallets.

use ballast_core::Digest;
use ballast_ledger::reserves::Holding as Read;
use ballast_sdk::solana::instruction::{HOLDINGS_AT_ONCE, Holding, Look};
use solana_sdk::{pubkey::Pubkey, signer::Signer};

use super::{Solana, balances::read_solana, posting::no_bar, sender::Job};
use crate::{
    chains::{ChainError, Purpose},
    store::Store,
};

/// One holding as the program is shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub wallet: Pubkey,
    /// Where the balance is: the wallet itself, or its token account.
    pub account: Pubkey,
    /// The mint; zero for lamports.
    pub mint: Pubkey,
    pub balance: u128,
}

impl Solana {
    /// Shows the program every holding in ascending order, and closes the witness.
    pub(super) async fn look(&self, store: &Store, exchange: &Digest, epoch: u64) -> Result<usize, ChainError> {
        if self.current.witness(exchange, epoch).await?.is_some_and(|witness| witness.closed) {
            return Ok(0);
        }
        let (wallets, tokens) = (self.current.wallets(exchange).await?, self.current.tokens(exchange).await?);
        let read = read_solana(&self.settings, &wallets, &tokens).await?;
        let holdings = in_order(read.holdings.iter().chain(&read.empty).filter_map(shown).collect());
        let signer = self.poster_key()?;
        let poster = signer.pubkey();
        let last = holdings.len().div_ceil(HOLDINGS_AT_ONCE).saturating_sub(1);
        for (part, shown) in holdings.chunks(HOLDINGS_AT_ONCE).enumerate() {
            let named: Vec<Holding> = shown
                .iter()
                .map(|shown| Holding { account: shown.account, wallet: shown.wallet, mint: shown.mint })
                .collect();
            let look = Look { epoch, first: part == 0, last: part == last };
            let look = self.program.witness_reserves(&poster, exchange, &look, &named);
            let job = Job {
                purpose: Purpose::Look,
                epoch: Some(epoch),
                shard: None,
                instructions: vec![look],
                cosigner: None,
            };
            self.sender(store).run(&signer, &[job], &no_bar()).await?;
        }
        Ok(holdings.len())
    }
}

fn shown(holding: &Read) -> Option<Shown> {
    let address = |text: &str| text.parse().ok();
    let (wallet, account) = (address(&holding.wallet)?, address(&holding.account)?);
    Some(Shown { wallet, account, mint: address(&holding.token)?, balance: holding.balance })
}

/// Those that the program must see: what holds something, and one of each other mint, which is then known to be empty. In
/// the order in which it takes them.
fn in_order(mut holdings: Vec<Shown>) -> Vec<Shown> {
    holdings.sort_by_key(|shown| shown.account);
    let mut empty: Vec<Pubkey> = Vec::new();
    let full: Vec<Pubkey> = holdings.iter().filter(|shown| shown.balance > 0).map(|shown| shown.mint).collect();
    holdings.retain(|shown| {
        let first = shown.balance > 0 || !full.contains(&shown.mint) && !empty.contains(&shown.mint);
        if shown.balance == 0 && first {
            empty.push(shown.mint);
        }
        first
    });
    holdings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_accounts_are_shown_where_nothing_else_is() {
        let key = |byte: u8| Pubkey::new_from_array([byte; 32]);
        let shown = |account, mint, balance| Shown { wallet: key(1), account: key(account), mint: key(mint), balance };
        let all = vec![shown(9, 1, 0), shown(7, 1, 5), shown(8, 2, 0), shown(3, 2, 0), shown(4, 3, 1), shown(2, 3, 2)];
        let expected = vec![shown(2, 3, 2), shown(3, 2, 0), shown(4, 3, 1), shown(7, 1, 5)];
        assert_eq!(in_order(all), expected);
        assert!(in_order(vec![]).is_empty());
    }
}
