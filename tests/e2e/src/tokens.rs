//! Tokens on the local chains, as real as their programs: an SPL mint, and an ERC-20 of the
//! project's development token.

use std::fs;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, U256},
    providers::{DynProvider, Provider},
    rpc::types::TransactionRequest,
    sol,
    sol_types::{SolCall, SolValue},
};
use anyhow::{Context, Result, ensure};
use ballast_migrations::transaction::send;
use serde_json::Value;
use solana_client::nonblocking::rpc_client::RpcClient;
use solana_sdk::{program_pack::Pack, pubkey::Pubkey, signature::Keypair, signer::Signer};
use solana_system_interface::instruction::create_account;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::{
    ID as TOKEN_PROGRAM,
    instruction::{initialize_mint2, mint_to, transfer_checked},
    state::Mint,
};

use crate::network::artifacts;

sol! {
    function mint(address account, uint256 amount);
    function transfer(address to, uint256 amount);
}

/// A mint whose authority is `authority`, who also pays.
pub struct SplToken {
    pub mint: Pubkey,
    pub decimals: u8,
}

impl SplToken {
    pub async fn create(rpc: &RpcClient, authority: &Keypair, decimals: u8) -> Result<Self> {
        let mint = Keypair::new();
        let rent = rpc.get_minimum_balance_for_rent_exemption(Mint::LEN).await.context("ask for a mint's rent")?;
        let instructions = [
            create_account(&authority.pubkey(), &mint.pubkey(), rent, Mint::LEN as u64, &TOKEN_PROGRAM),
            initialize_mint2(&TOKEN_PROGRAM, &mint.pubkey(), &authority.pubkey(), None, decimals)?,
        ];
        send(rpc, &instructions, &[authority, &mint], "make a mint").await?;
        Ok(Self { mint: mint.pubkey(), decimals })
    }

    /// Where `owner` has it.
    pub fn account(&self, owner: &Pubkey) -> Pubkey {
        get_associated_token_address(owner, &self.mint)
    }

    pub async fn mint_to(&self, rpc: &RpcClient, authority: &Keypair, owner: &Pubkey, amount: u64) -> Result<()> {
        let payer = authority.pubkey();
        let account = self.account(owner);
        let instructions = [
            create_associated_token_account_idempotent(&payer, owner, &self.mint, &TOKEN_PROGRAM),
            mint_to(&TOKEN_PROGRAM, &self.mint, &account, &payer, &[], amount)?,
        ];
        send(rpc, &instructions, &[authority], "mint tokens").await.map(drop)
    }

    /// Moves `amount` of `owner`'s to `to`, who must have an account.
    pub async fn transfer(&self, rpc: &RpcClient, owner: &Keypair, to: &Pubkey, amount: u64) -> Result<()> {
        let (source, target) = (self.account(&owner.pubkey()), self.account(to));
        let instruction = transfer_checked(
            &TOKEN_PROGRAM,
            &source,
            &self.mint,
            &target,
            &owner.pubkey(),
            &[],
            amount,
            self.decimals,
        )?;
        let open = create_associated_token_account_idempotent(&owner.pubkey(), to, &self.mint, &TOKEN_PROGRAM);
        send(rpc, &[open, instruction], &[owner], "transfer tokens").await.map(drop)
    }
}

/// The development token on an EVM chain.
pub struct Erc20Token {
    pub address: Address,
    provider: DynProvider,
}

impl Erc20Token {
    /// Deploys it; `provider` signs as `from`.
    pub async fn deploy(provider: DynProvider, from: Address, symbol: &str, decimals: u8) -> Result<Self> {
        let path = artifacts().join("DevelopmentToken.sol/DevelopmentToken.json");
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let artifact: Value = serde_json::from_str(&text)?;
        let code = artifact["bytecode"]["object"].as_str().context("the development token has no bytecode")?;
        let arguments = (symbol.to_owned(), U256::from(decimals)).abi_encode_params();
        let code = [alloy::hex::decode(code)?, arguments].concat();
        let request = TransactionRequest::default().with_from(from).with_deploy_code(code);
        let receipt = provider.send_transaction(request).await?.get_receipt().await?;
        let address = receipt.contract_address.context("the development token has no address")?;
        Ok(Self { address, provider })
    }

    pub async fn mint_to(&self, from: Address, owner: Address, amount: U256) -> Result<()> {
        self.call(from, mintCall { account: owner, amount }.abi_encode()).await
    }

    /// `provider` must sign as `owner`.
    pub async fn transfer(&self, owner: Address, to: Address, amount: U256) -> Result<()> {
        self.call(owner, transferCall { to, amount }.abi_encode()).await
    }

    async fn call(&self, from: Address, input: Vec<u8>) -> Result<()> {
        let request = TransactionRequest::default().with_from(from).with_to(self.address).with_input(input);
        let receipt = self.provider.send_transaction(request).await?.get_receipt().await?;
        ensure!(receipt.status(), "the token refused {}", receipt.transaction_hash);
        Ok(())
    }
}
