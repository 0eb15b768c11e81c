//! `ballast show`.

use std::fmt;

use ballast_core::hexadecimal;
use ballast_ledger::amount;
use ballast_relayer::{
    failure::Failure,
    jobs::read::{self, Epochs},
    session::Reading,
};
use ballast_sdk::Epoch;
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::open,
    text::{Text, count, date, status},
};

/// Show an epoch with its figures
#[derive(Debug, Args)]
pub struct Show {
    /// Number of the epoch
    epoch: u64,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Show {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let (_, session) = open(Reading, context, &self.chains.chains(), &[]).await?;
        Output::new(&read::show(&session.chains, self.epoch).await?)
    }
}

impl Text for Epochs {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for epoch in &self.chains {
            let record = &epoch.record;
            writeln!(
                f,
                "{}: epoch {}, as of {}, posted at {} by {}: {}",
                epoch.chain,
                record.epoch,
                date(record.as_of),
                date(epoch.posted_at),
                epoch.poster,
                status(epoch.status())
            )?;
            writeln!(f, "  circuit {} ({})", hexadecimal::encode(record.circuit), epoch.setup.label())?;
            writeln!(
                f,
                "  head {}, {}",
                hexadecimal::encode(epoch.head),
                count(record.roots.len(), "shard", "shards")
            )?;
            for root in &record.roots {
                writeln!(f, "  root {root}")?;
            }
        }
        // Records are the same on every chain, or `ballast verify` says otherwise. The figures of
        // each different record are shown once.
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
