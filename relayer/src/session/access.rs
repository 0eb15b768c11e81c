//! What a session may do, as types.

use std::future::{Future, ready};

use super::Chains;
use crate::{
    chains::{Destination, ReadableChain},
    config::{Config, Section},
    failure::Failure,
    store::Store,
};

/// What a session may do. The four types here are all there are.
pub trait Access: sealed::Sealed + Send + Sync {
    /// A chain as such a session has it.
    type Chain: Connected + ?Sized;
    /// The store, or nothing.
    type Store: Open;

    /// Holds store and chains against each other before anything is done with them; without a store
    /// there is nothing to hold.
    ///
    /// # Errors
    /// A store of other deployments; a transaction in flight that does not end now.
    fn prepare(chains: &Chains<Self::Chain>, store: &Self::Store) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// A chain as a session has it.
pub trait Connected: ReadableChain {
    /// Forgets what such a session may not do with a chain.
    fn of(connected: Box<dyn Destination>) -> Box<Self>;
}

impl Connected for dyn ReadableChain {
    fn of(connected: Box<dyn Destination>) -> Box<Self> {
        connected
    }
}

impl Connected for dyn Destination {
    fn of(connected: Box<dyn Destination>) -> Box<Self> {
        connected
    }
}

/// What a session has for a store.
pub trait Open: Sized + Send + Sync {
    /// The store's section of the settings, if there is a store.
    const SECTION: Option<Section>;

    /// Opens and locks the store.
    ///
    /// # Errors
    /// When another process has it, or it cannot be read.
    fn open(config: &Config) -> Result<Self, Failure>;
}

impl Open for () {
    const SECTION: Option<Section> = None;

    fn open(_config: &Config) -> Result<(), Failure> {
        Ok(())
    }
}

impl Open for Store {
    const SECTION: Option<Section> = Some(Section::Store);

    fn open(config: &Config) -> Result<Self, Failure> {
        Ok(Self::open(&config.store()?.path)?)
    }
}

/// Access with a store.
pub trait Storing: Access<Chain = dyn Destination, Store = Store> {}

impl<A: Access<Chain = dyn Destination, Store = Store>> Storing for A {}

/// Chains can be read.
#[derive(Clone, Copy, Debug)]
pub struct Reading;

/// Chains can be read and asked to simulate.
#[derive(Clone, Copy, Debug)]
pub struct Rehearsing;

/// The store can be written. Nothing that it holds in flight is touched, and nothing is sent.
#[derive(Clone, Copy, Debug)]
pub struct Preparing;

/// Transactions can be signed and sent: what was in flight has ended.
#[derive(Clone, Copy, Debug)]
pub struct Sending;

impl Access for Reading {
    type Chain = dyn ReadableChain;
    type Store = ();

    fn prepare(_chains: &Chains<dyn ReadableChain>, _store: &()) -> impl Future<Output = Result<(), Failure>> + Send {
        ready(Ok(()))
    }
}

impl Access for Rehearsing {
    type Chain = dyn Destination;
    type Store = ();

    fn prepare(_chains: &Chains<dyn Destination>, _store: &()) -> impl Future<Output = Result<(), Failure>> + Send {
        ready(Ok(()))
    }
}

impl Access for Preparing {
    type Chain = dyn Destination;
    type Store = Store;

    async fn prepare(chains: &Chains<dyn Destination>, store: &Store) -> Result<(), Failure> {
        chains.bind(store).await
    }
}

impl Access for Sending {
    type Chain = dyn Destination;
    type Store = Store;

    async fn prepare(chains: &Chains<dyn Destination>, store: &Store) -> Result<(), Failure> {
        Preparing::prepare(chains, store).await?;
        chains.settle(store).await
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Reading {}
    impl Sealed for super::Rehearsing {}
    impl Sealed for super::Preparing {}
    impl Sealed for super::Sending {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::TypeId;

    #[test]
    fn a_reader_has_no_store_and_no_chain_that_can_be_signed_for() {
        assert_eq!(TypeId::of::<<Reading as Access>::Chain>(), TypeId::of::<dyn ReadableChain>());
        assert_eq!(TypeId::of::<<Reading as Access>::Store>(), TypeId::of::<()>());
        assert_eq!(TypeId::of::<<Rehearsing as Access>::Store>(), TypeId::of::<()>());
        assert_eq!(TypeId::of::<<Sending as Access>::Store>(), TypeId::of::<Store>());
    }
}
