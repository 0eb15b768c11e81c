//! The registry of proofs of reserves on Solana: exchanges state every epoch what they owe and what
//! they hold, and each statement of what is owed is proved. Bytes and rules are those of
//! `ballast-core`; this program keeps accounts.
//!
//! | account | address from | holds |
//! | --- | --- | --- |
//! | [`state::Governance`] | `governance` | who decides which circuits count |
//! | [`state::Circuit`] | `circuit`, id | a verifying key and its setup |
//! | [`state::Exchange`] | `exchange`, id | authority, posters, asset list, head of the history |
//! | [`state::Commitment`] | `commitment`, exchange id, epoch | what was stated in one epoch |
//! | [`state::Wallet`] | `wallet`, address | which exchange an address agreed to be of |
//! | [`state::Token`] | `token`, exchange id, mint | which asset a token counts for |
//! | [`state::Witness`] | `witness`, exchange id, epoch | what was seen in the wallets for one epoch |
//! | [`state::Buffer`] | `buffer`, owner, number | a post on its way |

#![allow(unexpected_cfgs)] // anchor-lang's macros ask for features of its own

use anchor_lang::prelude::*;
#[cfg(all(target_os = "solana", feature = "sbf-fallback"))]
use {sbf_runtime as _, solana_compiler_builtins as _};

pub mod answers;
mod curve;
pub mod errors;
pub mod events;
pub mod instructions;
mod proof;
mod security;
pub mod state;

pub use ballast_core::seeds;
use instructions::*;

// Nobody has this address's secret, as there is none: it is what Solana derives from the words
// `ballast reserves` and the System program. Local nodes put the bytecode there. On a public
// cluster the program has an address of its own, see docs/run.md.
declare_id!("3cDFpBWUypj1suGRozZdyZhjYK63ZcFnXCWRhDGbVP2w");

#[program]
pub mod reserves {
    use super::*;

    /// Settles who governs circuits. Once, by the program's upgrade authority.
    pub fn initialize(ctx: Context<Initialize>, args: InitializeArgs) -> Result<()> {
        Initialize::handler(ctx, args)
    }

    /// Proposes another governance authority, or none.
    pub fn propose_governance_authority(
        ctx: Context<ProposeGovernanceAuthority>,
        proposed: Option<Pubkey>,
    ) -> Result<()> {
        ProposeGovernanceAuthority::handler(ctx, proposed)
    }

    /// Becomes the governance authority. Only the proposed one.
    pub fn accept_governance_authority(ctx: Context<AcceptGovernanceAuthority>) -> Result<()> {
        AcceptGovernanceAuthority::handler(ctx)
    }

    /// Adds a circuit, which counts once the delay has passed. Only governance.
    pub fn register_circuit(ctx: Context<RegisterCircuit>, args: RegisterCircuitArgs) -> Result<()> {
        RegisterCircuit::handler(ctx, args)
    }

    /// Retires a circuit for ever. Only governance.
    pub fn retire_circuit(ctx: Context<RetireCircuit>) -> Result<()> {
        RetireCircuit::handler(ctx)
    }

    /// Registers an exchange with the signer as its authority.
    pub fn register_exchange(ctx: Context<RegisterExchange>, args: RegisterExchangeArgs) -> Result<()> {
        RegisterExchange::handler(ctx, args)
    }

    /// Proposes another authority of an exchange, or none. Only its authority.
    pub fn propose_authority(ctx: Context<AdministerExchange>, proposed: Option<Pubkey>) -> Result<()> {
        instructions::propose_authority::handler(ctx, proposed)
    }

    /// Becomes an exchange's authority. Only the proposed one.
    pub fn accept_authority(ctx: Context<AcceptAuthority>) -> Result<()> {
        AcceptAuthority::handler(ctx)
    }

    /// Replaces an exchange's posters. Only its authority.
    pub fn set_posters(ctx: Context<AdministerExchange>, posters: Vec<Pubkey>) -> Result<()> {
        instructions::set_posters::handler(ctx, posters)
    }

    /// Adds assets to an exchange's list. Only its authority, and not while an epoch is unfinished.
    pub fn append_assets(ctx: Context<AdministerExchange>, args: AppendAssetsArgs) -> Result<()> {
        instructions::append_assets::handler(ctx, args)
    }

    /// Empties an exchange's list, to begin anew. Only its authority, only before an epoch was
    /// begun.
    pub fn clear_assets(ctx: Context<AdministerExchange>) -> Result<()> {
        instructions::clear_assets::handler(ctx)
    }

    /// Promises another cadence, from the next epoch on. Only the exchange's authority.
    pub fn set_cadence(ctx: Context<AdministerExchange>, cadence: u64) -> Result<()> {
        instructions::set_cadence::handler(ctx, cadence)
    }

    /// Stops an exchange's posts, or lets them through again. Only its authority.
    pub fn set_paused(ctx: Context<AdministerExchange>, paused: bool) -> Result<()> {
        instructions::set_paused::handler(ctx, paused)
    }

    /// Opens a buffer, owned by the signer.
    pub fn open_buffer(ctx: Context<OpenBuffer>, args: OpenBufferArgs) -> Result<()> {
        OpenBuffer::handler(ctx, args)
    }

    /// Writes bytes into a buffer. Only its owner.
    pub fn write_buffer(ctx: Context<WriteBuffer>, args: WriteBufferArgs) -> Result<()> {
        WriteBuffer::handler(ctx, args)
    }

    /// Closes a buffer and returns its rent. Only its owner.
    pub fn close_buffer(ctx: Context<CloseBuffer>) -> Result<()> {
        CloseBuffer::handler(ctx)
    }

    /// Verifies the proof of one shard, read from a buffer, and stores it; the last shard finalizes
    /// the epoch. Only a poster.
    pub fn post_shard(ctx: Context<PostShard>) -> Result<()> {
        PostShard::handler(ctx)
    }

    /// Records a wallet as an exchange's. Only its authority, and only with the wallet's signature.
    pub fn register_wallet(ctx: Context<RegisterWallet>) -> Result<()> {
        RegisterWallet::handler(ctx)
    }

    /// Retires a wallet for ever. Only the exchange's authority or the wallet.
    pub fn retire_wallet(ctx: Context<RetireWallet>) -> Result<()> {
        RetireWallet::handler(ctx)
    }

    /// Says which asset a token counts for, once until the list is cleared. Only the exchange's
    /// authority.
    pub fn declare_token(ctx: Context<DeclareToken>, asset: u16) -> Result<()> {
        DeclareToken::handler(ctx, asset)
    }

    /// Looks at holdings of an exchange's wallets, in a transaction that does nothing else. Only a
    /// poster.
    pub fn witness_reserves<'info>(
        ctx: Context<'info, WitnessReserves<'info>>,
        args: WitnessReservesArgs,
    ) -> Result<()> {
        WitnessReserves::handler(ctx, args)
    }

    /// How an exchange stands in one asset by what it states, as return data. Anyone.
    pub fn solvency(ctx: Context<Solvency>, args: SolvencyArgs) -> Result<answers::Solvency> {
        Solvency::handler(ctx, args)
    }

    /// How an exchange stands in one asset by what the chain saw in its wallets, as return data.
    /// Anyone.
    pub fn witnessed_solvency(
        ctx: Context<WitnessedSolvency>,
        args: WitnessedSolvencyArgs,
    ) -> Result<answers::WitnessedSolvency> {
        WitnessedSolvency::handler(ctx, args)
    }
}
