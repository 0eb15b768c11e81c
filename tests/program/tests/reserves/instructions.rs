//! The program's instructions as a client sends them.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{
        instruction::{AccountMeta, Instruction},
        system_program,
    },
};
use reserves::{
    accounts, instruction as call,
    instructions::{
        AppendAssetsArgs, InitializeArgs, OpenBufferArgs, RegisterCircuitArgs, RegisterExchangeArgs, SolvencyArgs,
        WitnessReservesArgs, WitnessedSolvencyArgs, WriteBufferArgs,
    },
    seeds,
    state::Asset,
};

use crate::cluster::{instruction, program_data};

fn find(parts: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(parts, &reserves::ID).0
}

pub fn governance_address() -> Pubkey {
    find(&[seeds::GOVERNANCE])
}

pub fn exchange_address(id: &[u8; 32]) -> Pubkey {
    find(&[seeds::EXCHANGE, id])
}

pub fn circuit_address(id: &[u8; 32]) -> Pubkey {
    find(&[seeds::CIRCUIT, id])
}

pub fn commitment_address(exchange: &[u8; 32], epoch: u64) -> Pubkey {
    find(&[seeds::COMMITMENT, exchange, &epoch.to_le_bytes()])
}

pub fn buffer_address(owner: &Pubkey, number: u32) -> Pubkey {
    find(&[seeds::BUFFER, owner.as_ref(), &number.to_le_bytes()])
}

pub fn wallet_address(wallet: &Pubkey) -> Pubkey {
    find(&[seeds::WALLET, wallet.as_ref()])
}

pub fn token_address(exchange: &[u8; 32], mint: &Pubkey) -> Pubkey {
    find(&[seeds::TOKEN, exchange, mint.as_ref()])
}

pub fn witness_address(exchange: &[u8; 32], epoch: u64) -> Pubkey {
    find(&[seeds::WITNESS, exchange, &epoch.to_le_bytes()])
}

fn event_authority() -> Pubkey {
    find(&[b"__event_authority"])
}

pub fn initialize(upgrade_authority: Pubkey, args: InitializeArgs) -> Instruction {
    let accounts = accounts::Initialize {
        upgrade_authority,
        program_data: program_data(),
        governance: governance_address(),
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::Initialize { args })
}

pub fn propose_governance_authority(authority: Pubkey, proposed: Option<Pubkey>) -> Instruction {
    let accounts = accounts::ProposeGovernanceAuthority {
        authority,
        governance: governance_address(),
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::ProposeGovernanceAuthority { proposed })
}

pub fn accept_governance_authority(pending_authority: Pubkey) -> Instruction {
    let accounts = accounts::AcceptGovernanceAuthority {
        pending_authority,
        governance: governance_address(),
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::AcceptGovernanceAuthority {})
}

/// `circuit` is the account that the caller names, right or wrong.
pub fn register_circuit(authority: Pubkey, circuit: Pubkey, args: RegisterCircuitArgs) -> Instruction {
    let accounts = accounts::RegisterCircuit {
        authority,
        governance: governance_address(),
        circuit,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::RegisterCircuit { args })
}

pub fn retire_circuit(authority: Pubkey, id: &[u8; 32]) -> Instruction {
    let accounts = accounts::RetireCircuit {
        authority,
        governance: governance_address(),
        circuit: circuit_address(id),
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::RetireCircuit {})
}

/// `exchange` is the account that the caller names, right or wrong.
pub fn register_exchange(authority: Pubkey, exchange: Pubkey, args: RegisterExchangeArgs) -> Instruction {
    let accounts = accounts::RegisterExchange {
        authority,
        exchange,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::RegisterExchange { args })
}

fn administer_exchange(authority: Pubkey, id: &[u8; 32]) -> accounts::AdministerExchange {
    accounts::AdministerExchange {
        authority,
        exchange: exchange_address(id),
        event_authority: event_authority(),
        program: reserves::ID,
    }
}

pub fn propose_authority(authority: Pubkey, id: &[u8; 32], proposed: Option<Pubkey>) -> Instruction {
    instruction(administer_exchange(authority, id), call::ProposeAuthority { proposed })
}

pub fn accept_authority(pending_authority: Pubkey, id: &[u8; 32]) -> Instruction {
    let accounts = accounts::AcceptAuthority {
        pending_authority,
        exchange: exchange_address(id),
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::AcceptAuthority {})
}

pub fn set_posters(authority: Pubkey, id: &[u8; 32], posters: Vec<Pubkey>) -> Instruction {
    instruction(administer_exchange(authority, id), call::SetPosters { posters })
}

pub fn append_assets(authority: Pubkey, id: &[u8; 32], start: u16, assets: Vec<Asset>) -> Instruction {
    instruction(administer_exchange(authority, id), call::AppendAssets { args: AppendAssetsArgs { start, assets } })
}

