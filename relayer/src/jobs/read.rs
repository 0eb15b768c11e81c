//! What the chains say, through the readers that anyone has.

use std::ops::Bound;

use ballast_core::hexadecimal;
use ballast_sdk::{
    Epoch, History,
    solvency::{Answer, Known},
    verification::Agreement,
};
use serde::Serialize;

use crate::{
    failure::{Failure, FailureKind},
    session::Chains,
};

/// Histories, one a chain.
#[derive(Clone, Debug, Serialize)]
pub struct Histories {
    pub chains: Vec<History>,
}

/// One epoch, as each chain tells it.
#[derive(Clone, Debug, Serialize)]
pub struct Epochs {
    pub chains: Vec<Epoch>,
}

/// Each chain's own answer.
#[derive(Clone, Debug, Serialize)]
pub struct Answers {
    /// Every answer is fresh.
    pub fresh: bool,
    pub chains: Vec<Answer>,
}

/// Histories verified from their first record, and compared.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    pub chains: Vec<VerifiedChain>,
    /// None when only one chain was asked.
    pub agreement: Option<Agreement>,
}

#[derive(Clone, Debug, Serialize)]
pub struct VerifiedChain {
    pub chain: String,
    /// Epochs whose records lead to the chain's head.
    pub epochs: u64,
    #[serde(with = "hexadecimal")]
    pub head: ballast_core::Digest,
    /// Of the circuits that proved them, each once.
    pub setups: Vec<&'static str>,
}

/// # Errors
/// A chain that does not answer, or an epoch that does not exist.
pub async fn history(chains: &Chains, from: Option<u64>, to: Option<u64>) -> Result<Histories, Failure> {
    let bound = |end: Option<u64>| end.map_or(Bound::Unbounded, Bound::Included);
    let mut histories = Vec::new();
    for chain in chains.iter() {
        histories.push(chain.client().history(&chains.exchange, (bound(from), bound(to))).await?);
    }
    Ok(Histories { chains: histories })
}

/// # Errors
/// A chain that does not answer, or does not have the epoch.
pub async fn show(chains: &Chains, number: u64) -> Result<Epochs, Failure> {
    let mut epochs = Vec::new();
    for chain in chains.iter() {
        epochs.push(chain.client().epoch(&chains.exchange, number).await?);
    }
    Ok(Epochs { chains: epochs })
}

/// # Errors
/// A chain that does not answer.
pub async fn solvency(chains: &Chains, symbol: &str, max_age: u64, known: Known) -> Result<Answers, Failure> {
    let mut answers = Vec::new();
    for chain in chains.iter() {
        let client = chain.client();
        answers.push(match known {
            Known::Reported => client.solvency(&chains.exchange, symbol, max_age).await?,
            Known::Witnessed { max_span } => {
                client.witnessed_solvency(&chains.exchange, symbol, max_age, max_span).await?
            }
        });
    }
    Ok(Answers { fresh: answers.iter().all(Answer::is_fresh), chains: answers })
}

/// # Errors
/// A history that does not lead to its head, or two that differ.
pub async fn verify(chains: &Chains) -> Result<Verified, Failure> {
    let mut verified = Vec::new();
    let several = chains.iter().count() > 1;
    for chain in chains.iter() {
        let client = chain.client();
        let history = match client.verify_history(&chains.exchange).await {
            Ok(history) => history,
            // Whether that is behind, the other chain says.
            Err(ballast_sdk::Error::NoEpoch { .. }) if several => continue,
            Err(error) => return Err(error.into()),
        };
        let mut setups: Vec<&'static str> = history.epochs.iter().map(|epoch| epoch.setup.label()).collect();
        setups.sort_unstable();
        setups.dedup();
        verified.push(VerifiedChain {
            chain: history.chain.to_string(),
            epochs: history.epochs.len() as u64,
            head: history.head,
            setups,
        });
    }
    let mut clients = chains.iter().map(|chain| chain.client());
    let agreement = match (clients.next(), clients.next()) {
        (Some(first), Some(second)) => Some(first.compare_history(second, &chains.exchange).await?),
        _ => None,
    };
    Ok(Verified { chains: verified, agreement })
}

impl Answers {
    /// Whether the answers are a yes: every chain's is fresh.
    ///
    /// # Errors
    /// The kind of failure that the answers amount to.
    pub fn verdict(&self) -> Result<(), FailureKind> {
        if self.fresh { Ok(()) } else { Err(FailureKind::Refused) }
    }
}

impl Verified {
    /// Whether the chains tell the same: one that is behind has not told all of the history.
    ///
    /// # Errors
    /// The kind of failure that the comparison amounts to.
    pub fn verdict(&self) -> Result<(), FailureKind> {
        let behind = self.agreement.as_ref().is_some_and(|agreement| agreement.behind.is_some());
        if behind { Err(FailureKind::Refused) } else { Ok(()) }
    }
}
