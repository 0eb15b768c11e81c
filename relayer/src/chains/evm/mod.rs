//! The EVM chain: one transaction a shard.
//!
//! | module | holds |
//! | --- | --- |
//! | [`balances`] | what wallets hold, all at one block |
//! | [`sender`] | simulate, sign, write down, send, wait for confirmations |
//! | [`node`] | the connection, and errors that do not show its address |
//! | [`governing`] | the authority's calls |
//! | [`looking`] | looks at reserve wallets |

pub mod balances;
mod governing;
mod looking;
mod node;
mod sender;

pub use governing::signature_deadline;

use alloy::{
    primitives::{B256, Bytes},
    signers::local::PrivateKeySigner,
    sol_types::SolCall,
};
use async_trait::async_trait;
use ballast_core::{Digest, rules::Unfinished};
use ballast_sdk::{
    Client,
    chain::Address,
    evm::{EvmBlock, EvmOptions, EvmReader, bindings::Reserves},
};

use super::{
    About, Action, ChainError, ChainName, Destination, LookOutcome, Purpose, Purse, ReadableChain, looks::look,
};
use crate::{
    config, crash,
    events::{Event, Events, Stage},
    plan::ProvedEpoch,
    store::Store,
};
use node::EvmRpc;
use sender::{Job, Sender};

/// The contract on one chain.
pub struct Evm {
    settings: config::Evm,
    /// At the block that the settings ask for: what it says will stay.
    client: Client,
    /// At the latest block: where the chain stands now.
    current: Client,
    node: EvmRpc,
    /// EIP-155.
    chain_id: u64,
    events: Events,
}

impl Evm {
    /// Connects and finds the contract. What becomes of transactions is told to `events`.
    ///
    /// # Errors
    /// When the node does not answer, or there is no contract.
    pub async fn connect(settings: &config::Evm, events: &Events) -> Result<Self, ChainError> {
        let (from_block, witnesses) = (settings.from_block, settings.witnesses);
        let options = EvmOptions { block: EvmBlock::Latest, from_block, witnesses, ..EvmOptions::default() };
        let current = EvmReader::connect(settings.rpc_url.as_str(), settings.contract, options).await?;
        let client = Client::new(current.at(settings.block));
        let node = EvmRpc::new(&settings.rpc_url)?;
        let chain_id = node.chain_id().await?;
        let (settings, current, events) = (settings.clone(), Client::new(current), events.clone());
        Ok(Self { settings, client, current, node, chain_id, events })
    }

    fn poster_key(&self) -> Result<PrivateKeySigner, ChainError> {
        let (key, password) = (self.settings.poster.as_deref(), self.settings.poster_password.as_deref());
        Ok(ballast_keys::read_evm(key, password, "evm.poster", "evm.poster_password")?)
    }

    fn authority_key(&self) -> Result<PrivateKeySigner, ChainError> {
        let (key, password) = (self.settings.authority.as_deref(), self.settings.authority_password.as_deref());
        Ok(ballast_keys::read_evm(key, password, "evm.authority", "evm.authority_password")?)
    }

    fn sender<'a>(&'a self, store: &'a Store) -> Sender<'a> {
        Sender { node: &self.node, settings: &self.settings, store, events: &self.events }
    }

    fn job(&self, epoch: &ProvedEpoch, shard: u16) -> Result<Job, ChainError> {
        let post = epoch.posts.get(usize::from(shard)).ok_or_else(|| ChainError::Unexpected {
            chain: ChainName::Evm,
            what: format!("shard {shard} of epoch {}", epoch.plan.epoch),
            reason: "there is no such shard".into(),
        })?;
        let call = Reserves::postShardCall { exchangeId: B256::from(epoch.plan.exchange), post: post.into() };
        Ok(Job {
            about: About::shard(Purpose::PostShard, epoch.plan.epoch, shard),
            to: self.settings.contract,
            input: Bytes::from(call.abi_encode()),
        })
    }
}

impl ReadableChain for Evm {
    fn client(&self) -> &Client {
        &self.client
    }
}

