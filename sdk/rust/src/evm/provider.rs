//! The connection to an EVM node.

use std::time::Duration;

use alloy::{
    network::Ethereum,
    providers::{DynProvider, Provider, ProviderBuilder},
    rpc::client::ClientBuilder,
    transports::{
        RpcError, TransportError,
        http::reqwest,
        layers::{RateLimitRetryPolicy, RetryBackoffLayer, RetryPolicy},
    },
};
use url::Url;

use crate::node::TIMEOUT;

/// Repeats what was turned away because there are too many requests, but not what asked for too
/// much at once. Some nodes have one error code for both.
#[derive(Clone, Debug)]
struct TooManyRequests(RateLimitRetryPolicy);

impl RetryPolicy for TooManyRequests {
    fn should_retry(&self, error: &TransportError) -> bool {
        let too_large = match error {
            RpcError::ErrorResp(payload) => ["range", "results"].iter().any(|word| payload.message.contains(word)),
            _ => false,
        };
        !too_large && self.0.should_retry(error)
    }

    fn backoff_hint(&self, error: &TransportError) -> Option<Duration> {
        self.0.backoff_hint(error)
    }
}

/// A provider for the JSON-RPC node at `url`. A request fails after [`TIMEOUT`]; one that the node
/// turns away because there are too many is repeated three times, half a second apart.
///
/// # Errors
/// When no HTTP client can be made on this machine. Nothing is sent yet.
pub fn provider(url: &Url) -> Result<DynProvider, reqwest::Error> {
    let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
    let policy = TooManyRequests(RateLimitRetryPolicy::default());
    let retry = RetryBackoffLayer::new_with_policy(3, 500, 1_000, policy);
    let client = ClientBuilder::default().layer(retry).http_with_client(http, url.clone());
    Ok(ProviderBuilder::<_, _, Ethereum>::default().connect_client(client).erased())
}
