//! Holds a published reserves report against the chains, without a log.

use std::{collections::BTreeSet, path::Path};

use ballast_durable::read_bounded;
use ballast_ledger::reserves::report::REPORT_MAX;
use ballast_sdk::{
    reread::ComparedHoldings,
    reserves::{CompareError, verify as verify_report},
};
use serde::Serialize;

use crate::{
    chains::ReadableChain,
    failure::{Classified, Failure, FailureKind},
    session::Chains,
};

impl Classified for CompareError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Chain(error) => error.failure_kind(),
            Self::Holding(_) => FailureKind::Refused,
        }
    }
}

/// A report that is the epoch's on every chain that was asked.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedReport {
    pub epoch: u64,
    pub chains: Vec<VerifiedChain>,
    /// Chains that the report says were read, of which nobody was asked about wallets and tokens.
    pub not_compared: Vec<String>,
    /// Addresses whose owners signed; what they hold is stated.
    pub messages: usize,
}

/// One chain, whose record of the epoch binds the report.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedChain {
    pub chain: String,
    #[serde(flatten)]
    pub compared: ComparedHoldings,
}

/// Verifies that the report with these bytes is that of epoch `number` on every chain, that its
/// wallets and tokens are the exchange's on each of them, and that blocks, accounts and balances
/// are as their nodes have them. What a node cannot tell is counted as not checked.
///
/// # Errors
/// A chain that does not answer or has no such epoch; refused where the report is not the epoch's.
pub async fn verify(chains: &Chains, number: u64, bytes: &[u8]) -> Result<VerifiedReport, Failure> {
    let (mut verified, mut named, mut messages) = (Vec::new(), BTreeSet::new(), 0);
    for chain in chains.iter() {
        let epoch = chain.client().epoch(&chains.exchange, number).await?;
        let report = verify_report(&epoch.record, bytes).map_err(|error| refused(chain, number, error))?;
        let compared = chain.client().check_holdings(&epoch.record, &report).await?;
        verified.push(VerifiedChain { chain: chain.client().chain().to_string(), compared });
        named.extend(report.blocks.into_iter().map(|block| block.chain));
        messages = report.messages.len();
    }
    named.retain(|name| verified.iter().all(|verified| verified.chain != *name));
    let not_compared = named.into_iter().collect();
    Ok(VerifiedReport { epoch: number, chains: verified, not_compared, messages })
}

/// The bytes of a report's file that was given.
///
/// # Errors
/// Bad input when it cannot be read, is no plain file, or is longer than any report.
pub fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    read_bounded(file, REPORT_MAX as u64).map_err(|error| Failure::bad_input(format!("{}: {error}", file.display())))
}

fn refused(chain: &dyn ReadableChain, number: u64, error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::new(FailureKind::Refused, error).context(format!("{}, epoch {number}, reserves report", chain.name()))
}
