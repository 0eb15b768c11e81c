//! Holds an epoch against the exchange's log.

use std::path::Path;

use ballast_core::{Digest, hexadecimal, leaf::EpochKey};
use ballast_keys::GivenEpoch;
use ballast_ledger::{listed::ListedError, replay::ReplayError, reserves::ReservesReport};
use ballast_sdk::{
    Epoch,
    audit::{AuditError, Audited, Auditor, Evidence},
    reread::ComparedHoldings,
};
use serde::Serialize;

use super::reserves;
use crate::{
    blocking::compute,
    failure::{Classified, Failure, FailureKind},
    heads::{self, Heads, Place},
    session::Chains,
};

/// One chain's epoch that is what the log gives.
#[derive(Clone, Debug, Serialize)]
pub struct AuditedChain {
    pub chain: String,
    /// The first epoch of the chain's history that was read. Those before it were verified another
    /// time, and were not verified again.
    pub first: u64,
    #[serde(flatten)]
    pub audited: Audited,
    /// Holdings of this chain in the reserves report. None without a report.
    #[serde(flatten)]
    pub compared: Option<ComparedHoldings>,
}

#[derive(Clone, Debug, Serialize)]
pub struct AuditReport {
    pub chains: Vec<AuditedChain>,
}

impl Classified for AuditError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            // What was given is no readable log of this exchange up to the epoch: nothing is said
            // about the epoch.
            Self::NoEpochs
            | Self::NoLedger { .. }
            | Self::OtherExchange { .. }
            | Self::Log(_)
            | Self::Listed(ListedError::Log(_)) => FailureKind::BadInput,
            Self::Listed(ListedError::Stopped { .. }) => FailureKind::Other,
            Self::Replay(error) => match error {
                ReplayError::Refused { .. }
                | ReplayError::Genesis(_)
                | ReplayError::Signature(_)
                | ReplayError::Invariant { .. } => FailureKind::Refused,
                ReplayError::Log(_)
                | ReplayError::Checkpoint(_)
                | ReplayError::Ended { .. }
                | ReplayError::CheckpointTooLate { .. }
                | ReplayError::CheckpointOfAnother { .. }
                | ReplayError::Nothing { .. }
                | ReplayError::Threads(_) => FailureKind::BadInput,
                ReplayError::Stopped { .. } => FailureKind::Other,
            },
            _ => FailureKind::Refused,
        }
    }
}

/// The key that was given, if it is that of this epoch of this exchange.
///
/// # Errors
/// Bad input when it is another's.
pub fn key_of(given: GivenEpoch, exchange: Digest, epoch: u64) -> Result<EpochKey, Failure> {
    if given.exchange != exchange {
        let [expected, found] = [exchange, given.exchange].map(hexadecimal::encode);
        return Err(Failure::bad_input(format!("the key is exchange {found}'s, expected exchange {expected}'s")));
    }
    if given.epoch != epoch {
        return Err(Failure::bad_input(format!("the key is epoch {}'s, expected epoch {epoch}'s", given.epoch)));
    }
    Ok(given.key)
}

/// The bytes of a published reserves report that was given.
///
/// # Errors
/// Bad input when the file cannot be read, or does not hold a reserves report.
pub fn read_report(file: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = reserves::read(file)?;
    ReservesReport::parse(&bytes).map_err(|error| Failure::from(error).context(file.display().to_string()))?;
    Ok(bytes)
}

