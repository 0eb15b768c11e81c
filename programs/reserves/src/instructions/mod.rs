//! One file an instruction: arguments, accounts, `validate`, handler. `validate` refuses before
//! anything changes; a handler only changes.
//!
//! An account that an instruction writes back is marked `dup`, which leaves out Anchor's check that
//! two such accounts are not the same one: no instruction here writes back more than one, and the
//! check brings a hash map. An instruction that comes to write back two must not mark them.

mod accept_authority;
mod accept_governance_authority;
mod administer_exchange;
pub mod append_assets;
pub mod clear_assets;
mod close_buffer;
mod declare_token;
mod initialize;
mod open_buffer;
mod post_shard;
pub mod propose_authority;
mod propose_governance_authority;
mod register_circuit;
mod register_exchange;
mod register_wallet;
mod retire_circuit;
mod retire_wallet;
pub mod set_cadence;
pub mod set_paused;
pub mod set_posters;
mod solvency;
mod witness_reserves;
mod witnessed_solvency;
mod write_buffer;

pub use accept_authority::*;
pub use accept_governance_authority::*;
pub use administer_exchange::*;
pub use append_assets::AppendAssetsArgs;
pub use close_buffer::*;
pub use declare_token::*;
pub use initialize::*;
pub use open_buffer::*;
pub use post_shard::*;
pub use propose_governance_authority::*;
pub use register_circuit::*;
pub use register_exchange::*;
pub use register_wallet::*;
pub use retire_circuit::*;
pub use retire_wallet::*;
pub use solvency::*;
pub use witness_reserves::*;
pub use witnessed_solvency::*;
pub use write_buffer::*;

use anchor_lang::prelude::*;
use ballast_core::Refusal;

use crate::errors::refuse;

/// The chain's clock, Unix seconds.
fn unix_time() -> Result<u64> {
    let found = Clock::get()?.unix_timestamp;
    u64::try_from(found).map_err(|_| refuse(Refusal::ClockInvalid { found }))
}
