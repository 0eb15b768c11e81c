//! Asks a chain whether an exchange holds what it owes in one asset, and exits with 0 only when the
//! answer is yes.
//!
//! ```text
//! cargo run --package ballast-sdk --example solvency -- RPC_URL DEPLOYMENT EXCHANGE SYMBOL MAX_AGE
//! ```
//!
//! DEPLOYMENT is the address of the contract `Reserves` on an EVM chain, or of the program
//! `reserves` on Solana. EXCHANGE is the exchange's id, 0x and 64 hexadecimal digits. MAX_AGE is
//! how old the figures may be, in seconds. Nothing is signed and nothing is sent.

use std::{error::Error, process::ExitCode};

use ballast_sdk::{
    Client,
    core::{circuit::SetupKind, hexadecimal},
    solvency::Answer,
};

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let answer = run(std::env::args().skip(1)).await?;
    let setup = answer.setup.map_or("no proof", SetupKind::label);
    let (standing, epoch, symbol) = (answer.standing, answer.epoch, &answer.symbol);
    println!("{symbol}: {standing:?}, epoch {epoch}, owes {}, holds {} ({setup})", answer.liability, answer.reserve);
    // Missing, insolvent, retired, development, overdue, stale: everything else is a no.
    Ok(if answer.is_fresh() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The chain's answer to the question that `arguments` ask.
pub async fn run(arguments: impl Iterator<Item = String>) -> Result<Answer, Box<dyn Error>> {
    let [url, deployment, exchange, symbol, max_age] = <[String; 5]>::try_from(arguments.collect::<Vec<_>>())
        .map_err(|_| "usage: solvency RPC_URL DEPLOYMENT EXCHANGE SYMBOL MAX_AGE")?;
    let exchange = hexadecimal::decode(&exchange).ok_or("EXCHANGE: expected 0x and 64 hexadecimal digits")?;
    let client = Client::connect(&url, deployment.parse()?).await?;
    Ok(client.solvency(&exchange, &symbol, max_age.parse()?).await?)
}
