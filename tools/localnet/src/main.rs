use surfpool_sdk::Surfnet;
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let surfnet = Surfnet::builder().offline(true).start().await?;
    println!("{}", surfnet.rpc_url());
    tokio::signal::ctrl_c().await?;
    Ok(())
}
