//! One customer's inclusion file: made by the exchange, verified by anyone who has it.

use std::{path::Path, sync::Arc};

use ballast_core::{
    Digest,
    inclusion::{Balance, InclusionError, LENGTH_MAX},
    leaf::MasterSecret,
    units,
};
use ballast_durable::read_text_bounded;
use ballast_ledger::inclusion;
use serde::Serialize;

use crate::{
    artifacts::{Artifacts, write_private},
    blocking::{compute, write},
    failure::{Failure, FailureKind, bad_input},
    session::Chains,
};

/// What was made. Nothing of it is private but the file it names.
#[derive(Clone, Debug, Serialize)]
pub struct Made {
    pub file: String,
    pub epoch: u64,
    pub leaves: usize,
}

/// What a file shows.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedInclusion {
    pub included: bool,
    pub account: String,
    pub epoch: u64,
    /// Chains whose roots the file was held against.
    pub chains: Vec<String>,
    /// What a proof of this setup is worth.
    pub setup: &'static str,
    pub balances: Vec<ShownBalance>,
}

/// One balance, in committed units.
#[derive(Clone, Debug, Serialize)]
pub struct ShownBalance {
    pub symbol: String,
    pub decimals: u8,
    #[serde(with = "units")]
    pub units: u128,
}

bad_input!(inclusion::MakeError);

/// Makes the file of `account` from what was kept of the epoch, and verifies it against the chains'
/// roots.
///
/// # Errors
/// An account that the epoch does not have, or an epoch whose accounts were not kept.
pub async fn make(
    chains: &Chains,
    artifacts: &Artifacts,
    master: &MasterSecret,
    (epoch, account): (u64, &str),
    out: &Path,
) -> Result<Made, Failure> {
    let (artifacts, exchange) = (artifacts.clone(), chains.exchange);
    let snapshot = Arc::new(compute(move |_| artifacts.accounts(&exchange, epoch)).await??);
    let mut made = None;
    for chain in chains.iter() {
        let on_chain = chain.client().epoch(&chains.exchange, epoch).await?;
        let file = match made.take() {
            Some(file) => file,
            None => {
                let (snapshot, account) = (snapshot.clone(), account.to_owned());
                let key = master.epoch_key(&exchange, epoch);
                let expected = on_chain.clone();
                compute(move |_| inclusion::make(&snapshot, &key, &account, &expected.expected())).await??
            }
        };
        refuse_unverifiable(file.verify(account, &on_chain.expected()))?;
        made = Some(file);
    }
    let file = made.ok_or_else(|| Failure::bad_input("no chain was asked"))?;
    let (path, text) = (out.to_owned(), inclusion::text(&file)?);
    write(move |_| write_private(&path, text.as_bytes())).await??;
    Ok(Made { file: out.display().to_string(), epoch, leaves: file.leaves.len() })
}

/// The text of an inclusion file that was given.
///
/// # Errors
/// Bad input when it cannot be read, is no plain file of text, or is longer than any inclusion
/// file.
pub fn read(file: &Path) -> Result<String, Failure> {
    read_text_bounded(file, LENGTH_MAX).map_err(|error| Failure::bad_input(format!("{}: {error}", file.display())))
}

/// Verifies a file against the roots of every chain. The epoch is the file's own: its roots are the
/// chains'.
///
/// # Errors
/// A text that is no inclusion file is bad input; one that does not show what it should is refused.
pub async fn verify(chains: &Chains, text: &str, account: &str) -> Result<VerifiedInclusion, Failure> {
    let parsed = ballast_core::inclusion::InclusionFile::parse(text)
        .map_err(|error| Failure::new(FailureKind::BadInput, anyhow::Error::msg(error.to_string())))?;
    let exchange: Digest = chains.exchange;
    let mut shown: Option<VerifiedInclusion> = None;
    for chain in chains.iter() {
        let on_chain = chain.client().epoch(&exchange, parsed.epoch).await?;
        let balances = refuse_unverifiable(parsed.verify(account, &on_chain.expected()))?;
        let names = shown.map(|shown| shown.chains).unwrap_or_default();
        shown = Some(VerifiedInclusion {
            included: true,
            account: account.into(),
            epoch: parsed.epoch,
            chains: names.into_iter().chain([on_chain.chain.to_string()]).collect(),
            setup: on_chain.setup.label(),
            balances: balances
                .into_iter()
                .map(|Balance { symbol, decimals, units }| ShownBalance { symbol, decimals, units })
                .collect(),
        });
    }
    shown.ok_or_else(|| Failure::bad_input("no chain was asked"))
}

fn refuse_unverifiable<T>(verified: Result<T, InclusionError>) -> Result<T, Failure> {
    verified.map_err(|error| Failure::refused(format!("the inclusion file is refused: {error}")))
}
