//! Several questions in one request, and what a node was found to allow.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use alloy::{
    primitives::{Address, Bytes},
    providers::Provider,
    rpc::{
        client::{BatchRequest, Waiter},
        json_rpc::{RpcRecv, RpcSend},
        types::TransactionRequest,
    },
    sol_types::SolCall,
    transports::{RpcError, TransportError, TransportErrorKind},
};

use super::{EvmReader, block::At, reader::transport_error};
use crate::error::Error;

/// The most questions of one request: fewer than every public node takes.
const QUESTIONS: usize = 100;

/// The most queries for events of one request: what a node answers is held in memory.
const PIECES: usize = 10;

/// How much a node answers at once. It is found out by asking for too much, and remembered.
pub(super) struct Limits {
    /// The most blocks of one query for events.
    blocks: AtomicU64,
    /// Whether the node has answered a query for so many.
    blocks_answered: AtomicBool,
    /// The most questions of one request.
    questions: AtomicUsize,
}

impl Limits {
    pub(super) fn new(blocks: u64) -> Self {
        let (blocks_answered, questions) = (AtomicBool::new(false), AtomicUsize::new(QUESTIONS));
        Self { blocks: AtomicU64::new(blocks), blocks_answered, questions }
    }

    pub(super) fn blocks(&self) -> u64 {
        self.blocks.load(Ordering::Relaxed).max(1)
    }

    /// Asks for at most so many blocks from now on.
    pub(super) fn shrink(&self, blocks: u64) {
        self.blocks.fetch_min(blocks.max(1), Ordering::Relaxed);
        self.blocks_answered.store(false, Ordering::Relaxed);
    }

    /// Takes note that the node answered a query for so many blocks.
    pub(super) fn answered(&self, blocks: u64) {
        if blocks >= self.blocks() {
            self.blocks_answered.store(true, Ordering::Relaxed);
        }
    }

    /// Queries for events in one request: one until the node has answered one, so that a refusal is
    /// not asked for many times.
    pub(super) fn pieces(&self) -> usize {
        if self.blocks_answered.load(Ordering::Relaxed) { PIECES } else { 1 }
    }
}

impl EvmReader {
    /// The answers to questions of one method, in order: each is the node's answer or its refusal.
    /// They are asked in as few requests as the node takes.
    pub(super) async fn ask_together<Q: RpcSend, A: RpcRecv>(
        &self,
        method: &'static str,
        questions: &[Q],
        what: &str,
    ) -> Result<Vec<Result<A, TransportError>>, Error> {
        let mut answers = Vec::with_capacity(questions.len());
        while let Some(rest) = questions.get(answers.len()..).filter(|rest| !rest.is_empty()) {
            let most = self.limits.questions.load(Ordering::Relaxed).max(1);
            let next = rest.get(..most.min(rest.len())).unwrap_or(rest);
            if let [question] = next {
                answers.push(self.provider.client().request(method, question).await);
                continue;
            }
            match self.ask_batch(method, next).await {
                Ok(batch) => answers.extend(batch),
                // All of them were refused together, or one of them: they tell one by one.
                Err(RpcError::ErrorResp(_)) if next.len() <= PIECES => {
                    let (mut alone, mut refused) = (Vec::new(), false);
                    for question in next {
                        let answer = self.provider.client().request(method, question).await;
                        refused |= answer.is_err();
                        alone.push(answer);
                    }
                    if !refused {
                        self.limits.questions.store(next.len() / 2, Ordering::Relaxed);
                    }
                    answers.append(&mut alone);
                }
                Err(RpcError::ErrorResp(_)) => self.limits.questions.store(next.len() / 2, Ordering::Relaxed),
                // A node may take fewer, or no batches at all.
                Err(RpcError::Transport(
                    TransportErrorKind::HttpError(_) | TransportErrorKind::MissingBatchResponse(_),
                )) => self.limits.questions.store(next.len() / 2, Ordering::Relaxed),
                Err(error) => return Err(transport_error(&self.node, what, &error)),
            }
        }
        Ok(answers)
    }

    async fn ask_batch<Q: RpcSend, A: RpcRecv>(
        &self,
        method: &'static str,
        questions: &[Q],
    ) -> Result<Vec<Result<A, TransportError>>, TransportError> {
        let mut batch = BatchRequest::new(self.provider.client());
        let waiters: Vec<Waiter<A>> =
            questions.iter().map(|question| batch.add_call(method, question)).collect::<Result<_, _>>()?;
        batch.send().await?;
        let mut answers = Vec::with_capacity(waiters.len());
        for waiter in waiters {
            answers.push(match waiter.await {
                Err(error @ RpcError::Transport(_)) => return Err(error),
                answer => answer,
            });
        }
        Ok(answers)
    }

    /// The answers of the contract at `contract` to calls of one function, all at one block.
    pub(super) async fn call_together<C: SolCall>(
        &self,
        contract: Address,
        calls: &[C],
        at: At,
    ) -> Result<Vec<C::Return>, Error> {
        let request = |call: &C| {
            let input = Bytes::from(call.abi_encode());
            (TransactionRequest::default().to(contract).input(input.into()), at.id())
        };
        let questions: Vec<_> = calls.iter().map(request).collect();
        let what = C::SIGNATURE;
        let answers: Vec<Result<Bytes, _>> = self.ask_together("eth_call", &questions, what).await?;
        let decode = |answer: Result<Bytes, TransportError>| {
            let data = answer.map_err(|error| self.error_of(contract, what, error.into()))?;
            C::abi_decode_returns(&data).map_err(|error| self.error_of(contract, what, error.into()))
        };
        answers.into_iter().map(decode).collect()
    }
}
