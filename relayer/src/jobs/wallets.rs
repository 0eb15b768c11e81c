//! Wallets that agreed to be the exchange's, tokens that count, and what each chain saw in them.

use std::fmt;

use ballast_core::Digest;
use ballast_ledger::amount;
use ballast_sdk::{
    exchange::Exchange,
    witness::{Token, Wallet, Witness},
};
use serde::Serialize;

use super::connection::Chains;
use crate::{
    chains::{ChainError, ChainName, Destination},
    failure::{Classified, Exit, Failure},
    store::Store,
};

/// What one chain keeps beside the exchange's epochs.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    pub chain: ChainName,
    pub wallets: Vec<Wallet>,
    pub tokens: Vec<Token>,
    /// Of the latest epoch.
    pub witness: Option<Witness>,
    #[serde(skip)]
    exchange: Exchange,
}

/// Every chain's.
#[derive(Clone, Debug, Serialize)]
pub struct Wallets {
    pub chains: Vec<Kept>,
}

/// What came of one chain's looks at an epoch's reserves.
#[derive(Clone, Debug, Serialize)]
pub struct Looked {
    pub chain: ChainName,
    /// Looked at now; 0 when there is nothing to look at, or the witness was closed before.
    pub holdings: usize,
    /// Why the chain did not witness them. The epoch is posted all the same.
    pub problem: Option<String>,
}

/// What came of looking at an epoch's reserves.
#[derive(Clone, Debug, Serialize)]
pub struct LookedAt {
    pub epoch: u64,
    pub chains: Vec<Looked>,
}

/// What a wallet must sign: EIP-712's structure, as JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Message(pub serde_json::Value);

/// Reads what the chains keep.
///
/// # Errors
/// The first chain that cannot be read.
pub async fn list(chains: &Chains) -> Result<Wallets, Failure> {
    let mut kept = Vec::new();
    for chain in chains.iter() {
        kept.push(of_chain(chain, &chains.exchange).await?);
    }
    Ok(Wallets { chains: kept })
}

async fn of_chain(chain: &dyn Destination, id: &Digest) -> Result<Kept, Failure> {
    let client = chain.client();
    let exchange = client.exchange(id).await?;
    let witness = match exchange.latest_epoch() {
        0 => None,
        latest => client.witness(id, latest).await?,
    };
    let (wallets, tokens) = (client.wallets(id).await?, client.tokens(id).await?);
    Ok(Kept { chain: chain.name(), wallets, tokens, witness, exchange })
}

/// Has every chain look at the reserves of `epoch`, its latest. A chain that refuses does not keep the others from looking.
///
/// # Errors
/// A chain that cannot be reached: the same again goes on.
pub async fn witness(chains: &Chains, store: &Store, epoch: u64) -> Result<Vec<Looked>, Failure> {
    let mut looked = Vec::new();
    for chain in chains.iter() {
        let (holdings, problem) = match chain.witness(store, &chains.exchange, epoch).await {
            Ok(holdings) => (holdings, None),
            Err(error) if unreachable(&error) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(chain = %chain.name(), epoch, %error, "reserves are not witnessed");
                (0, Some(error.to_string()))
            }
        };
        looked.push(Looked { chain: chain.name(), holdings, problem });
    }
    Ok(looked)
}

/// The same for the latest epoch of each chain.
///
/// # Errors
/// A chain that cannot be reached or has no epoch.
pub async fn witness_latest(chains: &Chains, store: &Store) -> Result<LookedAt, Failure> {
    let mut epochs = Vec::new();
    for chain in chains.iter() {
        epochs.push(chain.client().latest(&chains.exchange).await?.record.epoch);
    }
    epochs.dedup();
    match epochs.as_slice() {
        [epoch] => Ok(LookedAt { epoch: *epoch, chains: witness(chains, store, *epoch).await? }),
        _ => Err(Failure::bad_input(format!("the chains' latest epochs are {epochs:?}: post the missing one first"))),
    }
}

fn unreachable(error: &ChainError) -> bool {
    matches!(error.exit(), Exit::Unreachable)
}

impl fmt::Display for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Some(problem) => writeln!(f, "{}: reserves NOT WITNESSED: {problem}", self.chain),
            None if self.holdings > 0 => writeln!(f, "{}: witnessed {} holdings", self.chain, self.holdings),
            None => Ok(()),
        }
    }
}

impl fmt::Display for LookedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "epoch {}", self.epoch)?;
        for looked in &self.chains {
            match looked.holdings == 0 && looked.problem.is_none() {
                true => writeln!(f, "{}: nothing to look at, or looked at before", looked.chain)?,
                false => looked.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:#}", self.0)
    }
}

impl fmt::Display for Wallets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chains.iter().try_for_each(|kept| kept.fmt(f))
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chain, wallets, tokens, witness, exchange } = self;
        writeln!(f, "{chain}: {} wallets, {} tokens", wallets.len(), tokens.len())?;
        for wallet in wallets {
            writeln!(f, "  wallet {}{}", wallet.address, if wallet.retired { " (retired)" } else { "" })?;
        }
        let asset = |number: u16| exchange.assets.as_ref().and_then(|assets| assets.get(number));
        for token in tokens {
            let symbol = asset(token.asset).map_or_else(|| format!("asset {}", token.asset), |asset| asset.symbol());
            writeln!(f, "  token {} of {} decimals counts for {symbol}", token.address, token.decimals)?;
        }
        let Some(witness) = witness else { return writeln!(f, "  nothing witnessed for the latest epoch") };
        let closed = if witness.closed { "" } else { ", NOT CLOSED: it does not count" };
        writeln!(
            f,
            "  epoch {}: {} holdings seen from {} to {}{closed}",
            witness.epoch, witness.holdings, witness.began, witness.last_look
        )?;
        for (number, units) in (1..).zip(&witness.amounts) {
            if let (Some(units), Some(asset)) = (units, asset(number)) {
                writeln!(f, "  {:<16} {:>34}", asset.symbol(), amount::format(*units, asset.decimals))?;
            }
        }
        Ok(())
    }
}
