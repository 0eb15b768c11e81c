//! Holds an epoch against the exchange's log.

use std::{fmt, path::Path};

use ballast_core::leaf::MasterSecret;
use ballast_ledger::{replay::ReplayError, reserves::ReservesReport};
use ballast_sdk::{
    Epoch,
    audit::{AuditError, Audited, Auditor, Evidence},
};
use serde::Serialize;

use super::{connection::Chains, reserves};
use crate::failure::{Classified, Exit, Failure};

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
    fn exit(&self) -> Exit {
        match self {
            // What was given is no readable log of this exchange up to the epoch: nothing is said about the epoch.
            Self::NoEpochs | Self::NoLedger { .. } | Self::OtherExchange { .. } | Self::Log(_) => Exit::BadInput,
            Self::Replay(error) => match error {
                ReplayError::Refused { .. }
                | ReplayError::Genesis(_)
                | ReplayError::Signature(_)
                | ReplayError::Invariant { .. } => Exit::Refused,
                ReplayError::Log(_)
                | ReplayError::Checkpoint(_)
                | ReplayError::Ended { .. }
                | ReplayError::CheckpointTooLate { .. }
                | ReplayError::CheckpointOfAnother { .. }
                | ReplayError::Nothing { .. }
                | ReplayError::Threads(_) => Exit::BadInput,
            },
            _ => Exit::Refused,
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
                Some(chain.client().check_holdings(&epoch.record, &report).await?)
            }
            _ => None,
        };
        audited.push(AuditedChain { chain: chain.name().to_string(), audited: held, holdings });
    }
    Ok(AuditReport { chains: audited })
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for AuditedChain { chain, audited, holdings } in &self.chains {
            let Audited { epoch, ledger_sequence, accounts, transactions, signatures, per_second, root, reserves } =
                audited;
            writeln!(
                f,
                "{chain}: epoch {epoch} is what the log gives at transaction {ledger_sequence}: {accounts} accounts"
            )?;
            writeln!(f, "  {transactions} transactions, {signatures} signatures, {per_second} transactions a second")?;
            writeln!(f, "  root: {}", if *root { "compared" } else { "NOT COMPARED, that needs the master secret" })?;
            writeln!(f, "  reserves report: {}", if *reserves { "compared" } else { "NOT COMPARED, none was given" })?;
            if let Some(holdings) = holdings {
                writeln!(
                    f,
                    "  {holdings} holdings read on this chain, all in registered wallets and of declared tokens"
                )?;
            }
        }
        Ok(())
    }
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
            assert_eq!(error.exit(), Exit::Refused, "{error}");
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
            assert_eq!(error.exit(), Exit::BadInput, "{error}");
        }
    }
}
