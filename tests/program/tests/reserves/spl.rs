//! Mints and token accounts, made by the token programs themselves.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{
        instruction::{AccountMeta, Instruction},
        program_pack::Pack,
    },
};
use solana_account::Account;
use solana_keypair::Keypair;
use solana_signer::Signer;
use spl_token_interface::{instruction as call, state};

use crate::cluster::Cluster;

pub const TOKEN: Pubkey = spl_token_interface::ID;
pub const TOKEN_2022: Pubkey = Pubkey::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

/// Numbers of Token-2022's own instructions.
const INITIALIZE_IMMUTABLE_OWNER: u8 = 22;
const INITIALIZE_MINT_CLOSE_AUTHORITY: u8 = 25;
/// Bytes of a token account with an immutable owner, and of a mint with a close authority: kind,
/// tag and length in front.
const EXTENDED_ACCOUNT: usize = 165 + 1 + 4;
const EXTENDED_MINT: usize = 165 + 1 + 4 + 32;

/// A token program and who mints and freezes there.
pub struct Tokens {
    pub program: Pubkey,
    pub authority: Keypair,
}

impl Tokens {
    pub fn new(chain: &mut Cluster, program: Pubkey) -> Self {
        Self { program, authority: chain.key() }
    }

    /// An instruction that both programs understand, for this one.
    fn run(&self, chain: &mut Cluster, mut call: Instruction) {
        call.program_id = self.program;
        chain.send(&[&self.authority], call).accepted();
    }

    /// An empty account of the program.
    pub fn space(&self, chain: &mut Cluster, address: Pubkey, size: usize) {
        let lamports = chain.svm.minimum_balance_for_rent_exemption(size);
        let account = Account { lamports, data: vec![0; size], owner: self.program, executable: false, rent_epoch: 0 };
        chain.svm.set_account(address, account).unwrap();
    }

    pub fn mint(&self, chain: &mut Cluster, decimals: u8) -> Pubkey {
        let mint = Pubkey::new_unique();
        self.space(chain, mint, state::Mint::LEN);
        self.initialize_mint(chain, mint, decimals)
    }

    /// A mint with an extension, of Token-2022.
    pub fn extended_mint(&self, chain: &mut Cluster, decimals: u8) -> Pubkey {
        let mint = Pubkey::new_unique();
        self.space(chain, mint, EXTENDED_MINT);
        let authority = self.authority.pubkey().to_bytes();
        let data = [&[INITIALIZE_MINT_CLOSE_AUTHORITY, 1], &authority[..]].concat();
        self.run(chain, Instruction { program_id: TOKEN, accounts: vec![AccountMeta::new(mint, false)], data });
        self.initialize_mint(chain, mint, decimals)
    }

    fn initialize_mint(&self, chain: &mut Cluster, mint: Pubkey, decimals: u8) -> Pubkey {
        let authority = self.authority.pubkey();
        self.run(chain, call::initialize_mint2(&TOKEN, &mint, &authority, Some(&authority), decimals).unwrap());
        mint
    }

    /// A new token account that holds `amount` for `owner`.
    pub fn account(&self, chain: &mut Cluster, mint: Pubkey, owner: Pubkey, amount: u64) -> Pubkey {
        let address = Pubkey::new_unique();
        self.space(chain, address, state::Account::LEN);
        self.fill(chain, address, mint, owner, amount);
        address
    }

    /// The same with an extension, of Token-2022.
    pub fn extended_account(&self, chain: &mut Cluster, mint: Pubkey, owner: Pubkey, amount: u64) -> Pubkey {
        let address = Pubkey::new_unique();
        self.space(chain, address, EXTENDED_ACCOUNT);
        let accounts = vec![AccountMeta::new(address, false)];
        self.run(chain, Instruction { program_id: TOKEN, accounts, data: vec![INITIALIZE_IMMUTABLE_OWNER] });
        self.fill(chain, address, mint, owner, amount);
        address
    }

    /// Makes the space at `address` a token account that holds `amount` for `owner`.
    pub fn fill(&self, chain: &mut Cluster, address: Pubkey, mint: Pubkey, owner: Pubkey, amount: u64) {
        self.run(chain, call::initialize_account3(&TOKEN, &address, &mint, &owner).unwrap());
        if amount > 0 {
            let authority = self.authority.pubkey();
            self.run(chain, call::mint_to(&TOKEN, &mint, &address, &authority, &[], amount).unwrap());
        }
    }

    pub fn freeze(&self, chain: &mut Cluster, account: Pubkey, mint: Pubkey) {
        self.run(chain, call::freeze_account(&TOKEN, &account, &mint, &self.authority.pubkey(), &[]).unwrap());
    }

    /// A multisig whose signers are `signers`.
    pub fn multisig(&self, chain: &mut Cluster, signers: &[&Pubkey]) -> Pubkey {
        let address = Pubkey::new_unique();
        self.space(chain, address, state::Multisig::LEN);
        self.run(chain, call::initialize_multisig2(&TOKEN, &address, signers, 1).unwrap());
        address
    }
}

/// Puts the mint of wrapped lamports where it is on every chain.
pub fn native_mint(chain: &mut Cluster) -> Pubkey {
    let mint = spl_token_interface::native_mint::ID;
    let state = state::Mint { decimals: 9, is_initialized: true, ..Default::default() };
    let mut data = vec![0; state::Mint::LEN];
    state.pack_into_slice(&mut data);
    let account = Account { lamports: 1_000_000_000, data, owner: TOKEN, executable: false, rent_epoch: 0 };
    chain.svm.set_account(mint, account).unwrap();
    mint
}
