//! What the chains say, through the readers that anyone has.

use std::{fmt, ops::Bound};

use ballast_core::{hexadecimal, solvency::Standing};
use ballast_ledger::amount;
use ballast_sdk::{
    Epoch, History,
    epoch::Status,
    history::{DatedEpoch, Entry},
    solvency::{Answer, Known},
    verification::Agreement,
};
use serde::Serialize;

use crate::{
    failure::{Exit, Failure},
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
            Known::Witnessed => client.witnessed_solvency(&chains.exchange, symbol, max_age).await?,
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
    /// Only a fresh answer of every chain is a yes.
    pub fn exit(&self) -> Exit {
        if self.fresh { Exit::Done } else { Exit::Refused }
    }
}

impl Verified {
    /// A chain that is behind has not told all of the history.
    pub fn exit(&self) -> Exit {
        let behind = self.agreement.as_ref().is_some_and(|agreement| agreement.behind.is_some());
        if behind { Exit::Refused } else { Exit::Done }
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Solvent => "solvent",
        Status::Insolvent => "INSOLVENT",
    }
}

/// How it is known what is held.
fn known(known: Known) -> &'static str {
    match known {
        Known::Reported => "reported",
        Known::Witnessed => "witnessed by the chain",
    }
}

fn figures(f: &mut fmt::Formatter<'_>, epoch: &Epoch) -> fmt::Result {
    // An epoch's record has what the exchange reported; what a chain saw is not in it.
    writeln!(f, "  {:<16} {:>34} {:>34} {:>9}", "asset", "liability (proved)", "reserve (reported)", "ratio")?;
    for asset in epoch.figures() {
        let ratio = if asset.ratio_bps == u64::MAX {
            "-".to_string()
        } else {
            format!("{}.{:02} %", asset.ratio_bps / 100, asset.ratio_bps % 100)
        };
        writeln!(
            f,
            "  {:<16} {:>34} {:>34} {ratio:>9} {}",
            asset.symbol,
            amount::format(asset.liability, asset.decimals),
            amount::format(asset.reserve, asset.decimals),
            status(asset.status)
        )?;
    }
    Ok(())
}

impl fmt::Display for Epochs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for epoch in &self.chains {
            let record = &epoch.record;
            writeln!(
                f,
                "{}: epoch {}, as of {}, posted at {} by {}: {}",
                epoch.chain,
                record.epoch,
                record.as_of,
                epoch.posted_at,
                epoch.poster,
                status(epoch.status())
            )?;
            writeln!(f, "  circuit 0x{} ({})", hex::encode(record.circuit), epoch.setup.label())?;
            writeln!(f, "  head 0x{}, {} shards", hex::encode(epoch.head), record.roots.len())?;
            for root in &record.roots {
                writeln!(f, "  root {root}")?;
            }
        }
        // Records are the same on every chain or `ballast verify` says otherwise; each chain's figures are shown once.
        let mut shown: Vec<&Epoch> = Vec::new();
        for epoch in &self.chains {
            if shown.iter().all(|other| other.record != epoch.record) {
                figures(f, epoch)?;
                shown.push(epoch);
            }
        }
        if shown.len() > 1 {
            writeln!(f, "  THE CHAINS DIFFER: the figures above are of different records")?;
        }
        Ok(())
    }
}

impl fmt::Display for Histories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for history in &self.chains {
            let exchange = &history.exchange;
            writeln!(
                f,
                "{}: {} (0x{}), every {} s",
                exchange.chain,
                exchange.name,
                hex::encode(exchange.id),
                exchange.cadence
            )?;
            for entry in &history.entries {
                match entry {
                    Entry::Gap(gap) => writeln!(
                        f,
                        "  GAP after epoch {}: {} epochs missing from {} to {}",
                        gap.after, gap.missed, gap.from, gap.until
                    )?,
                    Entry::Epoch(dated) => dated_epoch(f, dated)?,
                }
            }
            if let Some(pending) = &history.pending {
                let (done, count) = (pending.shards_done, pending.shard_count);
                writeln!(f, "  epoch {} UNFINISHED: {done} of {count} shards", pending.epoch)?;
            }
            if let Some(overdue) = &history.overdue {
                writeln!(
                    f,
                    "  OVERDUE: epoch {} was due at {}, {} s ago ({} missed)",
                    overdue.epoch, overdue.due, overdue.by, overdue.missed
                )?;
            }
            if history.entries.is_empty() {
                writeln!(f, "  no epoch yet")?;
            }
        }
        Ok(())
    }
}

fn dated_epoch(f: &mut fmt::Formatter<'_>, dated: &DatedEpoch) -> fmt::Result {
    let epoch = &dated.epoch;
    let late = if dated.is_late() {
        format!(", LATE by {} s, posted late by {} s", dated.late_by, dated.posted_late_by)
    } else {
        String::new()
    };
    writeln!(
        f,
        "  epoch {}, as of {}: {} ({}), head 0x{}{late}",
        epoch.record.epoch,
        epoch.record.as_of,
        status(epoch.status()),
        epoch.setup.label(),
        hex::encode(epoch.head)
    )
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for answer in &self.chains {
            let standing = match answer.standing {
                Standing::Fresh => "fresh",
                Standing::Stale => "STALE",
                Standing::Insolvent => "INSOLVENT",
                Standing::Missing => "MISSING",
            };
            write!(f, "{}: {} {standing}", answer.chain, answer.symbol)?;
            if let (Some(decimals), Some(setup)) = (answer.decimals, answer.setup) {
                write!(
                    f,
                    ": owes {} (proved), holds {} ({}; epoch {}, as of {}; {})",
                    amount::format(answer.liability, decimals),
                    amount::format(answer.reserve, decimals),
                    known(answer.known),
                    answer.epoch,
                    answer.as_of,
                    setup.label()
                )?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chain in &self.chains {
            let setups = chain.setups.join(", ");
            let head = hex::encode(chain.head);
            writeln!(f, "{}: {} epochs lead to its head 0x{head} ({setups})", chain.chain, chain.epochs)?;
        }
        match &self.agreement {
            Some(Agreement { epochs, behind: None }) => {
                writeln!(f, "the chains tell the same history of {epochs} epochs")
            }
            Some(Agreement { epochs, behind: Some(behind) }) => writeln!(
                f,
                "the chains agree on {epochs} epochs; {} is BEHIND by {}, its latest is {}",
                behind.chain, behind.by, behind.latest
            ),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::circuit::SetupKind;
    use ballast_sdk::chain::Chain;

    #[test]
    fn an_answer_says_how_its_figures_are_known() {
        let answer = |known| Answer {
            chain: Chain::Solana,
            exchange: [1; 32],
            symbol: "BTC".into(),
            decimals: Some(2),
            max_age: 60,
            standing: Standing::Fresh,
            epoch: 3,
            as_of: 1_000,
            liability: 100,
            reserve: 250,
            known,
            ratio_bps: 25_000,
            setup: Some(SetupKind::Ceremony),
        };
        let told = |known| Answers { fresh: true, chains: vec![answer(known)] }.to_string();
        let expected = "solana: BTC fresh: owes 1.00 (proved), holds 2.50 (reported; epoch 3, as of 1000; ceremony)\n";
        assert_eq!(told(Known::Reported), expected);
        let told = told(Known::Witnessed);
        assert!(told.contains("holds 2.50 (witnessed by the chain; epoch 3"), "{told}");
    }
}
