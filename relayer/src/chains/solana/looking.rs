//! Has the program look at the holdings of reserve wallets.

use ballast_core::Digest;
use ballast_sdk::solana::instruction::{HOLDINGS_AT_ONCE, Holding, Look};
use solana_sdk::{pubkey::Pubkey, signer::Signer};

use super::{Solana, balances::read_solana, posting::no_bar, sender::Job};
use crate::{
    chains::{ChainError, ChainName, Purpose},
    reserves::ChainHoldings,
    store::Store,
};

impl Solana {
    /// Shows the program every holding in ascending order, and closes the witness.
    pub(super) async fn look(&self, store: &Store, exchange: &Digest, epoch: u64) -> Result<usize, ChainError> {
        if self.current.witness(exchange, epoch).await?.is_some_and(|witness| witness.closed) {
            return Ok(0);
        }
        let (wallets, tokens) = (self.current.wallets(exchange).await?, self.current.tokens(exchange).await?);
        let holdings = in_order(&read_solana(&self.settings, &wallets, &tokens).await?)?;
        let signer = self.poster_key()?;
        let last = holdings.len().div_ceil(HOLDINGS_AT_ONCE).saturating_sub(1);
        for (part, shown) in holdings.chunks(HOLDINGS_AT_ONCE).enumerate() {
            let look = Look { epoch, first: part == 0, last: part == last };
            let job = Job {
                purpose: Purpose::Look,
                epoch: Some(epoch),
                shard: None,
                instructions: vec![self.program.witness_reserves(&signer.pubkey(), exchange, &look, shown)],
                cosigner: None,
            };
            self.sender(store).run(&signer, &[job], &no_bar()).await?;
        }
        Ok(holdings.len())
    }
}

/// In the order in which the program takes them.
fn in_order(read: &ChainHoldings) -> Result<Vec<Holding>, ChainError> {
    let address = |text: &str| {
        text.parse::<Pubkey>().map_err(|_| ChainError::Unexpected {
            chain: ChainName::Solana,
            what: format!("{text:?}"),
            reason: "it is no address".into(),
        })
    };
    let mut holdings = Vec::new();
    for holding in read.to_look_at() {
        let (account, wallet) = (address(&holding.account)?, address(&holding.wallet)?);
        holdings.push(Holding { account, wallet, mint: address(&holding.token)? });
    }
    holdings.sort_unstable();
    Ok(holdings)
}
