//! Holds an epoch against the exchange's log.

use std::{fmt, fs, path::Path};

use ballast_core::leaf::MasterSecret;
use ballast_ledger::replay::ReplayError;
use ballast_sdk::{
    Epoch,
    audit::{AuditError, Audited, Evidence, audit},
};
use serde::Serialize;

use super::connection::Chains;
use crate::failure::{Classified, Exit, Failure};

/// One chain's epoch that is what the log gives.
#[derive(Clone, Debug, Serialize)]
pub struct AuditedChain {
    pub chain: String,
    #[serde(flatten)]
    pub audited: Audited,
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
            Self::PositionDiffers { .. } => Exit::BadInput,
            Self::Replay(error) => match error {
                ReplayError::Refused { .. }
                | ReplayError::Genesis(_)
                | ReplayError::Signature(_)
                | ReplayError::Invariant { .. } => Exit::Refused,
                ReplayError::Log(_)
                | ReplayError::Checkpoint(_)
                | ReplayError::Ended { .. }
                | ReplayError::CheckpointTooLate { .. }
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
    let read = |path: &Path| fs::read(path).map_err(|error| Failure::bad_input(format!("{}: {error}", path.display())));
    let report = report.map(read).transpose()?;
    let evidence = Evidence { log, report: report.as_deref(), master };
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
        audited.push(AuditedChain { chain: chain.name().to_string(), audited: audit(&epochs, &evidence)? });
    }
    Ok(AuditReport { chains: audited })
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for AuditedChain { chain, audited } in &self.chains {
            let Audited { epoch, ledger_sequence, accounts, transactions, signatures, per_second, root, reserves } =
                audited;
            writeln!(
                f,
                "{chain}: epoch {epoch} is what the log gives at transaction {ledger_sequence}: {accounts} accounts"
            )?;
            writeln!(f, "  {transactions} transactions, {signatures} signatures, {per_second} transactions a second")?;
            writeln!(f, "  root: {}", if *root { "compared" } else { "NOT COMPARED, that needs the master secret" })?;
            writeln!(f, "  reserves report: {}", if *reserves { "compared" } else { "NOT COMPARED, none was given" })?;
        }
        Ok(())
    }
}
