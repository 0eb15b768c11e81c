//! Holds an epoch against the exchange's log.

use std::path::Path;

use ballast_core::leaf::MasterSecret;
use ballast_ledger::{replay::ReplayError, reserves::ReservesReport};
use ballast_sdk::{
    Epoch,
    audit::{AuditError, Audited, Auditor, Evidence},
    reserves::compare,
};
use serde::Serialize;

use super::{connection::Chains, reserves};
use crate::failure::{Classified, Failure, FailureKind};

/// One chain's epoch that is what the log gives.
#[derive(Clone, Debug, Serialize)]
pub struct AuditedChain {
    pub chain: String,
    #[serde(flatten)]
    pub audited: Audited,
    /// Holdings of this chain in the reserves report, all in registered wallets and of declared tokens. None without a report.
    pub holdings: Option<usize>,
}

#[derive(Clone, Debug, Serialize)]
pub struct AuditReport {
    pub chains: Vec<AuditedChain>,
}

impl Classified for AuditError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            // What was given is no readable log of this exchange up to the epoch: nothing is said about the epoch.
            Self::NoEpochs | Self::NoLedger { .. } | Self::OtherExchange { .. } | Self::Log(_) => FailureKind::BadInput,
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
            },
            _ => FailureKind::Refused,
        }
    }
}

/// Audits `number` on every chain.
///
/// # Errors
/// The first thing in which log and chain differ.
pub async fn run(
    chains: &Chains,
    number: u64,
    log: &Path,
    report: Option<&Path>,
    master: Option<&MasterSecret>,
) -> Result<AuditReport, Failure> {
    let report = report.map(reserves::read).transpose()?;
    let mut auditor = Auditor::new(Evidence { log, report: report.as_deref(), master });
    let mut audited = Vec::new();
    for chain in chains.iter() {
        let history = chain.client().verify_history(&chains.exchange).await?;
        let epochs: Vec<Epoch> = history.epochs.into_iter().filter(|epoch| epoch.record.epoch <= number).collect();
        if epochs.last().is_none_or(|epoch| epoch.record.epoch != number) {
            let latest = epochs.last().map_or(0, |epoch| epoch.record.epoch);
            return Err(Failure::bad_input(format!(
                "{}: there is no epoch {number}, the latest is {latest}",
                chain.name()
            )));
        }
        let held = auditor.audit(&epochs)?;
        let holdings = match (&report, epochs.last()) {
            (Some(report), Some(epoch)) => {
                let report = ReservesReport::parse(report)?;
                Some(compare(chain.client(), &epoch.record, &report).await?)
            }
            _ => None,
        };
        audited.push(AuditedChain { chain: chain.name().to_string(), audited: held, holdings });
    }
    Ok(AuditReport { chains: audited })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::Digest;
    use ballast_ledger::{
        log::{Fault, LogError},
        signature::{Signatory, SignatureInvalid},
    };

    #[test]
    fn a_log_that_is_not_the_chains_is_refused_and_one_that_cannot_be_compared_is_bad_input() {
        let (expected, found): (Digest, Digest) = ([1; 32], [2; 32]);
        let damaged =
            || LogError { file: "ledger".into(), offset: 0, fault: Fault::GenesisHead { expected, found: Vec::new() } };
        let refused = [
            AuditError::Parted { epoch: 1, after: 0, by: 9, expected, found },
            AuditError::LaterTransaction { sequence: 10, time: 1, as_of: 1 },
            AuditError::OtherAssets { epoch: 1, expected: String::new(), found: String::new() },
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
            AuditError::Replay(ReplayError::Log(damaged())),
            AuditError::Replay(ReplayError::Ended { expected: 9, found: 8 }),
        ];
        for error in bad_input {
            assert_eq!(error.failure_kind(), FailureKind::BadInput, "{error}");
        }
    }
}
