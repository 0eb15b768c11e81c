//! Wallets that agreed to be the exchange's, tokens that count, and what each chain saw in them.

use ballast_core::{Digest, witness::WINDOW};
use ballast_sdk::{
    exchange::Exchange,
    witness::{Token, Wallet, Witness},
};
use serde::Serialize;

use super::connection::Chains;
use crate::{
    chains::{ChainError, ChainName, Destination, Look},
    failure::{Classified, Failure, FailureKind, Problems},
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
    /// The exchange, which knows the assets by their numbers.
    #[serde(skip)]
    pub exchange: Exchange,
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
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What is odd about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// What the chain did, or why it did nothing.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    Ended(Look),
    Refused(Refused),
}

/// Why the chain did not look. The epoch is posted all the same.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "outcome", rename = "refused")]
pub struct Refused {
    pub problem: String,
    #[serde(skip)]
    pub kind: FailureKind,
}

/// What came of looking at an epoch's reserves.
#[derive(Clone, Debug, Serialize)]
pub struct LookedAt {
    pub epoch: u64,
    /// Nothing was signed or sent.
    pub dry_run: bool,
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

/// Has every chain look at the reserves of `epoch`, its latest, whose figures are of `as_of`. A chain that refuses does not keep the
/// others from looking. Without a store, nothing is signed or sent.
///
/// # Errors
/// A chain that cannot be reached: the same again goes on.
pub async fn witness(chains: &Chains, store: Option<&Store>, epoch: u64, as_of: u64) -> Result<Vec<Looked>, Failure> {
    let mut looked = Vec::new();
    for chain in chains.iter() {
        let name = chain.name();
        let outcome = match chain.witness(store, &chains.exchange, epoch).await {
            Ok(look) => Outcome::Ended(look),
            Err(error) if unreachable(&error) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(chain = %name, epoch, %error, "reserves are not witnessed");
                Outcome::Refused(Refused { kind: error.failure_kind(), problem: error.to_string() })
            }
        };
        let warning = outcome.warning(as_of);
        warning.iter().for_each(|warning| tracing::warn!(chain = %name, epoch, "{warning}"));
        looked.push(Looked { chain: name, outcome, warning });
    }
    Ok(looked)
}

/// The same for the latest epoch of each chain.
///
/// # Errors
/// A chain that cannot be reached or has no epoch.
pub async fn witness_latest(chains: &Chains, store: Option<&Store>) -> Result<LookedAt, Failure> {
    let mut epochs = Vec::new();
    for chain in chains.iter() {
        let record = chain.client().latest(&chains.exchange).await?.record;
        epochs.push((record.epoch, record.as_of));
    }
    epochs.dedup();
    match epochs.as_slice() {
        [(epoch, as_of)] => {
            let chains = witness(chains, store, *epoch, *as_of).await?;
            Ok(LookedAt { epoch: *epoch, dry_run: store.is_none(), chains })
        }
        _ => Err(Failure::bad_input(format!(
            "epoch and as-of time of the chains' latest are {epochs:?}: post the missing one first"
        ))),
    }
}

impl Outcome {
    /// What is odd about it, for an epoch whose figures are of `as_of`.
    fn warning(&self, as_of: u64) -> Option<String> {
        match self {
            Self::Ended(Look::LookedBefore { began, .. }) if began.saturating_add(WINDOW) < as_of => Some(format!(
                "expected a first look no earlier than {WINDOW} s before the as-of time {as_of}, found one at {began}: a poster closed it \
                 early, and it says nothing of the time since"
            )),
            _ => None,
        }
    }

    fn had_something(&self) -> bool {
        !matches!(self, Self::Ended(Look::NothingToLookAt | Look::NotConfigured))
    }
}

