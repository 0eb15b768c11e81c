//! Instructions with the program's own accounts filled in.

use anchor_lang::{InstructionData, ToAccountMetas};
use ballast_core::Digest;
use solana_sdk::{
    instruction::{AccountMeta, Instruction},
    pubkey::Pubkey,
};
use solana_sdk_ids::{system_program, sysvar};

use super::{
    address,
    bindings::{
        self,
        client::{accounts, args},
        types,
    },
};

/// The program at one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program(pub Pubkey);

impl Default for Program {
    /// The program at the address of the committed IDL.
    fn default() -> Self {
        Self(bindings::ID)
    }
}

impl Program {
    fn instruction(&self, accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
        Instruction { program_id: self.0, accounts: accounts.to_account_metas(None), data: data.data() }
    }

    fn event_authority(&self) -> Pubkey {
        address::event_authority(&self.0)
    }

    /// Settles who governs circuits. `upgrade_authority` signs and pays.
    pub fn initialize(&self, upgrade_authority: &Pubkey, args: types::InitializeArgs) -> Instruction {
        let accounts = accounts::Initialize {
            upgrade_authority: *upgrade_authority,
            program_data: address::program_data(&self.0),
            governance: address::governance(&self.0),
            system_program: system_program::ID,
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::Initialize { args })
    }

    /// Proposes another governance authority; none takes a proposal back. `authority` signs.
    pub fn propose_governance_authority(&self, authority: &Pubkey, proposed: Option<Pubkey>) -> Instruction {
        let accounts = accounts::ProposeGovernanceAuthority {
            authority: *authority,
            governance: address::governance(&self.0),
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::ProposeGovernanceAuthority { proposed })
    }

    /// Accepts the governance. `pending_authority` signs.
    pub fn accept_governance_authority(&self, pending_authority: &Pubkey) -> Instruction {
        let accounts = accounts::AcceptGovernanceAuthority {
            pending_authority: *pending_authority,
            governance: address::governance(&self.0),
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::AcceptGovernanceAuthority {})
    }

    /// Registers the circuit of `args`, whose id is `id`. `authority` of the governance signs and
    /// pays.
    pub fn register_circuit(&self, authority: &Pubkey, id: &Digest, args: types::RegisterCircuitArgs) -> Instruction {
        let accounts = accounts::RegisterCircuit {
            authority: *authority,
            governance: address::governance(&self.0),
            circuit: address::circuit(&self.0, id),
            system_program: system_program::ID,
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::RegisterCircuit { args })
    }

    /// Retires a circuit, which cannot be undone. `authority` of the governance signs.
    pub fn retire_circuit(&self, authority: &Pubkey, id: &Digest) -> Instruction {
        let accounts = accounts::RetireCircuit {
            authority: *authority,
            governance: address::governance(&self.0),
            circuit: address::circuit(&self.0, id),
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::RetireCircuit {})
    }

    /// Registers the exchange of `authority` and `args`, whose id is `id`. `authority` signs and
    /// pays.
    pub fn register_exchange(&self, authority: &Pubkey, id: &Digest, args: types::RegisterExchangeArgs) -> Instruction {
        let accounts = accounts::RegisterExchange {
            authority: *authority,
            exchange: address::exchange(&self.0, id),
            system_program: system_program::ID,
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::RegisterExchange { args })
    }

    /// Proposes another authority of an exchange; none takes a proposal back. `authority` signs.
    pub fn propose_authority(&self, authority: &Pubkey, exchange: &Digest, proposed: Option<Pubkey>) -> Instruction {
        let accounts = accounts::ProposeAuthority {
            authority: *authority,
            exchange: address::exchange(&self.0, exchange),
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::ProposeAuthority { proposed })
    }

    /// Accepts an exchange. `pending_authority` signs.
    pub fn accept_authority(&self, pending_authority: &Pubkey, exchange: &Digest) -> Instruction {
        let accounts = accounts::AcceptAuthority {
            pending_authority: *pending_authority,
            exchange: address::exchange(&self.0, exchange),
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::AcceptAuthority {})
    }

    /// Replaces the posters of an exchange. `authority` signs.
    pub fn set_posters(&self, authority: &Pubkey, exchange: &Digest, posters: Vec<Pubkey>) -> Instruction {
        let accounts = accounts::SetPosters {
            authority: *authority,
            exchange: address::exchange(&self.0, exchange),
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::SetPosters { posters })
    }

