//! The connection to an EVM node.

use alloy::{
    network::Ethereum,
    providers::{DynProvider, Provider, ProviderBuilder},
    rpc::client::ClientBuilder,
    transports::{http::reqwest, layers::RetryBackoffLayer},
};
use url::Url;

use crate::node::TIMEOUT;

/// A provider for the JSON-RPC node at `url`. A request fails after [`TIMEOUT`]; one that the node
/// turns away because there are too many is repeated three times, half a second apart.
///
/// # Errors
/// When no HTTP client can be made on this machine. Nothing is sent yet.
pub fn provider(url: &Url) -> Result<DynProvider, reqwest::Error> {
    let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
    let client =
        ClientBuilder::default().layer(RetryBackoffLayer::new(3, 500, 1_000)).http_with_client(http, url.clone());
    Ok(ProviderBuilder::<_, _, Ethereum>::default().connect_client(client).erased())
}