pub fn clear_assets(authority: Pubkey, id: &[u8; 32]) -> Instruction {
    instruction(administer_exchange(authority, id), call::ClearAssets {})
}

pub fn set_cadence(authority: Pubkey, id: &[u8; 32], cadence: u64) -> Instruction {
    instruction(administer_exchange(authority, id), call::SetCadence { cadence })
}

pub fn set_paused(authority: Pubkey, id: &[u8; 32], paused: bool) -> Instruction {
    instruction(administer_exchange(authority, id), call::SetPaused { paused })
}

pub fn open_buffer(owner: Pubkey, number: u32, size: u32) -> Instruction {
    let accounts =
        accounts::OpenBuffer { owner, buffer: buffer_address(&owner, number), system_program: system_program::ID };
    instruction(accounts, call::OpenBuffer { args: OpenBufferArgs { number, size } })
}

pub fn write_buffer(owner: Pubkey, buffer: Pubkey, offset: u32, data: Vec<u8>) -> Instruction {
    instruction(accounts::WriteBuffer { owner, buffer }, call::WriteBuffer { args: WriteBufferArgs { offset, data } })
}

pub fn close_buffer(owner: Pubkey, buffer: Pubkey) -> Instruction {
    instruction(accounts::CloseBuffer { owner, buffer }, call::CloseBuffer {})
}

/// The accounts of a post.
#[derive(Clone, Copy)]
pub struct PostAccounts {
    pub poster: Pubkey,
    pub exchange: Pubkey,
    pub circuit: Pubkey,
    pub buffer: Pubkey,
    pub commitment: Pubkey,
}

pub fn post_shard(accounts: PostAccounts) -> Instruction {
    let PostAccounts { poster, exchange, circuit, buffer, commitment } = accounts;
    let accounts = accounts::PostShard {
        poster,
        exchange,
        circuit,
        buffer,
        commitment,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::PostShard {})
}

/// The accounts of a question; none but the exchange before the first epoch.
#[derive(Clone, Copy)]
pub struct Asked {
    pub exchange: Pubkey,
    pub commitment: Option<Pubkey>,
    pub circuit: Option<Pubkey>,
    pub witness: Option<Pubkey>,
}

pub fn solvency(accounts: Asked, asset: u16, max_age: u64) -> Instruction {
    let Asked { exchange, commitment, circuit, .. } = accounts;
    let accounts = accounts::Solvency { exchange, commitment, circuit };
    instruction(accounts, call::Solvency { args: SolvencyArgs { asset, max_age } })
}

pub fn witnessed_solvency(accounts: Asked, asset: u16, max_age: u64, max_span: u64) -> Instruction {
    let Asked { exchange, commitment, circuit, witness } = accounts;
    let accounts = accounts::WitnessedSolvency { exchange, commitment, circuit, witness };
    instruction(accounts, call::WitnessedSolvency { args: WitnessedSolvencyArgs { asset, max_age, max_span } })
}

pub fn register_wallet(authority: Pubkey, id: &[u8; 32], wallet: Pubkey) -> Instruction {
    let accounts = accounts::RegisterWallet {
        payer: authority,
        authority,
        wallet,
        exchange: exchange_address(id),
        record: wallet_address(&wallet),
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::RegisterWallet {})
}

pub fn retire_wallet(signer: Pubkey, id: &[u8; 32], wallet: Pubkey) -> Instruction {
    let accounts = accounts::RetireWallet {
        signer,
        exchange: exchange_address(id),
        record: wallet_address(&wallet),
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::RetireWallet {})
}

pub fn declare_token(authority: Pubkey, id: &[u8; 32], mint: Pubkey, asset: u16) -> Instruction {
    let accounts = accounts::DeclareToken {
        payer: authority,
        authority,
        exchange: exchange_address(id),
        mint,
        record: token_address(id, &mint),
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: reserves::ID,
    };
    instruction(accounts, call::DeclareToken { asset })
}

/// The accounts of a holding in a look.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// The wallet's record.
    pub wallet: Pubkey,
    pub account: Pubkey,
    /// The token's record.
    pub token: Pubkey,
}

pub fn witness_reserves(poster: Pubkey, id: &[u8; 32], args: WitnessReservesArgs, holdings: &[Holding]) -> Instruction {
    let accounts = accounts::WitnessReserves {
        poster,
        exchange: exchange_address(id),
        witness: witness_address(id, args.epoch),
        instructions: solana_instructions_sysvar::ID,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: reserves::ID,
    };
    let mut call = instruction(accounts, call::WitnessReserves { args });
    let all = holdings.iter().flat_map(|holding| [holding.wallet, holding.account, holding.token]);
    call.accounts.extend(all.map(|address| AccountMeta::new_readonly(address, false)));
    call
}
