//! Checks that a customer's balances are counted in what their exchange published, and prints them.
//!
//! ```text
//! cargo run --package ballast-sdk --example inclusion -- FILE ACCOUNT RPC_URL DEPLOYMENT EXCHANGE
//! ```
//!
//! FILE is the inclusion file that the exchange gave the customer, ACCOUNT the customer's id as
//! they know it themselves. DEPLOYMENT is the address of the contract `Reserves` on an EVM chain,
//! or of the program `reserves` on Solana. EXCHANGE is the exchange's id, 0x and 64 hexadecimal
//! digits. The file stays on this machine: the node is asked for the epoch alone.

use std::{error::Error, fmt::Write};

use ballast_sdk::{Client, core::hexadecimal, inclusion::InclusionFile};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run(std::env::args().skip(1)).await?);
    Ok(())
}

/// The balances that the file shows, one line an asset, when all of it lies under the roots that
/// the chain holds.
pub async fn run(arguments: impl Iterator<Item = String>) -> Result<String, Box<dyn Error>> {
    let [file, account, url, deployment, exchange] = <[String; 5]>::try_from(arguments.collect::<Vec<_>>())
        .map_err(|_| "usage: inclusion FILE ACCOUNT RPC_URL DEPLOYMENT EXCHANGE")?;
    let exchange = hexadecimal::decode(&exchange).ok_or("EXCHANGE: expected 0x and 64 hexadecimal digits")?;
    let file = InclusionFile::parse(&std::fs::read_to_string(file)?)?;
    let client = Client::connect(&url, deployment.parse()?).await?;

    // The epoch is the one that the file names; its roots are the chain's own.
    let epoch = client.epoch(&exchange, file.epoch).await?;
    let balances = file.verify(&account, &epoch.expected())?;

    let mut text = format!("epoch {} counts these balances ({}):\n", file.epoch, epoch.setup.label());
    for balance in balances {
        let unit = format!("units of 10^-{} {}", balance.decimals, balance.symbol);
        writeln!(text, "  {} {unit}", balance.units)?;
    }
    Ok(text)
}
