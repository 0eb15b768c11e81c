//! The chains that the settings name.

use ballast_core::{Digest, exchange::exchange_id};

use crate::{
    chains::{ChainError, ChainName, Destination, Standing, evm::Evm, solana::Solana},
    config::{self, Config, Section},
    failure::{Classified, Failure, Problems},
    store::Store,
};

/// Destinations, connected, in the order in which epochs are posted.
pub struct Chains {
    /// The exchange's id, the same on all of them.
    pub exchange: Digest,
    destinations: Vec<Box<dyn Destination>>,
}

/// The sections of the settings that a connection to these chains needs.
pub fn sections(chains: &[ChainName]) -> Vec<Section> {
    let section = |chain: &ChainName| match chain {
        ChainName::Solana => Section::Solana,
        ChainName::Evm => Section::Evm,
    };
    [Section::Exchange].into_iter().chain(chains.iter().map(section)).collect()
}

/// The id that the settings' name and first authorities make.
///
/// # Errors
/// A name that no exchange can have.
pub fn configured_exchange(settings: &config::Exchange) -> Result<Digest, Failure> {
    exchange_id(&settings.solana_authority.to_bytes(), &settings.evm_authority.into_array(), &settings.name)
        .map_err(|refusal| Failure::bad_input(format!("exchange.name: {refusal}")))
}

impl Chains {
    /// Connects to `chains`.
    ///
    /// # Errors
    /// Every chain that cannot be reached or has no deployment, at once.
    pub async fn connect(config: &Config, chains: &[ChainName]) -> Result<Self, Failure> {
        let exchange = configured_exchange(config.exchange()?)?;
        let mut destinations: Vec<Box<dyn Destination>> = Vec::new();
        let mut problems = Problems::default();
        for chain in ChainName::ALL.into_iter().filter(|chain| chains.contains(chain)) {
            let connected: Result<Box<dyn Destination>, ChainError> = match chain {
                ChainName::Solana => Solana::connect(config.solana()?).await.map(|chain| Box::new(chain) as _),
                ChainName::Evm => Evm::connect(config.evm()?).await.map(|chain| Box::new(chain) as _),
            };
            match connected {
                Ok(chain) => destinations.push(chain),
                Err(error) => problems.push(error.failure_kind(), error),
            }
        }
        problems.finish()?;
        Ok(Self { exchange, destinations })
    }

    pub fn iter(&self) -> impl Iterator<Item = &dyn Destination> {
        self.destinations.iter().map(|destination| &**destination)
    }

    /// Where each chain stands.
    ///
    /// # Errors
    /// Of the first chain that does not answer.
    pub async fn standings(&self, circuit: &Digest) -> Result<Vec<Standing>, Failure> {
        let mut standings = Vec::new();
        for chain in self.iter() {
            standings.push(chain.standing(&self.exchange, circuit).await?);
        }
        Ok(standings)
    }

    /// Ties the store to this exchange and these deployments, and holds it to them.
    ///
    /// # Errors
    /// When the store belongs to others.
    pub async fn bind(&self, store: &Store) -> Result<(), Failure> {
        store.bind("exchange", &format!("0x{}", hex::encode(self.exchange)))?;
        for chain in self.iter() {
            store.bind(chain.name().name(), &chain.identity().await?)?;
        }
        Ok(())
    }

    /// Brings to its end whatever the store holds in flight.
    ///
    /// # Errors
    /// Of the first chain on which that cannot be done now.
    pub async fn settle(&self, store: &Store) -> Result<(), Failure> {
        for chain in self.iter() {
            chain.settle(store).await?;
        }
        Ok(())
    }
}
