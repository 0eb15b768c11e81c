//! `ballast ledger verify`.

use std::path::Path;

use ballast_core::Digest;
use ballast_relayer::{
    failure::Failure,
    jobs::ledger::{self, KnownEnd},
};
use clap::Args;

use crate::output::Output;

/// Replay the whole log from its first record: every byte, rule, invariant and signature. Exit code
/// 3 if it ends within a record, unless it is your own, or does not end with the head that is
/// expected
#[derive(Debug, Args)]
pub struct Verify {
    /// The head after the log's last transaction, as its owner or a chain says it: without it
    /// nobody who was sent a copy knows whether records are missing at its end
    #[arg(long, value_name = "HEAD", value_parser = head, conflicts_with = "own")]
    expect_head: Option<Digest>,
    /// The log is your own, where its writer left it: a last record that was begun and not finished
    /// was never acknowledged, and is a warning
    #[arg(long)]
    own: bool,
}

impl Verify {
    pub async fn execute(self, log: &Path) -> Result<Output, Failure> {
        let end = match self.expect_head {
            Some(head) => KnownEnd::Head(head),
            None if self.own => KnownEnd::OwnLog,
            None => KnownEnd::Nothing,
        };
        Output::new(&ledger::verified(log, end).await?)
    }
}

fn head(text: &str) -> Result<Digest, String> {
    let mut head = [0; 32];
    hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut head)
        .map(|()| head)
        .map_err(|_| "expected 64 hexadecimal digits".into())
}
