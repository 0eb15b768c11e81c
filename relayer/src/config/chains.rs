//! `[solana]` and `[evm]`.

use std::{fmt, path::PathBuf, time::Duration};

use alloy::primitives::Address;
use ballast_sdk::{evm::EvmBlock, node::shown};
use solana_commitment_config::CommitmentConfig;
use solana_sdk::pubkey::Pubkey;
use url::Url;

use super::reader::SettingsReader;

/// `[solana]`: one of the two destinations.
#[derive(Clone)]
pub struct Solana {
    /// `rpc_url`: JSON-RPC endpoint. May carry an access token, so it is never shown whole.
    pub rpc_url: Url,
    /// `program`: address of the program.
    pub program: Pubkey,
    /// `poster`: solana-keygen file of the key that posts and pays.
    pub poster: Option<PathBuf>,
    /// `authority`: solana-keygen file of the key that governs the exchange, for `ballast
    /// exchange`.
    pub authority: Option<PathBuf>,
    /// `commitment`: `confirmed` or `finalized` (default), for reading and for confirming.
    pub commitment: CommitmentConfig,
    /// `compute_margin_percent`: added to the units a simulation used; 10 by default.
    pub compute_margin_percent: u64,
    /// `priority_fee`: micro-lamports a compute unit; 0 by default.
    pub priority_fee: u64,
    /// `parallel_sends`: transactions in flight at once; 8 by default.
    pub parallel_sends: usize,
}

/// `[evm]`: the other destination.
#[derive(Clone)]
pub struct Evm {
    /// `rpc_url`: JSON-RPC endpoint. May carry an access token, so it is never shown whole.
    pub rpc_url: Url,
    /// `contract`: address of the registry of reserves.
    pub contract: Address,
    /// `block`: `finalized` (default), `safe` or `latest`: how settled a block must be to be read.
    /// What posts and governs reads the youngest block, and waits for `confirmations`.
    pub block: EvmBlock,
    /// `from_block`: a block that is no later than the contract's deployment; 0 by default.
    /// Registrations are looked for from there on a chain whose contracts see another chain's block
    /// numbers.
    pub from_block: u64,
    /// `witnesses`: address of the contract that looks at wallets; without it nothing is witnessed
    /// on this chain.
    pub witnesses: Option<Address>,
    /// `poster`: file of the key that posts and pays: 64 hexadecimal digits, or an encrypted
    /// keystore.
    pub poster: Option<PathBuf>,
    /// `poster_password`: file with the keystore's password.
    pub poster_password: Option<PathBuf>,
    /// `authority`: file of the key that governs the exchange, for `ballast exchange`.
    pub authority: Option<PathBuf>,
    /// `authority_password`: file with that keystore's password.
    pub authority_password: Option<PathBuf>,
    /// `confirmations`: blocks that must hold a transaction, its own included; 1 by default.
    pub confirmations: u64,
    /// `gas_margin_percent`: added to the gas that was estimated; 20 by default.
    pub gas_margin_percent: u64,
    /// `max_fee_per_gas`: most that is paid for a unit of gas, in wei; no bound by default.
    pub max_fee_per_gas: Option<u64>,
    /// `timeout_seconds`: how long to wait for a transaction to be mined; 300 by default.
    pub timeout: Duration,
}

impl Solana {
    pub(super) fn read(reader: &mut SettingsReader) -> Option<Self> {
        let rpc_url = reader.endpoint("solana.rpc_url");
        let program = reader.required_parsed("solana.program", "a Solana address");
        let poster = reader.path("solana.poster");
        let authority = reader.path("solana.authority");
        let commitment = match reader.or("solana.commitment", String::from("finalized")).as_str() {
            "confirmed" => CommitmentConfig::confirmed(),
            "finalized" => CommitmentConfig::finalized(),
            other => {
                reader.refuse("solana.commitment", format!("expected confirmed or finalized, found {other:?}"));
                CommitmentConfig::finalized()
            }
        };
        let compute_margin_percent = reader.bounded("solana.compute_margin_percent", 0..=1_000, 10);
        let priority_fee = reader.or("solana.priority_fee", 0);
        let parallel_sends = reader.bounded("solana.parallel_sends", 1..=64, 8) as usize;
        Some(Self {
            rpc_url: rpc_url?,
            program: program?,
            poster,
            authority,
            commitment,
            compute_margin_percent,
            priority_fee,
            parallel_sends,
        })
    }
}

impl Evm {
    pub(super) fn read(reader: &mut SettingsReader) -> Option<Self> {
        let rpc_url = reader.endpoint("evm.rpc_url");
        let contract = reader.required_parsed("evm.contract", "an EVM address");
        let witnesses = reader.parsed("evm.witnesses", "an EVM address");
        let from_block = reader.or("evm.from_block", 0);
        let name = reader.or("evm.block", String::from(EvmBlock::default().name()));
        let block = EvmBlock::named(&name).unwrap_or_else(|| {
            reader.refuse("evm.block", format!("expected finalized, safe or latest, found {name:?}"));
            EvmBlock::default()
        });
        let poster = reader.path("evm.poster");
        let poster_password = reader.path("evm.poster_password");
        let authority = reader.path("evm.authority");
        let authority_password = reader.path("evm.authority_password");
        let confirmations = reader.bounded("evm.confirmations", 1..=10_000, 1);
        let gas_margin_percent = reader.bounded("evm.gas_margin_percent", 0..=1_000, 20);
        let max_fee_per_gas = reader.optional("evm.max_fee_per_gas");
        let timeout = Duration::from_secs(reader.bounded("evm.timeout_seconds", 1..=86_400, 300));
        Some(Self {
            rpc_url: rpc_url?,
            contract: contract?,
            block,
            from_block,
            witnesses,
            poster,
            poster_password,
            authority,
            authority_password,
            confirmations,
            gas_margin_percent,
            max_fee_per_gas,
            timeout,
        })
    }
}

impl fmt::Debug for Solana {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Solana({}, program {})", shown(&self.rpc_url), self.program)
    }
}

impl fmt::Debug for Evm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Evm({}, contract {})", shown(&self.rpc_url), self.contract)
    }
}
