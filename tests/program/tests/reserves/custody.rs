//! An exchange with wallets and tokens, and looks at them.

use anchor_lang::prelude::Pubkey;
use reserves::{
    instructions::WitnessReservesArgs,
    state::{Asset, Token, Wallet, Witness},
};
use solana_account::Account;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    ceremony,
    cluster::{Cluster, Outcome},
    history::History,
    instructions::*,
    spl::Tokens,
};

/// Stands for lamports among mints.
pub const LAMPORTS: Pubkey = Pubkey::new_from_array([0; 32]);

/// The exchange of the vectors, as if a ceremony's circuit had proved its epochs: BTC with 8
/// decimals, USDC with 6, SOL with 9.
pub struct Custody {
    pub history: History,
}

impl Custody {
    /// Before its first epoch.
    pub fn new() -> Self {
        Self { history: History::begin(ceremony::history()) }
    }

    pub fn after(epochs: usize) -> Self {
        Self { history: History::after(ceremony::history(), epochs) }
    }

    pub fn id(&self) -> [u8; 32] {
        self.history.id()
    }

    pub fn chain(&mut self) -> &mut Cluster {
        &mut self.history.chain
    }

    pub fn authority(&self) -> Keypair {
        self.history.authority.insecure_clone()
    }

    pub fn register(&mut self, wallet: &Keypair) -> Outcome {
        let (id, authority) = (self.id(), self.authority());
        let call = register_wallet(authority.pubkey(), &id, wallet.pubkey());
        self.chain().send(&[&authority, wallet], call)
    }

    /// A registered wallet with so many lamports.
    pub fn wallet_with(&mut self, lamports: u64) -> Pubkey {
        let wallet = Keypair::new();
        self.register(&wallet).accepted();
        // Less than a transfer could leave there.
        self.chain().svm.set_account(wallet.pubkey(), Account { lamports, ..Account::default() }).unwrap();
        wallet.pubkey()
    }

    pub fn declare(&mut self, mint: Pubkey, asset: u16) -> Outcome {
        let (id, authority) = (self.id(), self.authority());
        self.chain().send(&[&authority], declare_token(authority.pubkey(), &id, mint, asset))
    }

    /// Declares lamports for an asset; returns what stands for their mint.
    pub fn lamports(&mut self, asset: u16) -> Pubkey {
        self.declare(LAMPORTS, asset).accepted();
        LAMPORTS
    }

    /// Declares lamports for SOL, and registers a wallet with so many: what it holds of them.
    pub fn sol(&mut self, lamports: u64) -> Holding {
        self.lamports(3);
        let wallet = self.wallet_with(lamports);
        self.holding(&wallet, wallet, LAMPORTS)
    }

    /// A token of `program` with 6 decimals, declared for USDC, and a wallet.
    pub fn usdc(&mut self, program: Pubkey) -> (Tokens, Pubkey, Pubkey) {
        let tokens = Tokens::new(self.chain(), program);
        let mint = tokens.mint(self.chain(), 6);
        self.declare(mint, 2).accepted();
        let wallet = self.wallet_with(1_000_000_000);
        (tokens, mint, wallet)
    }

    pub fn holding(&self, wallet: &Pubkey, account: Pubkey, mint: Pubkey) -> Holding {
        Holding { wallet: wallet_address(wallet), account, token: token_address(&self.id(), &mint) }
    }

    /// A look as the arguments say, with the holdings in the order in which they are given.
    pub fn look(&mut self, args: WitnessReservesArgs, holdings: &[Holding]) -> Outcome {
        let (id, poster) = (self.id(), self.history.poster.insecure_clone());
        self.chain().send(&[&poster], witness_reserves(poster.pubkey(), &id, args, holdings))
    }

    /// A look that begins and does not close.
    pub fn first(&mut self, epoch: u64, holdings: &[Holding]) -> Outcome {
        self.look(WitnessReservesArgs { epoch, first: true, last: false }, holdings)
    }

    /// A look that goes on and closes.
    pub fn last(&mut self, epoch: u64, holdings: &[Holding]) -> Outcome {
        self.look(WitnessReservesArgs { epoch, first: false, last: true }, holdings)
    }

    /// The first look and the last.
    pub fn only(&mut self, epoch: u64, holdings: &[Holding]) -> Outcome {
        self.look(WitnessReservesArgs { epoch, first: true, last: true }, holdings)
    }

    pub fn witness(&self, epoch: u64) -> Witness {
        self.history.chain.read(&witness_address(&self.id(), epoch))
    }

    pub fn wallet_record(&self, wallet: &Pubkey) -> Wallet {
        self.history.chain.read(&wallet_address(wallet))
    }

    pub fn token_record(&self, mint: &Pubkey) -> Token {
        self.history.chain.read(&token_address(&self.id(), mint))
    }

    /// Clears the list and sets another one.
    pub fn relist(&mut self, assets: Vec<Asset>) {
        self.history.clear().accepted();
        self.history.append(0, assets).accepted();
    }

    /// Another exchange on the same chain, with the same assets and poster; returns its authority
    /// and id.
    pub fn other_exchange(&mut self) -> (Keypair, [u8; 32]) {
        let authority = self.chain().key();
        let args = crate::history::registration(&self.history.vectors.exchange);
        let id = ballast_core::exchange::exchange_id(&authority.pubkey().to_bytes(), &args.evm_authority, &args.name);
        let id = id.unwrap();
        let assets = crate::history::assets(&self.history.vectors.exchange);
        let poster = self.history.poster.pubkey();
        let calls = [
            register_exchange(authority.pubkey(), exchange_address(&id), args),
            append_assets(authority.pubkey(), &id, 0, assets),
            set_posters(authority.pubkey(), &id, vec![poster]),
        ];
        for call in calls {
            self.chain().send(&[&authority], call).accepted();
        }
        (authority, id)
    }
}

/// In the order in which they can be looked at.
pub fn ascending(mut holdings: Vec<Holding>) -> Vec<Holding> {
    holdings.sort_by_key(|holding| holding.account);
    holdings
}
