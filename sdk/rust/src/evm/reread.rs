//! What a report says was read, read again at the same block.

use alloy::{
    eips::BlockId,
    primitives::{Address as EvmAddress, B256, Bytes, U256},
    rpc::types::TransactionRequest,
    sol,
    sol_types::SolCall,
    transports::{RpcError, TransportError},
};
use ballast_ledger::reserves::{BlockLine, HoldingLine};

use super::{EvmReader, block::At};
use crate::{
    error::Error,
    node::redact,
    reread::{Finding, Reread},
};

sol! {
    function balanceOf(address account) external view returns (uint256);
}

impl EvmReader {
    pub(super) async fn read_again(&self, line: &BlockLine, holdings: &[&HoldingLine]) -> Result<Reread, Error> {
        let youngest = self.now().await?;
        let not_checked = |reason: &str| {
            let not = || Finding::NotChecked(reason.to_owned());
            Ok(Reread { block: not(), owners: vec![], balances: holdings.iter().map(|_| not()).collect() })
        };
        if line.height > youngest.number {
            return not_checked(&format!("the block is younger than the {} one", self.options.block.name()));
        }
        let what = format!("block {}", line.height);
        let Some(found) = self.find_block(BlockId::number(line.height), &what).await? else {
            return not_checked("the node does not have the block");
        };
        let told = |hash: &str, time: u64| format!("{hash} of {time}");
        let block = Finding::of(&told(&line.hash, line.time), &told(&found.hash.to_string(), found.timestamp));
        let balances = match block {
            Finding::Same => self.balances(found, holdings).await?,
            _ => vec![],
        };
        Ok(Reread { block, owners: vec![], balances })
    }

    /// What the node says of each balance at `at`.
    async fn balances(&self, at: At, holdings: &[&HoldingLine]) -> Result<Vec<Finding>, Error> {
        let parse = |text: &str| text.parse::<EvmAddress>().unwrap_or_default();
        let (coins, tokens): (Vec<_>, Vec<_>) =
            holdings.iter().enumerate().partition(|(_, holding)| parse(&holding.token).is_zero());
        let of_coin: Vec<_> = coins.iter().map(|(_, holding)| (parse(&holding.account), at.id())).collect();
        let of_token = |(_, holding): &(usize, &&HoldingLine)| {
            let input = balanceOfCall { account: parse(&holding.account) }.abi_encode();
            (TransactionRequest::default().to(parse(&holding.token)).input(Bytes::from(input).into()), at.id())
        };
        let of_token: Vec<_> = tokens.iter().map(of_token).collect();
        let what = "the balances of a report";
        let held: Vec<Result<U256, _>> = self.ask_together("eth_getBalance", &of_coin, what).await?;
        let answers: Vec<Result<Bytes, _>> = self.ask_together("eth_call", &of_token, what).await?;
        let word = |answer: Bytes| answer.get(..B256::len_bytes()).map(U256::from_be_slice);
        let held = held.into_iter().map(|answer| answer.map(Some)).zip(&coins);
        let answers = answers.into_iter().map(|answer| answer.map(word)).zip(&tokens);
        let mut findings: Vec<(usize, Finding)> = held
            .chain(answers)
            .map(|(answer, (index, holding))| (*index, self.finding(&holding.balance, answer)))
            .collect();
        findings.sort_by_key(|(index, _)| *index);
        Ok(findings.into_iter().map(|(_, finding)| finding).collect())
    }

    /// `found` is none when a token answered with less than a word.
    fn finding(&self, expected: &str, found: Result<Option<U256>, TransportError>) -> Finding {
        let failed = || "a token that does not tell".to_owned();
        match found {
            Ok(found) => Finding::of(&expected.to_owned(), &found.map_or_else(failed, |found| found.to_string())),
            // A token that reverts holds nothing that counts; any other refusal is the node's.
            Err(RpcError::ErrorResp(payload)) if payload.as_revert_data().is_some() => {
                Finding::of(&expected.to_owned(), &failed())
            }
            Err(RpcError::ErrorResp(payload)) => Finding::NotChecked(redact(self.node.url(), &payload.message)),
            Err(error) => Finding::NotChecked(redact(self.node.url(), &error.to_string())),
        }
    }
}
