//! Both nodes with everything deployed, and an exchange's folder: keys, secret, configuration.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::{Arc, Weak},
    time::Duration,
};

use alloy::{
    network::EthereumWallet,
    node_bindings::AnvilInstance,
    primitives::{Address, U256, hex},
    providers::{DynProvider, Provider, ProviderBuilder},
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result};
use ballast_core::{Digest, circuit::VerifyingKey, circuit_file::CircuitFile, exchange::exchange_id};
use ballast_migrations::{
    circuit,
    contracts::{self, CircuitPolicy},
    governance,
    record::EvmDeployment,
    transaction::connect,
};
use ballast_sdk::{
    Client,
    evm::EvmOptions,
    solana::{SolanaOptions, instruction::Program},
};
use solana_client::nonblocking::rpc_client::RpcClient;
use solana_sdk::{pubkey::Pubkey, signature::Keypair, signer::Signer};
use tokio::sync::Mutex;

use crate::{
    ballast::Ballast,
    nodes::{SolanaNode, bytecode, project, start_anvil, target},
};

const LAMPORTS: u64 = 1_000_000_000_000;
/// A local chain takes the INSECURE development circuit, at once.
pub const POLICY: CircuitPolicy = CircuitPolicy { delay: 0, allow_development: true };

/// Two nodes, and what was deployed on them.
pub struct Network {
    pub solana: SolanaNode,
    pub evm: AnvilInstance,
    pub contracts: EvmDeployment,
    pub governance: Keypair,
}

/// The keys of one exchange on both chains, as files that only their owner can read.
pub struct ExchangeKeys {
    pub folder: PathBuf,
    pub solana_authority: Keypair,
    pub solana_poster: Keypair,
    pub evm_authority: PrivateKeySigner,
    pub evm_poster: PrivateKeySigner,
}

impl ExchangeKeys {
    /// The id of the exchange of this name.
    pub fn id(&self, name: &str) -> Result<Digest> {
        let solana = self.solana_authority.pubkey().to_bytes();
        Ok(exchange_id(&solana, &self.evm_authority.address().into_array(), name)?)
    }
}

/// What is proved: see the settings of the same names.
#[derive(Clone)]
pub struct Source {
    /// A snapshot file, or the folder of a signed log.
    pub snapshot: PathBuf,
    pub assets: Option<PathBuf>,
    pub reserves: PathBuf,
    pub borrows: &'static str,
    pub accounts: Option<usize>,
    /// Of the one circuit class there is to choose.
    pub depth: u8,
}

impl Source {
    /// All accounts, none of which may be short of an asset, in a circuit of this depth.
    pub fn new(snapshot: PathBuf, assets: Option<PathBuf>, reserves: PathBuf, depth: u8) -> Self {
        Self { snapshot, assets, reserves, borrows: "refuse", accounts: None, depth }
    }
}

impl Network {
    /// Starts both nodes; nothing is deployed yet.
    pub fn start() -> Result<(SolanaNode, AnvilInstance)> {
        Ok((SolanaNode::start()?, start_anvil(None)?))
    }

    /// One network for whoever asks at the same time: the first deploys it, and it ends with the
    /// last. Exchanges on it have names of their own.
    pub async fn shared() -> Result<Arc<Self>> {
        static SHARED: Mutex<Weak<Network>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(network) = shared.upgrade() {
            return Ok(network);
        }
        let network = Arc::new(Self::deployed().await?);
        *shared = Arc::downgrade(&network);
        Ok(network)
    }

    /// Starts both nodes, puts the program on one, and runs every migration that follows.
    pub async fn deployed() -> Result<Self> {
        let (solana, evm) = Self::start()?;
        let governance = Keypair::new();
        let rpc = connect(&solana.url);
        fund(&rpc, &governance).await?;
        solana.place(&program(), &bytecode()?, &governance.pubkey()).await?;
        governance::initialize(&rpc, &governance, &governance.pubkey(), POLICY).await?;
        let provider = wallet(&evm, owner(&evm))?;
        let contracts = contracts::deploy(&provider, owner(&evm).address(), &artifacts(), POLICY, None).await?;
        let network = Self { solana, evm, contracts, governance };
        let (file, key) = circuit_file()?;
        circuit::register_on_solana(&rpc, &network.governance, &file, &key).await?;
        circuit::register_on_evm(&provider, network.contracts.circuit_registry.parse()?, &file, &key).await?;
        Ok(network)
    }

    /// Funds new keys on both chains and writes an exchange's folder, ready for `ballast`.
    pub async fn exchange(&self, folder: PathBuf, name: &str, source: &Source) -> Result<(ExchangeKeys, Ballast)> {
        fs::create_dir_all(folder.join("keys"))?;
        let keys = ExchangeKeys {
            solana_authority: Keypair::new(),
            solana_poster: Keypair::new(),
            evm_authority: PrivateKeySigner::random(),
            evm_poster: PrivateKeySigner::random(),
            folder: folder.clone(),
        };
        let rpc = connect(&self.solana.url);
        fund(&rpc, &keys.solana_authority).await?;
        fund(&rpc, &keys.solana_poster).await?;
        for signer in [&keys.evm_authority, &keys.evm_poster] {
            self.fund_on_evm(signer.address()).await?;
        }
        let solana_key = |keypair: &Keypair| serde_json::to_string(&keypair.to_bytes().to_vec());
        write_key(&folder, "keys/solana-authority.json", &solana_key(&keys.solana_authority)?)?;
        write_key(&folder, "keys/solana-poster.json", &solana_key(&keys.solana_poster)?)?;
        write_key(&folder, "keys/evm-authority.key", &hex::encode(keys.evm_authority.to_bytes()))?;
        write_key(&folder, "keys/evm-poster.key", &hex::encode(keys.evm_poster.to_bytes()))?;
        let settings = self.settings(&keys, name, source)?;
        let config = folder.join("ballast.toml");
        fs::write(&config, settings).with_context(|| format!("write {}", config.display()))?;
        Ok((keys, Ballast::new(config)?))
    }

