//! Has the contract look at the holdings of reserve wallets.

use alloy::{
    primitives::{Address, B256, Bytes},
    signers::local::PrivateKeySigner,
    sol_types::SolCall,
};
use async_trait::async_trait;
use ballast_sdk::{
    evm::bindings::Witnesses,
    observation::{Token, Wallet},
};

use super::{Evm, balances::read_evm, sender::Job};
use crate::{
    chains::{
        About, ChainError, Purpose,
        looks::{Look, ShownHolding, Shows},
    },
    store::Store,
};

#[async_trait]
impl Shows for Evm {
    type Signer = PrivateKeySigner;
    type Holding = Witnesses::Holding;
    /// A token may take a good part of a block's gas to answer.
    const AT_ONCE: usize = 50;

    fn signer(&self) -> Result<PrivateKeySigner, ChainError> {
        self.poster_key()
    }

    async fn holdings(&self, wallets: &[Wallet], tokens: &[Token]) -> Result<Vec<Witnesses::Holding>, ChainError> {
        let mut holdings = Vec::new();
        for holding in read_evm(&self.settings, wallets, tokens).await?.to_look_at() {
            let (token, wallet) = (self.parse(&holding.token)?, self.parse(&holding.wallet)?);
            holdings.push(Witnesses::Holding { token, wallet });
        }
        holdings.sort_unstable_by_key(|holding| (holding.token, holding.wallet));
        Ok(holdings)
    }

    async fn show(
        &self,
        signer: &PrivateKeySigner,
        store: Option<&Store>,
        look: Look<'_, Witnesses::Holding>,
    ) -> Result<(), ChainError> {
        let job = job(self.witnesses()?, look);
        match store {
            Some(store) => self.sender(store).run(signer, &job).await,
            None => self.node.simulate(signer.address(), &job).await,
        }
    }

    fn told(holding: &Witnesses::Holding) -> ShownHolding {
        let [wallet, token] = [holding.wallet, holding.token].map(|address| address.to_string());
        ShownHolding { account: wallet.clone(), wallet, token }
    }
}

fn job(to: Address, look: Look<'_, Witnesses::Holding>) -> Job {
    let Look { exchange, epoch, part } = look;
    let call = Witnesses::witnessCall {
        exchangeId: B256::from(*exchange),
        epoch,
        first: part.first,
        last: part.last,
        holdings: part.shown.to_vec(),
    };
    let about = About { purpose: Purpose::Look, epoch: Some(epoch), shard: None };
    Job { about, to, input: Bytes::from(call.abi_encode()) }
}
