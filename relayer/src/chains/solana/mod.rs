//! Solana: a post is too large for a transaction, so it goes through a buffer account written in
//! pieces.
//!
//! | module | holds |
//! | --- | --- |
//! | [`balances`] | what wallets hold, all at one slot |
//! | [`budget`] | compute units, from a simulation |
//! | [`sender`] | sign, write down, send, confirm |
//! | [`node`] | the connection, and errors that do not show its address |
//! | [`buffer`] | the buffer of a post, and pieces of it |
//! | [`posting`] | one shard, step by step |
//! | [`governing`] | the authority's instructions |
//! | [`looking`] | looks at reserve wallets |

pub mod balances;
mod budget;
mod buffer;
mod governing;
mod looking;
mod node;
mod posting;
mod sender;

use async_trait::async_trait;
use ballast_core::{Digest, rules::Unfinished};
use ballast_sdk::{
    Client,
    chain::Address,
    solana::{SolanaOptions, SolanaReader, instruction::Program},
};
use solana_commitment_config::CommitmentConfig;
use solana_sdk::{signature::Keypair, signer::Signer};

use super::{Action, ChainError, ChainName, Destination, LookOutcome, Purse, ReadableChain, looks::look};
use crate::{
    config, crash,
    events::{Event, Events},
    plan::ProvedEpoch,
    store::Store,
};
use budget::Budget;
use node::SolanaRpc;
use sender::Sender;

/// The program on one cluster.
pub struct Solana {
    settings: config::Solana,
    /// At the commitment of the settings: what it says will stay.
    client: Client,
    /// Confirmed: where the chain stands while its latest blocks are not final yet.
    current: Client,
    node: SolanaRpc,
    program: Program,
    events: Events,
}

impl Solana {
    /// Connects and finds the program. What becomes of transactions is told to `events`.
    ///
    /// # Errors
    /// When the node does not answer, or there is no program.
    pub async fn connect(settings: &config::Solana, events: &Events) -> Result<Self, ChainError> {
        let connect = |commitment| {
            let options = SolanaOptions { commitment, ..Default::default() };
            SolanaReader::connect(settings.rpc_url.as_str(), settings.program, options)
        };
        Ok(Self {
            settings: settings.clone(),
            client: Client::new(connect(settings.commitment).await?),
            current: Client::new(connect(CommitmentConfig::confirmed()).await?),
            node: SolanaRpc::new(&settings.rpc_url),
            program: Program(settings.program),
            events: events.clone(),
        })
    }

    fn poster_key(&self) -> Result<Keypair, ChainError> {
        Ok(ballast_keys::read_solana(self.settings.poster.as_deref(), "solana.poster")?)
    }

    fn authority_key(&self) -> Result<Keypair, ChainError> {
        Ok(ballast_keys::read_solana(self.settings.authority.as_deref(), "solana.authority")?)
    }

    fn sender<'a>(&'a self, store: &'a Store) -> Sender<'a> {
        Sender { budget: self.budget(), store, events: &self.events }
    }

    fn budget(&self) -> Budget<'_> {
        Budget { node: &self.node, settings: &self.settings }
    }
}

impl ReadableChain for Solana {
    fn client(&self) -> &Client {
        &self.client
    }
}

#[async_trait]
impl Destination for Solana {
    async fn identity(&self) -> Result<String, ChainError> {
        Ok(format!("genesis {}, program {}", self.node.genesis().await?, self.settings.program))
    }

    fn current(&self) -> &Client {
        &self.current
    }

    async fn unfinished(&self, exchange: &Digest) -> Result<Option<Unfinished>, ChainError> {
        use ballast_sdk::solana::{address, bindings::accounts};
        let address = address::exchange(&self.settings.program, exchange);
        let stored: Option<accounts::Exchange> = self.node.account(&address, "the exchange").await?;
        let pending = stored.and_then(|exchange| exchange.pending);
        Ok(pending.map(|pending| Unfinished { first: pending.first_context, shards_done: pending.shards_done }))
    }

    fn poster(&self) -> Result<Address, ChainError> {
        Ok(Address::Solana(self.poster_key()?.pubkey()))
    }

    fn authority(&self) -> Result<Address, ChainError> {
        Ok(Address::Solana(self.authority_key()?.pubkey()))
    }

    async fn purse(&self, epoch: &ProvedEpoch, first: u16) -> Result<Purse, ChainError> {
        self.cost(epoch, first).await
    }

    async fn settle(&self, store: &Store) -> Result<(), ChainError> {
        self.sender(store).settle().await
    }

    async fn submit(&self, store: &Store, epoch: &ProvedEpoch, shard: u16) -> Result<(), ChainError> {
        self.post(store, epoch, shard).await
    }

    async fn confirm(&self, store: &Store, epoch: &ProvedEpoch) -> Result<(), ChainError> {
        self.wait_for(epoch).await?;
        self.close_buffers(store, &[]).await?;
        self.events.emit(Event::EpochPosted { chain: ChainName::Solana, epoch: epoch.plan.epoch });
        crash::point("solana-epoch-posted");
        Ok(())
    }

    async fn witness(&self, store: Option<&Store>, exchange: &Digest, epoch: u64) -> Result<LookOutcome, ChainError> {
        look(self, store, exchange, epoch).await
    }

    async fn govern(&self, store: &Store, exchange: &Digest, action: &Action) -> Result<usize, ChainError> {
        self.carry_out(store, exchange, action).await
    }

    async fn rehearse(&self, exchange: &Digest, action: &Action) -> Result<(), ChainError> {
        self.simulate_first(exchange, action).await
    }
}