    /// The instructions that add `assets` behind the `listed` entries that an exchange's list has,
    /// [`ASSETS_AT_ONCE`] each, in order; `authority` signs.
    pub fn append_assets(
        &self,
        authority: &Pubkey,
        exchange: &Digest,
        listed: u16,
        assets: &[ballast_core::assets::Asset],
    ) -> Vec<Instruction> {
        let entry =
            |asset: &ballast_core::assets::Asset| types::Asset { symbol: asset.symbol, decimals: asset.decimals };
        let pieces = (listed..).step_by(ASSETS_AT_ONCE).zip(assets.chunks(ASSETS_AT_ONCE));
        let piece = |(start, piece): (u16, &[ballast_core::assets::Asset])| {
            let accounts = accounts::AppendAssets {
                authority: *authority,
                exchange: address::exchange(&self.0, exchange),
                event_authority: self.event_authority(),
                program: self.0,
            };
            let assets = piece.iter().map(entry).collect();
            self.instruction(accounts, args::AppendAssets { args: types::AppendAssetsArgs { start, assets } })
        };
        pieces.map(piece).collect()
    }

    /// Empties an exchange's list, before its first epoch was begun. `authority` signs.
    pub fn clear_assets(&self, authority: &Pubkey, exchange: &Digest) -> Instruction {
        let accounts = accounts::ClearAssets {
            authority: *authority,
            exchange: address::exchange(&self.0, exchange),
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::ClearAssets {})
    }

    /// Promises another cadence in seconds, from the next epoch on. `authority` signs.
    pub fn set_cadence(&self, authority: &Pubkey, exchange: &Digest, cadence: u64) -> Instruction {
        let accounts = accounts::SetCadence {
            authority: *authority,
            exchange: address::exchange(&self.0, exchange),
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::SetCadence { cadence })
    }

    /// Refuses an exchange's posts from now on, or lets them through again. `authority` signs.
    pub fn set_paused(&self, authority: &Pubkey, exchange: &Digest, paused: bool) -> Instruction {
        let accounts = accounts::SetPaused {
            authority: *authority,
            exchange: address::exchange(&self.0, exchange),
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::SetPaused { paused })
    }

    /// Opens a buffer of `size` bytes, for which `owner` signs and pays.
    pub fn open_buffer(&self, owner: &Pubkey, number: u32, size: u32) -> Instruction {
        let accounts = accounts::OpenBuffer {
            owner: *owner,
            buffer: address::buffer(&self.0, owner, number),
            system_program: system_program::ID,
        };
        self.instruction(accounts, args::OpenBuffer { args: types::OpenBufferArgs { number, size } })
    }

    /// Writes into a buffer. `owner` signs. A transaction holds some 900 bytes of `data`.
    pub fn write_buffer(&self, owner: &Pubkey, number: u32, offset: u32, data: Vec<u8>) -> Instruction {
        let accounts = accounts::WriteBuffer { owner: *owner, buffer: address::buffer(&self.0, owner, number) };
        self.instruction(accounts, args::WriteBuffer { args: types::WriteBufferArgs { offset, data } })
    }

    /// Closes a buffer. `owner` signs and gets the rent back.
    pub fn close_buffer(&self, owner: &Pubkey, number: u32) -> Instruction {
        let accounts = accounts::CloseBuffer { owner: *owner, buffer: address::buffer(&self.0, owner, number) };
        self.instruction(accounts, args::CloseBuffer {})
    }

    /// Posts the shard in the buffer `number` of `poster`, who signs and pays. Exchange, epoch and
    /// circuit are those of the post.
    pub fn post_shard(
        &self,
        poster: &Pubkey,
        exchange: &Digest,
        epoch: u64,
        circuit: &Digest,
        number: u32,
    ) -> Instruction {
        let accounts = accounts::PostShard {
            poster: *poster,
            exchange: address::exchange(&self.0, exchange),
            circuit: address::circuit(&self.0, circuit),
            buffer: address::buffer(&self.0, poster, number),
            commitment: address::commitment(&self.0, exchange, epoch),
            system_program: system_program::ID,
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::PostShard {})
    }

    /// Asks how an exchange stands in asset number `asset` by what it states. `latest` is its
    /// latest epoch with the id of the circuit that proved it; none before the first.
    pub fn solvency(&self, exchange: &Digest, latest: Option<(u64, Digest)>, args: types::SolvencyArgs) -> Instruction {
        let accounts = accounts::Solvency {
            exchange: address::exchange(&self.0, exchange),
            commitment: latest.map(|(epoch, _)| address::commitment(&self.0, exchange, epoch)),
            circuit: latest.map(|(_, circuit)| address::circuit(&self.0, &circuit)),
        };
        self.instruction(accounts, args::Solvency { args })
    }

