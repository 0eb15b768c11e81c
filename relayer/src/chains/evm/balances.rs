//! What an exchange's wallets hold on the EVM chain, all at one block.

use alloy::{
    eips::{BlockId, BlockNumberOrTag},
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256},
    providers::Provider,
    rpc::types::{Header, TransactionRequest},
    sol,
    sol_types::SolCall,
    transports::{RpcError, TransportError},
};
use ballast_ledger::reserves::Holding;
use ballast_sdk::{
    chain::{Address as AnyAddress, Chain},
    node::redact,
    observation::{Token, Wallet},
};
use futures::{StreamExt, TryStreamExt, stream};

use super::node::EvmRpc;
use crate::{
    chains::{ChainError, ChainHoldings, ChainName, Uncounted},
    config,
};

sol! {
    function balanceOf(address account) external view returns (uint256);
}

/// Questions that a node is asked at once.
const AT_ONCE: usize = 8;

/// How often everything is asked again when the block is replaced meanwhile.
const ATTEMPTS: usize = 3;

/// What one question found: units of the token, or why it counts 0.
type Balance = Result<u128, String>;

/// Reads what `wallets` hold of `tokens`, all of it at the youngest block that has the configured
/// confirmations. Retired wallets, and those of another chain, are left out.
///
/// A token that fails, or answers with less than 32 bytes or a balance of more than 128 bits,
/// counts 0 for that wallet, as on the chain itself, and is in `uncounted`: one bad token must not
/// stop an epoch.
///
/// # Errors
/// When the node does not answer, or the chain is reorganised again and again.
pub async fn read_evm(
    settings: &config::Evm,
    wallets: &[Wallet],
    tokens: &[Token],
) -> Result<ChainHoldings, ChainError> {
    let node = EvmRpc::new(&settings.rpc_url)?;
    let chain = Chain::Evm(node.chain_id().await?);
    let mut questions = Vec::new();
    for token in tokens.iter().filter(|token| token.chain == chain) {
        for wallet in wallets.iter().filter(|wallet| wallet.chain == chain && !wallet.retired) {
            if let (AnyAddress::Evm(wallet), AnyAddress::Evm(address)) = (wallet.address, token.address) {
                questions.push(Question { wallet, address, token });
            }
        }
    }
    let reader = EvmBalanceReader { node: &node, url: settings };
    for _ in 0..ATTEMPTS {
        let block = reader.settled(settings.confirmations).await?;
        let asked: Vec<_> = questions.iter().map(|question| reader.ask(question, block.hash)).collect();
        let balances: Vec<Balance> = match stream::iter(asked).buffered(AT_ONCE).try_collect().await {
            Ok(balances) => balances,
            // A block that is gone is asked for no more.
            Err(error) if reader.is_canonical(&block).await? => return Err(error),
            Err(_) => continue,
        };
        if reader.is_canonical(&block).await? {
            return Ok(told(chain, &block, &questions, balances));
        }
    }
    let reason = format!("the block was replaced in each of {ATTEMPTS} attempts");
    Err(ChainError::Unexpected { chain: ChainName::Evm, what: "the wallets' balances".into(), reason })
}

/// How much of a token one wallet has.
struct Question<'a> {
    wallet: Address,
    /// Zero for native coin.
    address: Address,
    token: &'a Token,
}

fn told(chain: Chain, block: &Header, questions: &[Question<'_>], balances: Vec<Balance>) -> ChainHoldings {
    let (mut holdings, mut empty, mut uncounted) = (Vec::new(), Vec::new(), Vec::new());
    for (Question { wallet, address, token }, balance) in questions.iter().zip(balances) {
        let (chain, wallet, token_address) = (chain.to_string(), wallet.to_string(), address.to_string());
        match balance {
            Ok(balance) => {
                let holding = Holding {
                    chain,
                    account: wallet.clone(),
                    wallet,
                    token: token_address,
                    decimals: token.decimals,
                    asset: token.asset,
                    balance,
                };
                if balance == 0 { empty.push(holding) } else { holdings.push(holding) }
            }
            Err(reason) => uncounted.push(Uncounted { chain, token: token_address, account: wallet, reason }),
        }
    }
    let (height, hash, time) = (block.number, block.hash.to_string(), block.timestamp);
    ChainHoldings { chain: chain.to_string(), height, hash, time, holdings, empty, uncounted }
}

struct EvmBalanceReader<'a> {
    node: &'a EvmRpc,
    url: &'a config::Evm,
}

impl EvmBalanceReader<'_> {
    /// The youngest block with so many confirmations, its own included.
    async fn settled(&self, confirmations: u64) -> Result<Header, ChainError> {
        let height = self.node.height().await?;
        // A chain shorter than that has its first block, which nobody replaces.
        let number = height.saturating_sub(confirmations.saturating_sub(1));
        self.header(number).await?.ok_or_else(|| ChainError::Unexpected {
            chain: ChainName::Evm,
            what: format!("block {number}"),
            reason: "there is no such block".into(),
        })
    }

    async fn header(&self, number: u64) -> Result<Option<Header>, ChainError> {
        let block = self.node.provider.get_block_by_number(BlockNumberOrTag::Number(number)).await;
        let block = block.map_err(|error| self.node.error(&format!("block {number}"), &error))?;
        Ok(block.map(|block| block.header))
    }

    /// Whether the chain still has this block.
    async fn is_canonical(&self, block: &Header) -> Result<bool, ChainError> {
        Ok(self.header(block.number).await?.is_some_and(|now| now.hash == block.hash))
    }

    async fn ask(&self, question: &Question<'_>, block: B256) -> Result<Balance, ChainError> {
        if question.address.is_zero() {
            return Ok(units(self.native(question.wallet, block).await?));
        }
        let input = balanceOfCall { account: question.wallet }.abi_encode();
        let request = TransactionRequest::default().with_to(question.address).with_input(input);
        match self.node.provider.call(request).block(BlockId::hash(block)).await {
            Ok(answer) => Ok(word(&answer).and_then(units)),
            Err(error) => self.failed(question, block, &error).await,
        }
    }

    async fn native(&self, address: Address, block: B256) -> Result<U256, ChainError> {
        let balance = self.node.provider.get_balance(address).block_id(BlockId::hash(block)).await;
        balance.map_err(|error| self.node.error("a balance", &error))
    }

    /// Tells a token that fails from a node that does. Nodes have no common code for a call that
    /// runs out of gas or into an invalid instruction; one that answers another question about the
    /// same block is well, so the call was the token's failure.
    async fn failed(
        &self,
        question: &Question<'_>,
        block: B256,
        error: &TransportError,
    ) -> Result<Balance, ChainError> {
        let what = || format!("the balance of {} at token {}", question.wallet, question.address);
        let RpcError::ErrorResp(payload) = error else { return Err(self.node.error(&what(), error)) };
        if payload.as_revert_data().is_none() && self.native(question.address, block).await.is_err() {
            return Err(self.node.error(&what(), error));
        }
        Ok(Err(redact(&self.url.rpc_url, &payload.message)))
    }
}

/// The first word of an answer; more may follow.
fn word(answer: &Bytes) -> Result<U256, String> {
    let word = answer.get(..32).ok_or_else(|| format!("expected 32 bytes, found {}", answer.len()))?;
    Ok(U256::from_be_slice(word))
}

fn units(balance: U256) -> Balance {
    u128::try_from(balance).map_err(|_| "expected a balance below 2^128, found more".into())
}
