//! What an exchange's wallets hold on Solana, all at one slot.

use std::{collections::BTreeMap, time::Duration};

use ballast_core::holding::{HoldingAccount, NoHolding, SYSTEM_PROGRAM, token_program};
use ballast_ledger::reserves::Holding;
use ballast_sdk::{
    chain::{Address, Chain},
    observation::{Token, Wallet},
};
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use solana_client::{
    rpc_config::{RpcAccountInfoConfig, RpcBlockConfig, UiAccountEncoding},
    rpc_request::TokenAccountsFilter,
};
use solana_commitment_config::CommitmentConfig;
use solana_sdk::{account::Account, pubkey::Pubkey};
use solana_transaction_status_client_types::TransactionDetails;

use super::node::SolanaRpc;
use crate::{
    chains::{ChainError, ChainHoldings, ChainName, Uncounted},
    config,
};

/// Accounts that one request may ask for.
const ACCOUNTS_AT_ONCE: usize = 100;

/// Requests that a node is asked at once while token accounts are looked for.
const REQUESTS_AT_ONCE: usize = 8;

/// How often all accounts are asked for again when they were not all read at one slot, and how
/// often for the slot's block.
const ATTEMPTS: usize = 20;

/// Between two attempts: about half a slot.
const PAUSE: Duration = Duration::from_millis(200);

/// Reads what `wallets` hold of `tokens`, all of it at one slot of the configured commitment.
/// Retired wallets are left out.
///
/// What counts is what the program counts when it looks, by the same code. A frozen account is in
/// `uncounted`.
///
/// # Errors
/// When the node does not answer, or its answers are never all of one slot.
pub async fn read_solana(
    settings: &config::Solana,
    wallets: &[Wallet],
    tokens: &[Token],
) -> Result<ChainHoldings, ChainError> {
    let reader = SolanaBalanceReader { node: SolanaRpc::new(&settings.rpc_url), commitment: settings.commitment };
    let wallets = wallets.iter().filter(|wallet| wallet.chain == Chain::Solana && !wallet.retired);
    let wallets: Vec<Pubkey> = wallets.filter_map(|wallet| solana(wallet.address)).collect();
    let places = reader.places(&wallets, tokens).await?;
    let addresses: Vec<Pubkey> = places.keys().copied().collect();
    let (slot, accounts) = reader.accounts(&addresses).await?;
    let (hash, time) = reader.block(slot).await?;
    let mut holdings = ChainHoldings {
        chain: Chain::Solana.to_string(),
        height: slot,
        hash,
        time,
        holdings: Vec::new(),
        empty: Vec::new(),
        uncounted: Vec::new(),
    };
    for (address, account) in addresses.iter().zip(accounts) {
        let (place, Some(account)) = (&places[address], account) else { continue };
        place.count(address, &account, &mut holdings);
    }
    Ok(holdings)
}

fn solana(address: Address) -> Option<Pubkey> {
    match address {
        Address::Solana(address) => Some(address),
        Address::Evm(_) => None,
    }
}

/// What an account may hold of whom: a wallet has lamports, a token account has one token.
struct Place<'a> {
    wallet: Pubkey,
    /// Zero for lamports.
    mint: Pubkey,
    /// Owns the token's accounts.
    token_program: [u8; 32],
    token: &'a Token,
}

impl Place<'_> {
    /// Counts what the program would.
    fn count(&self, address: &Pubkey, account: &Account, told: &mut ChainHoldings) {
        let Self { wallet, mint, token_program, token } = self;
        let shown = HoldingAccount {
            address: &address.to_bytes(),
            program: &account.owner.to_bytes(),
            lamports: account.lamports,
            data: &account.data,
        };
        let balance = match shown.balance(&wallet.to_bytes(), &mint.to_bytes(), token_program) {
            Ok(balance) => balance,
            Err(reason @ NoHolding::Frozen) => {
                let (chain, token, account) = (told.chain.clone(), mint.to_string(), address.to_string());
                told.uncounted.push(Uncounted { chain, token, account, reason: reason.to_string() });
                return;
            }
            Err(_) => return,
        };
        let holdings = if balance == 0 { &mut told.empty } else { &mut told.holdings };
        holdings.push(Holding {
            chain: told.chain.clone(),
            wallet: wallet.to_string(),
            account: address.to_string(),
            token: mint.to_string(),
            decimals: token.decimals,
            asset: token.asset,
            balance: balance.into(),
        });
    }
}

