//! What a command holds while it works: chains, and a store where it needs one, opened once by what
//! the command may do.
//!
//! | access | chains | store | for |
//! | --- | --- | --- | --- |
//! | [`Reading`] | can be read | none | whoever asks what chains say |
//! | [`Rehearsing`] | can be read, and asked to simulate | none | dry runs of what an authority asks |
//! | [`Preparing`] | can be read, and asked to simulate | locked and bound | proving, restoring, dry runs of posting |
//! | [`Sending`] | can be signed for and sent to | locked, bound and settled | whatever signs |
//!
//! The access is a type. Signing takes a store, which a reader's session does not have, and a chain
//! that can be signed for, which it does not have either; what posts, governs or drops an epoch
//! takes a session that is [`Sending`].

mod access;
mod chains;

pub use access::{Access, Preparing, Reading, Rehearsing, Sending, Storing};
use access::{Connected, Open};
pub use chains::{Chains, configured_exchange};

use crate::{
    chains::ChainName,
    config::{Config, Section},
    events::Events,
    failure::Failure,
    store::Store,
};

/// Chains that are connected, and the store where the access has one. The store is locked until
/// this is dropped.
pub struct Session<A: Access> {
    pub chains: Chains<A::Chain>,
    pub events: Events,
    store: A::Store,
}

impl<A: Access> Session<A> {
    /// The sections of the settings that such a session with these chains needs.
    pub fn sections(chains: &[ChainName]) -> Vec<Section> {
        let section = |chain: &ChainName| match chain {
            ChainName::Solana => Section::Solana,
            ChainName::Evm => Section::Evm,
        };
        [Section::Exchange].into_iter().chain(A::Store::SECTION).chain(chains.iter().map(section)).collect()
    }

    /// Locks the store, connects to `chains`, binds the store to their deployments, and brings to
    /// its end what it holds in flight: each of them if the access says so, in this order. What
    /// happens from now on is told to `events`.
    ///
    /// # Errors
    /// A store that another process has, or that belongs to others; every chain that cannot be
    /// reached or has no deployment, at once; a transaction in flight that does not end now.
    pub async fn open(_access: A, config: &Config, chains: &[ChainName], events: &Events) -> Result<Self, Failure> {
        let store = <A::Store as Open>::open(config)?;
        let chains = Chains::connect(config, chains, events).await?.map(A::Chain::of);
        A::prepare(&chains, &store).await?;
        Ok(Self { chains, events: events.clone(), store })
    }
}

impl<A: Storing> Session<A> {
    pub fn store(&self) -> &Store {
        &self.store
    }
}
