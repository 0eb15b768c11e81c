//! The chains that the settings name.

use ballast_core::{Digest, exchange::exchange_id, hexadecimal};

use crate::{
    chains::{ChainError, ChainName, ChainState, Destination, ReadableChain, evm::Evm, solana::Solana},
    config::{self, Config},
    events::Events,
    failure::{Classified, Failure, Problems},
    store::Store,
};

/// Chains, connected, in the order in which epochs are posted. By default they can only be read.
pub struct Chains<C: ?Sized = dyn ReadableChain> {
    /// The exchange's id, the same on all of them.
    pub exchange: Digest,
    connected: Vec<Box<C>>,
}

/// The id that the settings' name and first authorities make.
///
/// # Errors
/// A name that no exchange can have.
pub fn configured_exchange(settings: &config::Exchange) -> Result<Digest, Failure> {
    exchange_id(&settings.solana_authority.to_bytes(), &settings.evm_authority.into_array(), &settings.name)
        .map_err(|refusal| Failure::bad_input(format!("exchange.name: {refusal}")))
}

impl<C: ReadableChain + ?Sized> Chains<C> {
    pub fn iter(&self) -> impl Iterator<Item = &C> {
        self.connected.iter().map(|chain| &**chain)
    }

    /// The chain of this name, if it is one of them.
    pub fn get(&self, name: ChainName) -> Option<&C> {
        self.iter().find(|chain| chain.name() == name)
    }

    /// The same chains, seen otherwise.
    pub(super) fn map<D: ?Sized>(self, seen: impl Fn(Box<C>) -> Box<D>) -> Chains<D> {
        Chains { exchange: self.exchange, connected: self.connected.into_iter().map(seen).collect() }
    }
}

impl Chains<dyn Destination> {
    /// Connects to `chains`, which tell `events` what becomes of transactions.
    ///
    /// # Errors
    /// Every chain that cannot be reached or has no deployment, at once.
    pub(super) async fn connect(config: &Config, chains: &[ChainName], events: &Events) -> Result<Self, Failure> {
        let exchange = configured_exchange(config.exchange()?)?;
        let mut destinations: Vec<Box<dyn Destination>> = Vec::new();
        let mut problems = Problems::default();
        for chain in ChainName::ALL.into_iter().filter(|chain| chains.contains(chain)) {
            let connected: Result<Box<dyn Destination>, ChainError> = match chain {
                ChainName::Solana => Solana::connect(config.solana()?, events).await.map(|chain| Box::new(chain) as _),
                ChainName::Evm => Evm::connect(config.evm()?, events).await.map(|chain| Box::new(chain) as _),
            };
            match connected {
                Ok(chain) => destinations.push(chain),
                Err(error) => problems.push(error.failure_kind(), error),
            }
        }
        problems.finish()?;
        Ok(Self { exchange, connected: destinations })
    }

    /// Where each chain stands.
    ///
    /// # Errors
    /// Of the first chain that does not answer.
    pub async fn states(&self, circuit: &Digest) -> Result<Vec<ChainState>, Failure> {
        let mut states = Vec::new();
        for chain in self.iter() {
            states.push(chain.state(&self.exchange, circuit).await?);
        }
        Ok(states)
    }

    /// Ties the store to this exchange and these deployments, and holds it to them.
    ///
    /// # Errors
    /// When the store belongs to others.
    pub(super) async fn bind(&self, store: &Store) -> Result<(), Failure> {
        store.bind("exchange", &hexadecimal::encode(self.exchange))?;
        for chain in self.iter() {
            store.bind(chain.name().name(), &chain.identity().await?)?;
        }
        Ok(())
    }

    /// Brings to its end whatever the store holds in flight.
    ///
    /// # Errors
    /// Of the first chain on which that cannot be done now.
    pub(super) async fn settle(&self, store: &Store) -> Result<(), Failure> {
        for chain in self.iter() {
            chain.settle(store).await?;
        }
        Ok(())
    }
}
