//! Holds a published reserves report against the chains, without a log.

use std::{collections::BTreeSet, fmt, fs, path::Path};

use ballast_sdk::reserves::{CompareError, compare, verify as verify_report};
use serde::Serialize;

use crate::{
    chains::ReadableChain,
    failure::{Classified, Exit, Failure},
    session::Chains,
};

impl Classified for CompareError {
    fn exit(&self) -> Exit {
        match self {
            Self::Chain(error) => error.exit(),
            Self::Holding(_) => Exit::Refused,
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
    /// Holdings of this chain, all in registered wallets and of declared tokens.
    pub holdings: usize,
}

/// Verifies that the report with these bytes is that of epoch `number` on every chain, and that its wallets and tokens are the exchange's on
/// each of them.
///
/// # Errors
/// A chain that does not answer or has no such epoch; refused where the report is not the epoch's.
pub async fn verify(chains: &Chains, number: u64, bytes: &[u8]) -> Result<VerifiedReport, Failure> {
    let (mut verified, mut named, mut messages) = (Vec::new(), BTreeSet::new(), 0);
    for chain in chains.iter() {
        let epoch = chain.client().epoch(&chains.exchange, number).await?;
        let report = verify_report(&epoch.record, bytes).map_err(|error| refused(chain, number, error))?;
        let holdings = compare(chain.client(), &epoch.record, &report).await?;
        verified.push(VerifiedChain { chain: chain.client().chain().to_string(), holdings });
        named.extend(report.blocks.into_iter().map(|block| block.chain));
        messages = report.messages.len();
    }
    named.retain(|name| verified.iter().all(|verified| verified.chain != *name));
    let not_compared = named.into_iter().collect();
    Ok(VerifiedReport { epoch: number, chains: verified, not_compared, messages })
}

/// The bytes of a file that was given.
///
/// # Errors
/// Bad input when it cannot be read.
pub fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::bad_input(format!("{}: {error}", file.display())))
}

fn refused(chain: &dyn ReadableChain, number: u64, error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::new(Exit::Refused, error).context(format!("{}, epoch {number}, reserves report", chain.name()))
}

impl fmt::Display for VerifiedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, chains, not_compared, messages } = self;
        for VerifiedChain { chain, holdings } in chains {
            writeln!(f, "{chain}: the report is that of epoch {epoch}")?;
            writeln!(f, "  {holdings} holdings read on this chain, all in registered wallets and of declared tokens")?;
        }
        writeln!(f, "{messages} signed messages, all for this exchange: ownership signed, balances stated")?;
        not_compared
            .iter()
            .try_for_each(|chain| writeln!(f, "{chain}: wallets and tokens NOT COMPARED, the chain was not asked"))
    }
}
