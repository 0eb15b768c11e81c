//! What explorers and indexers read: each event is the data of a call of this program to itself, as
//! anchor's `emit_cpi!` makes it. Ids and digests are 32 bytes, times are Unix seconds, amounts are
//! in committed units.

use anchor_lang::{
    Event,
    event::EVENT_IX_TAG_LE,
    prelude::*,
    solana_program::{
        instruction::{AccountMeta, Instruction},
        program::invoke_signed,
    },
};

use crate::state::{Asset, EpochStatus};

/// Tells `event`. `authority` is the event authority among the instruction's accounts, which signs
/// for nothing else.
///
/// Anchor's `emit_cpi!` writes the call out wherever it stands; one copy serves all here.
pub(crate) fn announce(event: &impl Event, authority: &AccountInfo) -> Result<()> {
    call_itself(&event.data(), authority)
}

#[inline(never)]
fn call_itself(event: &[u8], authority: &AccountInfo) -> Result<()> {
    let data = [EVENT_IX_TAG_LE, event].concat();
    let call =
        Instruction { program_id: crate::ID, accounts: vec![AccountMeta::new_readonly(authority.key(), true)], data };
    let (_, bump) = crate::EVENT_AUTHORITY_AND_BUMP;
    invoke_signed(&call, std::slice::from_ref(authority), &[&[b"__event_authority", &[bump]]])?;
    Ok(())
}

#[event]
pub struct GovernanceInitialized {
    pub authority: Pubkey,
    pub circuit_delay: u64,
    pub allow_development: bool,
}

#[event]
pub struct GovernanceAuthorityProposed {
    pub authority: Pubkey,
    pub proposed: Option<Pubkey>,
}

#[event]
pub struct GovernanceAuthorityChanged {
    pub previous: Pubkey,
    pub authority: Pubkey,
}

#[event]
pub struct CircuitRegistered {
    pub circuit: [u8; 32],
    /// 1: from a fixed seed, INSECURE, anyone can forge proofs. 2: from a ceremony.
    pub setup: u8,
    pub depth: u8,
    pub assets: u16,
    pub transcript: [u8; 32],
    pub active_from: u64,
}

#[event]
pub struct CircuitRetirement {
    pub circuit: [u8; 32],
}

#[event]
pub struct ExchangeRegistered {
    pub exchange: [u8; 32],
    pub authority: Pubkey,
    pub evm_authority: [u8; 20],
    pub name: String,
    pub cadence: u64,
}

#[event]
pub struct AuthorityProposed {
    pub exchange: [u8; 32],
    pub authority: Pubkey,
    pub proposed: Option<Pubkey>,
}

#[event]
pub struct AuthorityChanged {
    pub exchange: [u8; 32],
    pub previous: Pubkey,
    pub authority: Pubkey,
}

#[event]
pub struct PostersSet {
    pub exchange: [u8; 32],
    pub posters: Vec<Pubkey>,
}

/// The list grew behind entry `start`, to `count` assets.
#[event]
pub struct AssetsAppended {
    pub exchange: [u8; 32],
    pub asset_list_digest: [u8; 32],
    pub count: u16,
    pub start: u16,
    pub assets: Vec<Asset>,
}

/// The list was emptied. What was declared or seen before this generation never counts again.
#[event]
pub struct AssetsCleared {
    pub exchange: [u8; 32],
    pub generation: u32,
}

/// The exchange promises another cadence, from this epoch on.
#[event]
pub struct CadenceSet {
    pub exchange: [u8; 32],
    /// Seconds between two epochs.
    pub cadence: u64,
    pub from_epoch: u64,
}

#[event]
pub struct PausedSet {
    pub exchange: [u8; 32],
    pub paused: bool,
}

/// A shard was proved. When shard 0 is posted again the epoch began again and earlier shards do not
/// count.
#[event]
pub struct ShardPosted {
    pub exchange: [u8; 32],
    pub epoch: u64,
    pub poster: Pubkey,
    pub shard_index: u16,
    pub shard_count: u16,
    pub root: [u8; 32],
}

/// An epoch is complete. What is owed and held, asset by asset, and the roots are in its commitment
/// account: at 128 assets they would not fit in an instruction's memory a second time.
#[event]
pub struct EpochFinalized {
    pub exchange: [u8; 32],
    pub epoch: u64,
    pub status: EpochStatus,
    /// Bit a - 1 is set when more of asset number a is owed than held.
    pub insolvent: u128,
    pub as_of: u64,
    pub posted_at: u64,
    pub poster: Pubkey,
    pub circuit: [u8; 32],
    /// 1: from a fixed seed, INSECURE, anyone can forge proofs. 2: from a ceremony.
    pub setup: u8,
    /// Seconds between two epochs, as promised.
    pub cadence: u64,
    /// How many epochs were missed before this one, by that promise.
    pub missed: u64,
    pub shard_count: u16,
    pub ledger_sequence: u64,
    pub ledger_head: [u8; 32],
    /// Digest of the published reserves report.
    pub sources: [u8; 32],
    pub record: [u8; 32],
    /// Rolling head after the epoch.
    pub head: [u8; 32],
}

#[event]
pub struct WalletRegistered {
    pub exchange: [u8; 32],
    pub wallet: Pubkey,
}

#[event]
pub struct WalletRetired {
    pub exchange: [u8; 32],
    pub wallet: Pubkey,
}

#[event]
pub struct TokenDeclared {
    pub exchange: [u8; 32],
    /// Zero for lamports.
    pub mint: Pubkey,
    pub token_program: Pubkey,
    /// The generation of the list that the number is of.
    pub generation: u32,
    /// Number of the asset, from 1.
    pub asset: u16,
    pub decimals: u8,
}

/// The chain looked at holdings. What it saw is in the witness account; it counts once that is
/// closed.
#[event]
pub struct ReservesWitnessed {
    pub exchange: [u8; 32],
    pub epoch: u64,
    pub poster: Pubkey,
    /// When the first look was.
    pub began: u64,
    /// When this look was.
    pub at: u64,
    /// Looked at so far.
    pub holdings: u32,
    /// This look was the last.
    pub closed: bool,
}
