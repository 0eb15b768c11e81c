//! What the chains say, through the readers that anyone has.

use std::{ops::Bound, path::Path};

use ballast_core::{Digest, hexadecimal};
use ballast_sdk::{
    Client, Epoch, History,
    solvency::{Answer, Known},
    verification::{self, Agreement, Behind, ChainHistory, VerifiedHistory},
};
use serde::Serialize;

use crate::{
    failure::{Failure, FailureKind},
    heads::{self, Heads, Place},
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

/// Histories verified, and compared.
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
    /// The first of them that was read. Those before it were verified another time, and were not
    /// verified again.
    pub first: u64,
    #[serde(with = "hexadecimal")]
    pub head: Digest,
    /// Of the circuits that proved the epochs that were read, each once.
    pub setups: Vec<&'static str>,
}

impl From<VerifiedHistory> for VerifiedChain {
    fn from(history: VerifiedHistory) -> Self {
        let mut setups: Vec<&'static str> = history.epochs.iter().map(|epoch| epoch.setup.label()).collect();
        setups.sort_unstable();
        setups.dedup();
        let (chain, epochs, first) = (history.chain.to_string(), history.latest(), history.after.unwrap_or(1));
        Self { chain, epochs, first, head: history.head, setups }
    }
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

/// Verifies each chain's history and compares them. With a `file` of heads each history goes on
/// from where it was verified before, unless it is to be read `from_start`; how far it was verified
/// is kept there once the histories were found to agree.
///
/// # Errors
/// A history that does not lead to its head or not from the one that is kept, two that differ, or a
/// file of heads that is no use.
pub async fn verify(chains: &Chains, file: Option<&Path>, from_start: bool) -> Result<Verified, Failure> {
    let mut kept = match file.map(Heads::read) {
        // The file is replaced.
        Some(Err(_)) if from_start => Heads::default(),
        Some(read) => read?,
        None => Heads::default(),
    };
    let known = kept.clone();
    let mut histories = Vec::new();
    let several = chains.iter().count() > 1;
    for chain in chains.iter() {
        let client = chain.client();
        let place = Place::of(client, chains.exchange);
        let after = if from_start { None } else { known.of(&place)? };
        let history = heads::verify(client, &chains.exchange, after.as_ref()).await?;
        match &history {
            Some(history) => kept.keep(place, history.verified_head()),
            // Whether that is behind, the other chain says.
            None if several => {}
            None => {
                let (chain, exchange) = (client.chain(), chains.exchange);
                return Err(ballast_sdk::Error::NoEpoch { chain, exchange }.into());
            }
        }
        histories.push((client, history));
    }
    let agreement = match &histories[..] {
        [ours, theirs] => Some(compare(&chains.exchange, ours, theirs).await?),
        _ => None,
    };
    if let Some(file) = file.filter(|_| kept != known) {
        kept.write(file)?;
    }
    let verified = histories.into_iter().filter_map(|(_, history)| history.map(VerifiedChain::from)).collect();
    Ok(Verified { chains: verified, agreement })
}

/// A chain's history; none of a chain without epochs.
type Read<'a> = (&'a Client, Option<VerifiedHistory>);

/// Compares the epochs that were read of both chains. When one was read from a later epoch on than
/// the other has, that chain is asked for the other's latest.
async fn compare(exchange: &Digest, ours: &Read<'_>, theirs: &Read<'_>) -> Result<Agreement, Failure> {
    fn history<'a>((client, read): &'a Read<'_>, exchange: &'a Digest) -> ChainHistory<'a> {
        let epochs = read.as_ref().map_or(&[][..], |history| &history.epochs);
        ChainHistory { chain: client.chain(), exchange, epochs }
    }
    let (left, right) = (history(ours, exchange), history(theirs, exchange));
    let (first, latest) = (left.first().max(right.first()), left.latest().min(right.latest()));
    if latest == 0 || first <= latest {
        return Ok(verification::compare(&left, &right)?);
    }
    let (ahead, client) = if left.first() > right.first() { (&left, ours.0) } else { (&right, theirs.0) };
    let epoch = [client.epoch(exchange, latest).await?];
    let earlier = ChainHistory { epochs: &epoch, ..*ahead };
    let agreement = match std::ptr::eq(ahead, &left) {
        true => verification::compare(&earlier, &right)?,
        false => verification::compare(&left, &earlier)?,
    };
    let behind = Behind {
        chain: if std::ptr::eq(ahead, &left) { right.chain } else { left.chain },
        latest,
        by: ahead.latest() - latest,
    };
    Ok(Agreement { behind: Some(behind), ..agreement })
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