    /// Readers of both chains, as anyone has them.
    pub async fn clients(&self) -> Result<[Client; 2]> {
        let contract = self.contracts.reserves.parse().context("the contract's address")?;
        let witnesses = self.witnesses()?.parse().context("the address of Witnesses")?;
        let options = EvmOptions { witnesses: Some(witnesses), ..EvmOptions::default() };
        Ok([
            Client::solana(&self.solana.url, program(), SolanaOptions::default()).await?,
            Client::evm(&self.evm.endpoint(), contract, options).await?,
        ])
    }

    fn witnesses(&self) -> Result<&str> {
        self.contracts.witnesses.as_deref().context("the contract Witnesses is not deployed")
    }

    /// Gives an address native coin.
    pub async fn fund_on_evm(&self, address: Address) -> Result<()> {
        let provider = wallet(&self.evm, owner(&self.evm))?;
        let ether = U256::from(1_000) * U256::from(10).pow(U256::from(18));
        let () = provider.raw_request("anvil_setBalance".into(), (address, ether)).await.context("fund an EVM key")?;
        Ok(())
    }

    fn settings(&self, keys: &ExchangeKeys, name: &str, source: &Source) -> Result<String> {
        let optional =
            |key: &str, value: Option<String>| value.map_or(String::new(), |value| format!("{key} = {value}\n"));
        let assets = optional("assets", source.assets.as_ref().map(|path| format!("{:?}", path)));
        let accounts = optional("accounts", source.accounts.map(|count| count.to_string()));
        // Its folder may be made later.
        let is_file = source.snapshot.extension().is_some();
        let snapshot = match is_file {
            true => format!("path = {:?}\nborrows = {:?}\n", source.snapshot, source.borrows),
            false => format!("log = {:?}\ncheckpoint = \"private/checkpoint\"\n", source.snapshot),
        };
        let read = if is_file { "" } else { "\n[reserves]\nread = [\"solana\", \"evm\"]\n" };
        Ok(format!(
            r#"[exchange]
name = {name:?}
solana_authority = "{solana_authority}"
evm_authority = "{evm_authority}"
cadence_seconds = 4

[snapshot]
{snapshot}{assets}{accounts}reserves = {reserves:?}
{read}

[secret]
file = "master.secret"

[circuit]
setup = "development"
depths = [{depth}]
keys = {keys_folder:?}

[solana]
rpc_url = "{solana_url}"
program = "{program}"
poster = "keys/solana-poster.json"
authority = "keys/solana-authority.json"
commitment = "confirmed"

[evm]
rpc_url = "{evm_url}"
contract = "{contract}"
witnesses = "{witnesses}"
poster = "keys/evm-poster.key"
authority = "keys/evm-authority.key"

[store]
path = "relayer.sqlite"

[artifacts]
public = "public"
private = "private"
"#,
            solana_authority = keys.solana_authority.pubkey(),
            evm_authority = keys.evm_authority.address(),
            depth = source.depth,
            reserves = source.reserves,
            keys_folder = keys_folder(),
            solana_url = self.solana.url,
            program = program(),
            evm_url = self.evm.endpoint(),
            contract = self.contracts.reserves,
            witnesses = self.witnesses()?,
        ))
    }
}

/// Where development keys are kept, for whatever needs one.
pub fn keys_folder() -> PathBuf {
    target().join("development-setup")
}

/// The published circuit.
pub fn circuit_file() -> Result<(CircuitFile, VerifyingKey)> {
    circuit::read(&project().join("circuits/depth-7-development.json"))
}

/// The address that the program was built for.
pub fn program() -> Pubkey {
    Program::default().0
}

/// Where the compiler put the contracts.
pub fn artifacts() -> PathBuf {
    project().join("contracts/out")
}

/// The account that deploys and governs the contracts.
pub fn owner(evm: &AnvilInstance) -> PrivateKeySigner {
    PrivateKeySigner::from(evm.keys()[0].clone())
}

/// A provider that signs with `signer`.
pub fn wallet(evm: &AnvilInstance, signer: PrivateKeySigner) -> Result<DynProvider> {
    let url = evm.endpoint().parse().context("anvil's address")?;
    Ok(ProviderBuilder::new().wallet(EthereumWallet::from(signer)).connect_http(url).erased())
}

/// Gives `keypair` lamports and waits until it has them.
pub async fn fund(rpc: &RpcClient, keypair: &Keypair) -> Result<()> {
    rpc.request_airdrop(&keypair.pubkey(), LAMPORTS).await.context("ask for lamports")?;
    for _ in 0..100 {
        if rpc.get_balance(&keypair.pubkey()).await? >= LAMPORTS {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("{} was not funded", keypair.pubkey())
}

/// Writes a secret that only its owner can read.
pub fn write_key(folder: &std::path::Path, name: &str, content: &str) -> Result<()> {
    let path = folder.join(name);
    fs::write(&path, content)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(())
}
