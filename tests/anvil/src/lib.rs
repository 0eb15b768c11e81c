//! A real EVM node with the contracts, and an exchange's keys.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use alloy::{
    network::EthereumWallet,
    node_bindings::{Anvil, AnvilInstance},
    primitives::Address,
    providers::{DynProvider, Provider, ProviderBuilder},
    signers::local::PrivateKeySigner,
};
use ballast_core::{Digest, exchange::exchange_id};
use ballast_migrations::contracts::{self, CircuitPolicy};
use ballast_relayer::{
    chains::{Action, evm::Evm},
    config,
    events::Events,
    store::Store,
};
use ballast_sdk::{chain::Address as AnyAddress, evm::EvmBlock};
use serde_json::Value;
use tempfile::TempDir;

pub const NAME: &str = "Test Exchange";
/// Every block is final at once: a development node's is otherwise 64 blocks old, and these chains
/// are shorter.
const AT_ONCE: [&str; 2] = ["--slots-in-an-epoch", "0"];

pub const SOLANA_AUTHORITY: [u8; 32] = [7; 32];

/// The node, the contract, and the folder of an exchange.
pub struct Chain {
    pub anvil: AnvilInstance,
    pub settings: config::Evm,
    pub folder: TempDir,
    pub exchange: Digest,
    pub authority: PrivateKeySigner,
    pub provider: DynProvider,
    pub events: Events,
}

impl Chain {
    pub async fn new() -> Self {
        Self::with_id(31_337).await
    }

    /// A chain that two nodes started at the same moment would otherwise share.
    pub async fn with_id(id: u64) -> Self {
        let anvil = Anvil::at(binary()).chain_id(id).args(AT_ONCE).try_spawn().unwrap();
        let [owner, authority, poster, ..] = anvil.keys() else { panic!("anvil has too few accounts") };
        let [owner, authority, poster] = [owner, authority, poster].map(|key| PrivateKeySigner::from(key.clone()));
        let url = anvil.endpoint_url();
        let wallet = EthereumWallet::from(owner.clone());
        let provider = ProviderBuilder::new().wallet(wallet).connect_http(url.clone()).erased();
        let policy = CircuitPolicy { delay: 0, allow_development: true };
        let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/out");
        let deployed = contracts::deploy(&provider, owner.address(), &artifacts, policy, None).await.unwrap();
        let folder = TempDir::new().unwrap();
        let settings = config::Evm {
            rpc_url: url,
            contract: deployed.reserves.parse().unwrap(),
            block: EvmBlock::Finalized,
            from_block: 0,
            witnesses: deployed.witnesses.map(|address| address.parse().unwrap()),
            poster: Some(key_file(&folder, "poster.key", &poster)),
            poster_password: None,
            authority: Some(key_file(&folder, "authority.key", &authority)),
            authority_password: None,
            confirmations: 1,
            gas_margin_percent: 20,
            max_fee_per_gas: None,
            timeout: Duration::from_secs(30),
        };
        let exchange = exchange_id(&SOLANA_AUTHORITY, &authority.address().into_array(), NAME).unwrap();
        Self { anvil, settings, folder, exchange, authority, provider, events: Events::default() }
    }

    /// Writes the settings of this chain, `ballast.toml`, into its folder.
    pub fn configure(&self) {
        let text = format!(
            r#"[exchange]
name = "{NAME}"
solana_authority = "{}"
evm_authority = "{}"
cadence_seconds = 60

[evm]
rpc_url = "{}"
contract = "{}"
poster = "poster.key"
authority = "authority.key"

[store]
path = "relayer.sqlite"
"#,
            AnyAddress::Solana(SOLANA_AUTHORITY.into()),
            self.authority.address(),
            self.settings.rpc_url,
            self.settings.contract
        );
        fs::write(self.folder.path().join("ballast.toml"), text).unwrap();
    }

    pub fn store(&self) -> Store {
        Store::open(&self.folder.path().join("relayer.sqlite")).unwrap()
    }

    /// Connected with the settings as `change` makes them.
    pub async fn evm(&self, change: impl FnOnce(&mut config::Evm)) -> Evm {
        let mut settings = self.settings.clone();
        change(&mut settings);
        Evm::connect(&settings, &self.events).await.unwrap()
    }

    /// The key of account number `number`, as a file.
    pub fn other_key(&self, number: usize) -> PathBuf {
        key_file(&self.folder, "other.key", &PrivateKeySigner::from(self.anvil.keys()[number].clone()))
    }

    /// Asks the node for something that only a development node does.
    pub async fn cheat(&self, method: &'static str, parameters: Value) {
        let _: Value = self.provider.raw_request(method.into(), parameters).await.unwrap();
    }

    /// Transactions of the authority in blocks.
    pub async fn mined(&self) -> u64 {
        self.provider.get_transaction_count(self.authority.address()).await.unwrap()
    }
}

/// The registration of the exchange.
pub fn register() -> Action {
    let counterpart = AnyAddress::Solana(SOLANA_AUTHORITY.into());
    Action::Register { name: NAME.into(), cadence: 60, counterpart }
}

/// An address that nobody has.
pub fn nobody() -> Address {
    Address::repeat_byte(0x99)
}

fn key_file(folder: &TempDir, name: &str, key: &PrivateKeySigner) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, hex::encode(key.to_bytes())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

/// The node for this machine: the launcher in .bin is a script, and killing it would leave the node
/// running.
fn binary() -> PathBuf {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules/@foundry-rs");
    let folders = fs::read_dir(&packages).unwrap_or_else(|error| panic!("{}: {error}; run npm ci", packages.display()));
    let mut candidates = folders.map(|entry| entry.unwrap().path().join("bin/anvil"));
    candidates.find(|path| path.to_string_lossy().contains("anvil-") && path.exists()).expect("no anvil: run npm ci")
}
