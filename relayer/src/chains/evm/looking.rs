//! Has the contract look at the holdings of reserve wallets.

use alloy::{
    primitives::{Address, B256, Bytes},
    sol_types::SolCall,
};
use ballast_core::Digest;
use ballast_sdk::evm::bindings::Witnesses;

use super::{Evm, balances::read_evm, sender::Job};
use crate::{
    chains::{
        ChainError, ChainName, Look, Purpose,
        looks::{Part, Shown, parts},
    },
    reserves::ChainHoldings,
    store::Store,
};

/// Holdings of one transaction: a token may take a good part of a block's gas to answer.
const HOLDINGS_AT_ONCE: usize = 50;

impl Evm {
    /// Shows the contract every holding in ascending order, and closes the witness; without a store, simulates the first part.
    pub(super) async fn look(&self, store: Option<&Store>, exchange: &Digest, epoch: u64) -> Result<Look, ChainError> {
        let Some(to) = self.settings.witnesses else { return Ok(Look::NotConfigured) };
        if let Some(closed) = self.client.observation(exchange, epoch).await?.filter(|witness| witness.closed) {
            return Ok(Look::LookedBefore { holdings: closed.holdings, began: closed.began });
        }
        let (wallets, tokens) = (self.client.wallets(exchange).await?, self.client.tokens(exchange).await?);
        let holdings = in_order(&read_evm(&self.settings, &wallets, &tokens).await?)?;
        if holdings.is_empty() {
            return Ok(Look::NothingToLookAt);
        }
        let signer = self.poster_key()?;
        for part in parts(&holdings, HOLDINGS_AT_ONCE) {
            let job = job(to, exchange, epoch, part);
            match store {
                Some(store) => self.sender(store).run(&signer, &job).await?,
                None => {
                    self.node.simulate(signer.address(), &job).await?;
                    return Ok(Look::WouldLook { shown: holdings.iter().map(shown).collect() });
                }
            }
        }
        Ok(Look::Looked { holdings: holdings.len() })
    }
}

fn job(to: Address, exchange: &Digest, epoch: u64, part: Part<'_, Witnesses::Holding>) -> Job {
    let call = Witnesses::witnessCall {
        exchangeId: B256::from(*exchange),
        epoch,
        first: part.first,
        last: part.last,
        holdings: part.shown.to_vec(),
    };
    Job { purpose: Purpose::Look, epoch: Some(epoch), shard: None, to, input: Bytes::from(call.abi_encode()) }
}

fn shown(holding: &Witnesses::Holding) -> Shown {
    let [wallet, token] = [holding.wallet, holding.token].map(|address| address.to_string());
    Shown { account: wallet.clone(), wallet, token }
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
