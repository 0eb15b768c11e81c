//! Where the program's accounts are. Seeds are those of [`ballast_core::seeds`].

use ballast_core::{Digest, seeds};
use solana_sdk::pubkey::Pubkey;

fn derived(program: &Pubkey, seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, program).0
}

/// The account of the governance.
pub fn governance(program: &Pubkey) -> Pubkey {
    derived(program, &[seeds::GOVERNANCE])
}

/// The account of the exchange with this id.
pub fn exchange(program: &Pubkey, id: &Digest) -> Pubkey {
    derived(program, &[seeds::EXCHANGE, id])
}

/// The account of the circuit with this id.
pub fn circuit(program: &Pubkey, id: &Digest) -> Pubkey {
    derived(program, &[seeds::CIRCUIT, id])
}

/// The commitment of one epoch of an exchange.
pub fn commitment(program: &Pubkey, exchange: &Digest, epoch: u64) -> Pubkey {
    derived(program, &[seeds::COMMITMENT, exchange, &epoch.to_le_bytes()])
}

/// The record of a wallet, whatever its exchange.
pub fn wallet(program: &Pubkey, wallet: &Pubkey) -> Pubkey {
    derived(program, &[seeds::WALLET, wallet.as_ref()])
}

/// The record of a token that an exchange declared; `mint` is zero for lamports.
pub fn token(program: &Pubkey, exchange: &Digest, mint: &Pubkey) -> Pubkey {
    derived(program, &[seeds::TOKEN, exchange, mint.as_ref()])
}

/// The witness of one epoch of an exchange: what the program observed.
pub fn witness(program: &Pubkey, exchange: &Digest, epoch: u64) -> Pubkey {
    derived(program, &[seeds::WITNESS, exchange, &epoch.to_le_bytes()])
}

/// The owner's buffer with this number.
pub fn buffer(program: &Pubkey, owner: &Pubkey, number: u32) -> Pubkey {
    derived(program, &[seeds::BUFFER, owner.as_ref(), &number.to_le_bytes()])
}

/// The address that signs the program's events.
pub fn event_authority(program: &Pubkey) -> Pubkey {
    derived(program, &[b"__event_authority"])
}

/// The account under the upgradeable loader that holds the program's code and names its upgrade
/// authority.
pub fn program_data(program: &Pubkey) -> Pubkey {
    derived(&anchor_lang::solana_program::bpf_loader_upgradeable::ID, &[program.as_ref()])
}