#[async_trait]
impl Destination for Evm {
    async fn identity(&self) -> Result<String, ChainError> {
        let (id, genesis) = self.node.identity().await?;
        Ok(format!("chain {id}, genesis {genesis}, contract {}", self.settings.contract))
    }

    fn current(&self) -> &Client {
        &self.current
    }

    fn confirmed(&self) -> &Client {
        &self.current
    }

    async fn unfinished(&self, exchange: &Digest) -> Result<Option<Unfinished>, ChainError> {
        let contract = Reserves::new(self.settings.contract, &self.node.provider);
        let pending = contract.pendingEpoch(B256::from(*exchange)).call().await;
        let pending = pending.map_err(|error| self.node.contract_error("the unfinished epoch", &error))?;
        let begun = pending.shardsDone > 0;
        Ok(begun.then_some(Unfinished { first: pending.firstContext.0, shards_done: pending.shardsDone }))
    }

    fn poster(&self) -> Result<Address, ChainError> {
        Ok(Address::Evm(self.poster_key()?.address()))
    }

    fn authority(&self) -> Result<Address, ChainError> {
        Ok(Address::Evm(self.authority_key()?.address()))
    }

    async fn purse(&self, epoch: &ProvedEpoch, first: u16) -> Result<Purse, ChainError> {
        let address = self.poster_key()?.address();
        let balance = self.node.balance(address).await?;
        let job = self.job(epoch, first)?;
        let gas = self.node.gas(address, &job, self.settings.gas_margin_percent).await?;
        let fees = self.node.fees(self.settings.max_fee_per_gas).await?;
        let shards = u128::from(epoch.plan.shard_count - first.min(epoch.plan.shard_count));
        let needed = u128::from(gas).saturating_mul(fees.max_fee_per_gas).saturating_mul(shards);
        Ok(Purse { address: Address::Evm(address), balance, needed })
    }

    async fn settle(&self, store: &Store) -> Result<(), ChainError> {
        // Whichever keys there are: without them what is in flight is sent as it is.
        let keys = [self.poster_key(), self.authority_key()].into_iter().flatten().collect::<Vec<_>>();
        self.sender(store).settle(&keys).await
    }

    async fn submit(&self, store: &Store, epoch: &ProvedEpoch, shard: u16) -> Result<(), ChainError> {
        let stage = Stage::PostShard { chain: ChainName::Evm, epoch: epoch.plan.epoch, shard };
        let _running = self.events.begin(stage, None);
        let signer = self.poster_key()?;
        self.sender(store).run(&signer, &self.job(epoch, shard)?).await
    }

    async fn confirm(&self, _store: &Store, epoch: &ProvedEpoch) -> Result<(), ChainError> {
        let latest = self.current.exchange(&epoch.plan.exchange).await?.latest_epoch();
        if latest < epoch.plan.epoch {
            let what = format!("epoch {}", epoch.plan.epoch);
            let waited = format!("{} confirmations", self.settings.confirmations);
            return Err(ChainError::Unsettled { chain: ChainName::Evm, what, waited });
        }
        self.events.emit(Event::EpochPosted { chain: ChainName::Evm, epoch: epoch.plan.epoch });
        crash::point("evm-epoch-posted");
        Ok(())
    }

    async fn witness(&self, store: Option<&Store>, exchange: &Digest, epoch: u64) -> Result<LookOutcome, ChainError> {
        match self.settings.witnesses {
            Some(_) => look(self, store, exchange, epoch).await,
            None => Ok(LookOutcome::NotConfigured),
        }
    }

    async fn govern(&self, store: &Store, exchange: &Digest, action: &Action) -> Result<usize, ChainError> {
        let signer = self.authority_key()?;
        self.sender(store).run(&signer, &self.call(exchange, action)?).await?;
        Ok(1)
    }

    async fn rehearse(&self, exchange: &Digest, action: &Action) -> Result<(), ChainError> {
        self.node.simulate(self.authority_key()?.address(), &self.call(exchange, action)?).await
    }
}
