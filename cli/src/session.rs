//! What a command opens before it does its work: settings, the store and its lock, and the chains.

use ballast_relayer::{
    chains::ChainName,
    config::{Config, Section},
    failure::Failure,
    jobs::connection::{Chains, sections},
    store::Store,
};

use crate::settings::Settings;

/// What a command may do with the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The command reads chains, or simulates: the store stays closed, and nothing can be signed.
    Read,
    /// The store is opened and locked. The job ties it to the exchange and its deployments when
    /// it begins to write.
    Open,
    /// The store is opened, locked and tied to the exchange and its deployments.
    Write,
}

/// What was opened.
pub struct Session {
    pub config: Config,
    pub chains: Chains,
    /// `None` when access is [`Access::Read`].
    pub store: Option<Store>,
}

impl Session {
    /// Reads the settings, opens the store and connects to `chains`, in this order, so that what
    /// costs nothing to refuse is refused first. `more` are the sections of the settings that the
    /// command needs besides those of the chains and the store.
    ///
    /// # Errors
    /// Bad input for settings that are missing or wrong; a store that is in use or belongs to
    /// others; every chain that cannot be reached.
    pub async fn open(
        settings: &Settings,
        chains: &[ChainName],
        access: Access,
        more: &[Section],
    ) -> Result<Self, Failure> {
        let mut needed = [sections(chains), more.to_vec()].concat();
        needed.extend((access != Access::Read).then_some(Section::Store));
        let config = settings.read(&needed)?;
        let store = match access {
            Access::Read => None,
            Access::Open | Access::Write => Some(Store::open(&config.store()?.path)?),
        };
        let chains = Chains::connect(&config, chains).await?;
        if let (Access::Write, Some(store)) = (access, &store) {
            chains.bind(store).await?;
        }
        Ok(Self { config, chains, store })
    }

    /// The store of a session that may write.
    ///
    /// # Errors
    /// When the session was opened with [`Access::Read`].
    pub fn store(&self) -> Result<&Store, Failure> {
        self.store
            .as_ref()
            .ok_or_else(|| Failure::other(anyhow::anyhow!("the store was not opened: access is to read")))
    }
}