struct SolanaBalanceReader {
    node: SolanaRpc,
    commitment: CommitmentConfig,
}

impl SolanaBalanceReader {
    /// Every account that may count, by its address. One that appears only afterwards is not there;
    /// it is read in the next epoch.
    async fn places<'a>(
        &self,
        wallets: &[Pubkey],
        tokens: &'a [Token],
    ) -> Result<BTreeMap<Pubkey, Place<'a>>, ChainError> {
        let tokens = tokens.iter().filter_map(|token| Some((solana(token.address)?, token)));
        let (lamports, tokens): (Vec<_>, Vec<_>) = tokens.partition(|(mint, _)| *mint == Pubkey::default());
        let mut places = BTreeMap::new();
        for (mint, token) in lamports {
            let token_program = SYSTEM_PROGRAM;
            places
                .extend(wallets.iter().map(|wallet| (*wallet, Place { wallet: *wallet, mint, token_program, token })));
        }
        let mints: Vec<Pubkey> = tokens.iter().map(|(mint, _)| *mint).collect();
        let (_, found) = self.accounts(&mints).await?;
        // Nobody holds anything of a mint that was closed, and a node refuses to look for it.
        let open = tokens.into_iter().zip(found).filter_map(|((mint, token), account)| {
            account.map(|account| (mint, token_program(&mint.to_bytes(), &account.owner.to_bytes()), token))
        });
        let questions: Vec<_> = open.flat_map(|token| wallets.iter().map(move |wallet| (*wallet, token))).collect();
        let asked: Vec<_> = questions.iter().map(|(wallet, (mint, ..))| self.token_accounts(*wallet, *mint)).collect();
        let found: Vec<_> = stream::iter(asked).buffered(REQUESTS_AT_ONCE).try_collect().await?;
        for ((wallet, (mint, token_program, token)), accounts) in questions.into_iter().zip(found) {
            places.extend(accounts.into_iter().map(|account| (account, Place { wallet, mint, token_program, token })));
        }
        Ok(places)
    }

    async fn token_accounts(&self, wallet: Pubkey, mint: Pubkey) -> Result<Vec<Pubkey>, ChainError> {
        let what = format!("the accounts of {wallet} for token {mint}");
        let filter = TokenAccountsFilter::Mint(mint);
        let found = self.node.rpc.get_token_accounts_by_owner_with_commitment(&wallet, filter, self.commitment).await;
        let found = found.map_err(|error| self.node.error(&what, &error))?.value;
        found.iter().map(|account| account.pubkey.parse().map_err(|_| unexpected(&what, "no address"))).collect()
    }

    /// The accounts at these addresses, all as they were at the slot that is returned with them.
    async fn accounts(&self, addresses: &[Pubkey]) -> Result<(u64, Vec<Option<Account>>), ChainError> {
        if addresses.is_empty() {
            let slot = self.node.rpc.get_slot_with_commitment(self.commitment).await;
            return Ok((slot.map_err(|error| self.node.error("the slot", &error))?, Vec::new()));
        }
        let mut slots = (0, 0);
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            // Asked for together, so that they may find the same slot.
            let batches = try_join_all(addresses.chunks(ACCOUNTS_AT_ONCE).map(|batch| self.batch(batch))).await?;
            let read = || batches.iter().map(|(slot, _)| *slot);
            slots = (read().min().unwrap_or_default(), read().max().unwrap_or_default());
            if slots.0 == slots.1 {
                return Ok((slots.0, batches.into_iter().flat_map(|(_, accounts)| accounts).collect()));
            }
        }
        let reason = format!(
            "expected {} accounts of one slot, found slots {} to {} after {ATTEMPTS} attempts",
            addresses.len(),
            slots.0,
            slots.1
        );
        Err(unexpected("the wallets' balances", reason))
    }

    async fn batch(&self, addresses: &[Pubkey]) -> Result<(u64, Vec<Option<Account>>), ChainError> {
        let what = "the wallets' balances";
        let config = RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(self.commitment),
            ..Default::default()
        };
        let found = self.node.rpc.get_multiple_ui_accounts_with_config(addresses, config).await;
        let found = found.map_err(|error| self.node.error(what, &error))?;
        if found.value.len() != addresses.len() {
            let reason = format!("expected {} accounts, found {}", addresses.len(), found.value.len());
            return Err(unexpected(what, reason));
        }
        let decoded = found.value.into_iter().map(|account| match account {
            Some(account) => account.to_account().map(Some).ok_or_else(|| unexpected(what, "data that is not base64")),
            None => Ok(None),
        });
        Ok((found.context.slot, decoded.collect::<Result<_, _>>()?))
    }

    /// Hash and time of the slot's block.
    async fn block(&self, slot: u64) -> Result<(String, u64), ChainError> {
        let what = format!("the block of slot {slot}");
        let config = RpcBlockConfig {
            transaction_details: Some(TransactionDetails::None),
            rewards: Some(false),
            commitment: Some(self.commitment),
            max_supported_transaction_version: Some(0),
            ..Default::default()
        };
        let mut attempt = 1;
        let block = loop {
            match self.node.rpc.get_block_with_config(slot, config).await {
                Ok(block) => break block,
                // A node may have a slot's state before it can tell its block.
                Err(_) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(self.node.error(&what, &error)),
            }
            tokio::time::sleep(PAUSE).await;
        };
        let time = block.block_time.and_then(|time| u64::try_from(time).ok());
        Ok((block.blockhash, time.ok_or_else(|| unexpected(&what, "no time, or one before 1970"))?))
    }
}