/// Audits `number` on every chain; `report` are bytes of [`read_report`]. Each chain's history is
/// verified from where `heads`, a file, says that it was verified before, unless that is later than
/// the epoch. Nothing is kept there: an audit does not compare the chains.
///
/// # Errors
/// The first thing in which log and chain differ, or a file of heads that is no use.
pub async fn run(
    chains: &Chains,
    number: u64,
    heads: Option<&Path>,
    log: &Path,
    report: Option<&[u8]>,
    key: Option<&EpochKey>,
) -> Result<AuditReport, Failure> {
    let kept = heads.map(Heads::read).transpose()?.unwrap_or_default();
    let (mut asked, mut histories) = (Vec::new(), Vec::new());
    for chain in chains.iter() {
        let client = chain.client();
        let after = kept.of(&Place::of(client, chains.exchange))?.filter(|after| after.epoch <= number);
        let history = heads::verify(client, &chains.exchange, after.as_ref()).await?;
        let (first, epochs) = history.map_or((1, vec![]), |history| (history.after.unwrap_or(1), history.epochs));
        let epochs: Vec<Epoch> = epochs.into_iter().filter(|epoch| epoch.record.epoch <= number).collect();
        match epochs.last().map(|epoch| epoch.record.clone()) {
            Some(record) if record.epoch == number => asked.push((chain, record, first)),
            latest => {
                let latest = latest.map_or(0, |record| record.epoch);
                return Err(Failure::bad_input(format!(
                    "{}: there is no epoch {number}, the latest is {latest}",
                    chain.name()
                )));
            }
        }
        histories.push(epochs);
    }
    let (log, evidence, key) = (log.to_owned(), report.map(<[u8]>::to_vec), key.cloned());
    let audits = compute(move |token| -> Result<Vec<Audited>, AuditError> {
        let stop = || token.is_cancelled();
        let evidence = Evidence { log: &log, report: evidence.as_deref(), key: key.as_ref() };
        let mut auditor = Auditor::new(evidence).until(&stop);
        histories.iter().map(|epochs| auditor.audit(epochs)).collect()
    });
    let mut audited = Vec::new();
    for ((chain, record, first), held) in asked.into_iter().zip(audits.await??) {
        let compared = match report {
            Some(report) => {
                let report = ReservesReport::parse(report)?;
                Some(chain.client().check_holdings(&record, &report).await?)
            }
            None => None,
        };
        audited.push(AuditedChain { chain: chain.name().to_string(), first, audited: held, compared });
    }
    Ok(AuditReport { chains: audited })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::leaf::MasterSecret;
    use ballast_ledger::{
        log::{Fault, LogError},
        signature::{Signatory, SignatureInvalid},
    };

    #[test]
    fn a_key_of_another_exchange_or_epoch_is_refused() {
        let (ours, theirs) = ([1; 32], [2; 32]);
        let given = |exchange, epoch| {
            let key = MasterSecret::new([9; 32]).epoch_key(&exchange, epoch);
            GivenEpoch { exchange, epoch, key }
        };
        assert!(key_of(given(ours, 3), ours, 3).is_ok());
        for other in [given(theirs, 3), given(ours, 2)] {
            let refused = key_of(other, ours, 3).unwrap_err();
            assert_eq!(refused.kind, FailureKind::BadInput, "{refused}");
        }
    }

    #[test]
    fn a_log_that_is_not_the_chains_is_refused_and_one_that_cannot_be_compared_is_bad_input() {
        let (expected, found): (Digest, Digest) = ([1; 32], [2; 32]);
        let damaged =
            || LogError { file: "ledger".into(), offset: 0, fault: Fault::GenesisHead { expected, found: Vec::new() } };
        let refused = [
            AuditError::Parted { epoch: 1, after: 0, by: 9, expected, found },
            AuditError::LaterTransaction { sequence: 10, time: 1, as_of: 1 },
            AuditError::OtherAssets { epoch: 1, expected: String::new(), found: String::new() },
            AuditError::Listed(ListedError::Signature(SignatureInvalid { sequence: 9, by: Signatory::NewKey(1) })),
            AuditError::Replay(ReplayError::Signature(SignatureInvalid { sequence: 9, by: Signatory::NewKey(1) })),
        ];
        for error in refused {
            assert_eq!(error.failure_kind(), FailureKind::Refused, "{error}");
        }
        let bad_input = [
            AuditError::NoEpochs,
            AuditError::NoLedger { epoch: 1 },
            AuditError::OtherExchange { expected, found },
            AuditError::Log(damaged()),
            AuditError::Listed(ListedError::Log(damaged())),
            AuditError::Replay(ReplayError::Log(damaged())),
            AuditError::Replay(ReplayError::Ended { expected: 9, found: 8 }),
        ];
        for error in bad_input {
            assert_eq!(error.failure_kind(), FailureKind::BadInput, "{error}");
        }
    }
}
