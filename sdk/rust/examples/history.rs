//! Prints everything that an exchange published on one chain: every epoch, every gap and every
//! delay.
//!
//! ```text
//! cargo run --package ballast-sdk --example history -- RPC_URL DEPLOYMENT EXCHANGE
//! ```
//!
//! DEPLOYMENT is the address of the contract `Reserves` on an EVM chain, or of the program
//! `reserves` on Solana. EXCHANGE is the exchange's id, 0x and 64 hexadecimal digits. Nothing is
//! signed and nothing is sent.

use std::{error::Error, fmt::Write};

use ballast_sdk::{Client, core::hexadecimal, history::Entry};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run(std::env::args().skip(1)).await?);
    Ok(())
}

/// The history that `arguments` ask for, one line an entry.
pub async fn run(arguments: impl Iterator<Item = String>) -> Result<String, Box<dyn Error>> {
    let [url, deployment, exchange] = <[String; 3]>::try_from(arguments.collect::<Vec<_>>())
        .map_err(|_| "usage: history RPC_URL DEPLOYMENT EXCHANGE")?;
    let exchange = hexadecimal::decode(&exchange).ok_or("EXCHANGE: expected 0x and 64 hexadecimal digits")?;
    let client = Client::connect(&url, deployment.parse()?).await?;

    // Every epoch leads to the next, and the last to the head that the chain holds: none was left
    // out or changed.
    client.verify_history(&exchange).await?;

    let history = client.history(&exchange, ..).await?;
    let mut text = String::new();
    for entry in &history.entries {
        match entry {
            Entry::Gap(gap) => {
                writeln!(
                    text,
                    "gap after epoch {}: {} epochs due from {} on are missing",
                    gap.after, gap.missed, gap.from
                )?;
            }
            Entry::Epoch(dated) => {
                let (epoch, late) = (&dated.epoch, if dated.is_late() { ", late" } else { "" });
                let (number, as_of, setup) = (epoch.record.epoch, epoch.record.as_of, epoch.setup.label());
                writeln!(text, "epoch {number} as of {as_of}: {:?}{late} ({setup})", epoch.status())?;
                for asset in epoch.figures() {
                    writeln!(text, "  {}: owes {}, holds {}", asset.symbol, asset.liability, asset.reserve)?;
                }
            }
        }
    }
    if let Some(overdue) = history.overdue {
        writeln!(text, "epoch {} is overdue by {} seconds", overdue.epoch, overdue.by)?;
    }
    Ok(text)
}
