//! A local Solana node: prints its JSON-RPC address on the first line of standard output, then
//! serves until standard input is closed, so that it never outlives whoever started it.

use std::io::Write;

use anyhow::Result;
use surfpool_sdk::{BlockProductionMode, SimnetCommand, Surfnet};
use tokio::io::{AsyncReadExt, stdin};

const SLOT_MILLISECONDS: u64 = 400;

#[tokio::main]
async fn main() -> Result<()> {
    // Blocks by the clock, as on a real cluster: on-chain time must move while nothing is sent.
    let builder = Surfnet::builder().offline(true);
    let node =
        builder.block_production_mode(BlockProductionMode::Clock).slot_time_ms(SLOT_MILLISECONDS).start().await?;
    // Runs every transaction once instead of twice and without a copy of all recent accounts, which
    // for the writes of a program of a megabyte is nine tenths of the work: instructions are not
    // profiled while a runbook is executed.
    node.send_command(SimnetCommand::StartRunbookExecution("localnet".into()))?;
    println!("{}", node.rpc_url());
    std::io::stdout().flush()?;
    let mut ignored = [0; 256];
    while stdin().read(&mut ignored).await? != 0 {}
    Ok(())
}