impl LookedAt {
    /// Whether the chains have looked: none of them refused, and one of them at least had something to look at.
    ///
    /// # Errors
    /// The kind of failure that the outcomes amount to.
    pub fn verdict(&self) -> Result<(), FailureKind> {
        let mut problems = Problems::default();
        for Looked { outcome, .. } in &self.chains {
            if let Outcome::Refused(Refused { problem, kind }) = outcome {
                problems.push(*kind, problem);
            }
        }
        match problems.finish() {
            Err(problems) => Err(problems.failure_kind()),
            Ok(()) if self.chains.iter().any(|looked| looked.outcome.had_something()) => Ok(()),
            Ok(()) => Err(FailureKind::BadInput),
        }
    }
}

fn unreachable(error: &ChainError) -> bool {
    matches!(error.failure_kind(), FailureKind::Unreachable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chains::looks::Shown;
    use serde_json::json;

    fn looked(outcome: Outcome) -> Looked {
        Looked { chain: ChainName::Evm, warning: outcome.warning(10_000), outcome }
    }

    fn ended(look: Look) -> Looked {
        looked(Outcome::Ended(look))
    }

    fn refused(kind: FailureKind) -> Looked {
        looked(Outcome::Refused(Refused { problem: "WalletUnknown".into(), kind }))
    }

    fn verdict(chains: Vec<Looked>) -> Result<(), FailureKind> {
        LookedAt { epoch: 4, dry_run: false, chains }.verdict()
    }

    #[test]
    fn a_chain_that_did_not_look_is_no_success() {
        let done = || ended(Look::Looked { holdings: 3 });
        let before = ended(Look::LookedBefore { holdings: 3, began: 9_999 });
        let (nothing, unset) = (|| ended(Look::NothingToLookAt), || ended(Look::NotConfigured));
        assert_eq!(verdict(vec![done(), before]), Ok(()));
        assert_eq!(verdict(vec![done(), unset()]), Ok(()));
        assert_eq!(verdict(vec![nothing(), unset()]), Err(FailureKind::BadInput));
        assert_eq!(verdict(vec![]), Err(FailureKind::BadInput));
        assert_eq!(verdict(vec![done(), refused(FailureKind::Refused)]), Err(FailureKind::Refused));
        assert_eq!(verdict(vec![refused(FailureKind::Refused), nothing()]), Err(FailureKind::Refused));
        assert_eq!(verdict(vec![done(), refused(FailureKind::Other)]), Err(FailureKind::Other));
    }

    #[test]
    fn every_outcome_is_told_apart() {
        let json = |looked: Looked| serde_json::to_value(&looked).unwrap();
        let shown = vec![Shown { wallet: "w".into(), account: "a".into(), token: "t".into() }];
        assert_eq!(
            json(ended(Look::Looked { holdings: 3 })),
            json!({ "chain": "evm", "outcome": "looked", "holdings": 3 })
        );
        assert_eq!(
            json(ended(Look::WouldLook { shown })),
            json!({ "chain": "evm", "outcome": "would_look", "shown": [{ "wallet": "w", "account": "a", "token": "t" }] })
        );
        assert_eq!(json(ended(Look::NothingToLookAt)), json!({ "chain": "evm", "outcome": "nothing_to_look_at" }));
        assert_eq!(json(ended(Look::NotConfigured)), json!({ "chain": "evm", "outcome": "not_configured" }));
        assert_eq!(
            json(refused(FailureKind::Refused)),
            json!({ "chain": "evm", "outcome": "refused", "problem": "WalletUnknown" })
        );
    }

    #[test]
    fn a_witness_that_was_closed_too_early_is_warned_of() {
        let at = |began| ended(Look::LookedBefore { holdings: 3, began });
        assert_eq!(at(10_000 - WINDOW).warning, None);
        let early = at(10_000 - WINDOW - 1);
        assert!(early.warning.as_ref().unwrap().starts_with("expected a first look"), "{early:?}");
        let json = serde_json::to_value(&early).unwrap();
        assert_eq!((&json["outcome"], &json["began"]), (&"looked_before".into(), &9_399.into()));
        assert!(json["warning"].as_str().unwrap().contains("closed it early"), "{json}");
    }
}