fn unexpected(what: &str, reason: impl Into<String>) -> ChainError {
    ChainError::Unexpected { chain: ChainName::Solana, what: what.into(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use solana_sdk::program_pack::Pack;
    use spl_token_interface::state::{Account as TokenAccount, AccountState};

    use super::*;

    /// What counts is tested where the rule is, in the program; here, where each answer goes.
    #[test]
    fn what_counts_is_told_as_held_empty_or_frozen_and_all_else_not_at_all() {
        let [wallet, mint, address] = [1, 2, 3].map(|byte| Pubkey::new_from_array([byte; 32]));
        let token = Token { chain: Chain::Solana, address: Address::Solana(mint), asset: 2, decimals: 6 };
        let token_program = spl_token_interface::ID.to_bytes();
        let place = Place { wallet, mint, token_program, token: &token };
        let counted = |amount, state, owner: Pubkey| {
            let mut data = vec![0; TokenAccount::LEN];
            TokenAccount { mint, owner, amount, state, ..TokenAccount::default() }.pack_into_slice(&mut data);
            let mut told = ChainHoldings {
                chain: Chain::Solana.to_string(),
                height: 1,
                hash: String::new(),
                time: 1,
                holdings: Vec::new(),
                empty: Vec::new(),
                uncounted: Vec::new(),
            };
            place.count(&address, &Account { data, owner: spl_token_interface::ID, ..Account::default() }, &mut told);
            told
        };
        let told = counted(5, AccountState::Initialized, wallet);
        let [holding] = &told.holdings[..] else { panic!("{told:?}") };
        assert_eq!((holding.balance, holding.asset, holding.decimals), (5, 2, 6));
        assert_eq!((&holding.wallet, &holding.account), (&wallet.to_string(), &address.to_string()));
        let told = counted(0, AccountState::Initialized, wallet);
        assert_eq!((told.holdings.len(), told.empty.len(), told.uncounted.len()), (0, 1, 0));
        let told = counted(5, AccountState::Frozen, wallet);
        assert_eq!((told.holdings.len(), told.empty.len()), (0, 0));
        assert_eq!(told.uncounted[0].reason, "the account is frozen");
        let told = counted(5, AccountState::Initialized, address);
        assert_eq!((told.holdings.len(), told.empty.len(), told.uncounted.len()), (0, 0, 0));
    }
}
