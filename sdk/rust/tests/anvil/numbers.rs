//! A chain whose contracts see the block numbers of another chain, as on an L2 that answers L1's.

use alloy::providers::Provider;
use ballast_sdk::{
    Client, Error,
    evm::{EvmOptions, EvmReader},
    reader::ObservationReader,
};
use serde_json::{Value, json};

use crate::{
    client,
    deployment::Deployment,
    proxy::{self, Conduct},
    witnessed::witnessed,
};

/// A node that numbers blocks otherwise than the contracts see them: so many more, or fewer. Blocks
/// whose number would be negative are not there.
#[derive(Clone, Copy)]
struct Shifted {
    by: i64,
    /// Whether events come with the times of their blocks.
    times: bool,
}

impl Shifted {
    fn number(text: &Value) -> Option<i64> {
        i64::from_str_radix(text.as_str()?.strip_prefix("0x")?, 16).ok()
    }

    fn outwards(self, field: &mut Value) {
        if let Some(number) = Self::number(field) {
            *field = format!("{:#x}", number + self.by).into();
        }
    }

    /// A block that there cannot be stays one that is not there.
    fn inwards(self, field: &mut Value) {
        if let Some(number) = Self::number(field) {
            let inner = number - self.by;
            *field = if inner < 0 { "0xffffffff".into() } else { format!("{inner:#x}").into() };
        }
    }
}

impl Conduct for Shifted {
    fn rewrite(&self, request: &mut Value) {
        match request["method"].as_str() {
            Some("eth_getBlockByNumber") => self.inwards(&mut request["params"][0]),
            Some("eth_getLogs") => {
                let filter = &mut request["params"][0];
                let from = Self::number(&filter["fromBlock"]).unwrap().max(self.by);
                filter["fromBlock"] = format!("{from:#x}").into();
                let to = Self::number(&filter["toBlock"]).unwrap();
                if to < from {
                    // Nothing can be there.
                    filter["address"] = json!(format!("0x{}", "99".repeat(20)));
                    filter["toBlock"] = filter["fromBlock"].clone();
                }
                ["fromBlock", "toBlock"].into_iter().for_each(|bound| self.inwards(&mut filter[bound]));
            }
            _ => {}
        }
    }

    fn change(&self, request: &Value, result: &mut Value) {
        match request["method"].as_str() {
            Some("eth_getBlockByNumber") if result.is_object() => self.outwards(&mut result["number"]),
            Some("eth_getLogs") => {
                for log in result.as_array_mut().unwrap() {
                    self.outwards(&mut log["blockNumber"]);
                    if !self.times {
                        log.as_object_mut().unwrap().remove("blockTimestamp");
                    }
                }
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn epochs_are_found_by_their_times_where_block_numbers_are_another_chains() {
    let deployment = Deployment::new().await;
    deployment.mine(50).await;
    let wallet = witnessed(&deployment).await;
    deployment.post(&deployment.history["other"]["shards"][0]).await;
    // Blocks of one second, as a fast chain has them, around each event.
    let interval = async |seconds: u64| {
        let () = deployment.provider.raw_request("anvil_setBlockTimestampInterval".into(), [seconds]).await.unwrap();
    };
    interval(0).await;
    deployment.mine(7).await;
    interval(1).await;
    let id = deployment.exchange();
    let direct = client(&deployment.node.endpoint(), &deployment).await;
    let begun = direct.pending(&id).await.unwrap();
    assert!(begun.is_some());
    for (by, times) in [(1_000, true), (1_000, false), (-3, true), (7, true)] {
        let url = proxy::start(deployment.node.endpoint(), Shifted { by, times }).await;
        let shifted = client(&url, &deployment).await;
        assert_eq!(shifted.pending(&id).await.unwrap(), begun, "{by}");
        assert_eq!(shifted.latest(&id).await.unwrap(), direct.latest(&id).await.unwrap(), "{by}");
        let exchange = shifted.exchange(&id).await.unwrap();
        assert_eq!(exchange, direct.exchange(&id).await.unwrap(), "with the time of its registration");
        let options = EvmOptions { witnesses: Some(deployment.witnesses), ..EvmOptions::default() };
        let reader = EvmReader::connect(&url, deployment.reserves, options).await.unwrap();
        let wallets = reader.wallets(&exchange).await.unwrap();
        assert_eq!(wallets.iter().map(|wallet| wallet.address.to_string()).collect::<Vec<_>>(), [wallet.to_string()]);
    }
    deployment.post(&deployment.history["epochs"][1]["shards"][0]).await;
    deployment.post(&deployment.history["epochs"][1]["shards"][1]).await;
    deployment.mine(20).await;
    let whole = direct.verify_history(&id).await.unwrap();
    for times in [true, false] {
        for by in [1_000, -3, 7] {
            let url = proxy::start(deployment.node.endpoint(), Shifted { by, times }).await;
            let shifted = client(&url, &deployment).await;
            assert_eq!(shifted.verify_history(&id).await.unwrap(), whole, "{by}");
            assert_eq!(shifted.epoch(&id, 2).await.unwrap(), whole.epochs[1], "{by}");
            assert_eq!(shifted.history(&id, ..).await.unwrap().entries.len(), 2);
        }
    }
    // Where they are looked for from a block on that comes later, nothing is made up.
    let url = proxy::start(deployment.node.endpoint(), Shifted { by: 1_000, times: true }).await;
    let options = EvmOptions { from_block: 1_060, ..EvmOptions::default() };
    let late = Client::evm(&url, deployment.reserves, options).await.unwrap();
    assert!(matches!(late.latest(&id).await.unwrap_err(), Error::BadData(bad) if bad.field == "registration"));
}
