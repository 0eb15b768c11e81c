//! Has the contract look at the holdings of reserve wallets.

use alloy::{
    primitives::{Address, B256, Bytes},
    sol_types::SolCall,
};
use ballast_core::Digest;
use ballast_sdk::evm::bindings::Witnesses;

use super::{Evm, balances::read_evm, sender::Job};
use crate::{
    chains::{ChainError, ChainName, Purpose},
    reserves::ChainHoldings,
    store::Store,
};

/// Holdings of one transaction: a token may take a good part of a block's gas to answer.
const HOLDINGS_AT_ONCE: usize = 50;

impl Evm {
    /// Shows the contract every holding in ascending order, and closes the witness.
    pub(super) async fn look(&self, store: &Store, exchange: &Digest, epoch: u64) -> Result<usize, ChainError> {
        if self.settings.witnesses.is_none()
            || self.client.witness(exchange, epoch).await?.is_some_and(|witness| witness.closed)
        {
            return Ok(0);
        }
        let (wallets, tokens) = (self.client.wallets(exchange).await?, self.client.tokens(exchange).await?);
        let holdings = in_order(&read_evm(&self.settings, &wallets, &tokens).await?)?;
        let (signer, witnesses) = (self.poster_key()?, self.witnesses()?);
        let last = holdings.len().div_ceil(HOLDINGS_AT_ONCE).saturating_sub(1);
        for (part, shown) in holdings.chunks(HOLDINGS_AT_ONCE).enumerate() {
            let call = Witnesses::witnessCall {
                exchangeId: B256::from(*exchange),
                epoch,
                first: part == 0,
                last: part == last,
                holdings: shown.to_vec(),
            };
            let input = Bytes::from(call.abi_encode());
            let job = Job { purpose: Purpose::Look, epoch: Some(epoch), shard: None, to: witnesses, input };
            self.sender(store).run(&signer, &job).await?;
        }
        Ok(holdings.len())
    }
}

/// In the order in which the contract takes them.
fn in_order(read: &ChainHoldings) -> Result<Vec<Witnesses::Holding>, ChainError> {
    let address = |text: &str| {
        text.parse::<Address>().map_err(|_| ChainError::Unexpected {
            chain: ChainName::Evm,
            what: format!("{text:?}"),
            reason: "it is no address".into(),
        })
    };
    let mut holdings = Vec::new();
    for holding in read.to_look_at() {
        holdings.push(Witnesses::Holding { token: address(&holding.token)?, wallet: address(&holding.wallet)? });
    }
    holdings.sort_unstable_by_key(|holding| (holding.token, holding.wallet));
    Ok(holdings)
}