    /// Asks the same question when only what the program observed in the exchange's wallets counts
    /// as held. `seen` says whether the latest epoch has a witness account at all.
    pub fn witnessed_solvency(
        &self,
        exchange: &Digest,
        latest: Option<(u64, Digest)>,
        seen: bool,
        args: types::WitnessedSolvencyArgs,
    ) -> Instruction {
        let witness = latest.filter(|_| seen).map(|(epoch, _)| address::witness(&self.0, exchange, epoch));
        let accounts = accounts::WitnessedSolvency {
            exchange: address::exchange(&self.0, exchange),
            commitment: latest.map(|(epoch, _)| address::commitment(&self.0, exchange, epoch)),
            circuit: latest.map(|(_, circuit)| address::circuit(&self.0, &circuit)),
            witness,
        };
        self.instruction(accounts, args::WitnessedSolvency { args })
    }

    /// Registers a wallet as the exchange's. `payer`, the exchange's `authority` and `wallet` sign.
    pub fn register_wallet(
        &self,
        payer: &Pubkey,
        authority: &Pubkey,
        exchange: &Digest,
        wallet: &Pubkey,
    ) -> Instruction {
        let accounts = accounts::RegisterWallet {
            payer: *payer,
            authority: *authority,
            wallet: *wallet,
            exchange: address::exchange(&self.0, exchange),
            record: address::wallet(&self.0, wallet),
            system_program: system_program::ID,
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::RegisterWallet {})
    }

    /// Retires a wallet, which cannot be undone. `signer`, the exchange's authority or the wallet,
    /// signs.
    pub fn retire_wallet(&self, signer: &Pubkey, exchange: &Digest, wallet: &Pubkey) -> Instruction {
        let accounts = accounts::RetireWallet {
            signer: *signer,
            exchange: address::exchange(&self.0, exchange),
            record: address::wallet(&self.0, wallet),
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::RetireWallet {})
    }

    /// Declares the asset that a token counts for, once until its list is cleared. `payer` and the
    /// exchange's `authority` sign. `mint` is zero for lamports; `asset` counts from 1.
    pub fn declare_token(
        &self,
        payer: &Pubkey,
        authority: &Pubkey,
        exchange: &Digest,
        mint: &Pubkey,
        asset: u16,
    ) -> Instruction {
        let accounts = accounts::DeclareToken {
            payer: *payer,
            authority: *authority,
            exchange: address::exchange(&self.0, exchange),
            mint: *mint,
            record: address::token(&self.0, exchange, mint),
            system_program: system_program::ID,
            event_authority: self.event_authority(),
            program: self.0,
        };
        self.instruction(accounts, args::DeclareToken { asset })
    }

    /// Has the program look at `holdings`. `poster` signs and pays. Holdings are in ascending order
    /// of `account`, and above those of earlier looks at the same epoch. Other instructions of the
    /// transaction are of this program or the compute budget.
    pub fn witness_reserves(
        &self,
        poster: &Pubkey,
        exchange: &Digest,
        args: types::WitnessReservesArgs,
        holdings: &[Holding],
    ) -> Instruction {
        let accounts = accounts::WitnessReserves {
            poster: *poster,
            exchange: address::exchange(&self.0, exchange),
            witness: address::witness(&self.0, exchange, args.epoch),
            instructions: sysvar::instructions::ID,
            system_program: system_program::ID,
            event_authority: self.event_authority(),
            program: self.0,
        };
        let mut call = self.instruction(accounts, args::WitnessReserves { args });
        for holding in holdings {
            let wallet = address::wallet(&self.0, &holding.wallet);
            let token = address::token(&self.0, exchange, &holding.mint);
            let all = [wallet, holding.account, token];
            call.accounts.extend(all.map(|address| AccountMeta::new_readonly(address, false)));
        }
        call
    }
}

/// The account in which a wallet holds a declared token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    /// The account with the balance, by which holdings are ordered: the wallet itself for lamports,
    /// else a token account of it.
    pub account: Pubkey,
    /// The wallet, which is registered for the exchange.
    pub wallet: Pubkey,
    /// The token's mint; zero for lamports.
    pub mint: Pubkey,
}

/// Holdings that fit in a transaction of 1232 bytes without a look-up table, with a price and a
/// limit of compute units.
pub const HOLDINGS_AT_ONCE: usize = 8;

/// Entries of an asset list that one transaction holds: 17 bytes each, and as many again for the
/// event.
pub const ASSETS_AT_ONCE: usize = 32;
