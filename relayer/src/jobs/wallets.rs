//! Wallets that agreed to be the exchange's, tokens that count, and what each chain saw in them.

use ballast_core::{Digest, observation::WINDOW};
use ballast_sdk::{
    exchange::Exchange,
    observation::{Observation, Token, Wallet},
};
use serde::Serialize;

use crate::{
    chains::{ChainError, ChainName, Destination, LookOutcome, ReadableChain},
    events::{Event, Events},
    failure::{Classified, Failure, FailureKind, Problems},
    session::{Chains, Rehearsing, Sending, Session},
    store::Store,
};

/// What one chain keeps beside the exchange's epochs.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    pub chain: ChainName,
    pub wallets: Vec<Wallet>,
    pub tokens: Vec<Token>,
    /// Of the latest epoch.
    pub witness: Option<Observation>,
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
    Ended(LookOutcome),
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

async fn of_chain(chain: &dyn ReadableChain, id: &Digest) -> Result<Kept, Failure> {
    let client = chain.client();
    let exchange = client.exchange(id).await?;
    let witness = match exchange.latest_epoch() {
        0 => None,
        latest => client.observation(id, latest).await?,
    };
    let (wallets, tokens) = (client.wallets(id).await?, client.tokens(id).await?);
    Ok(Kept { chain: chain.name(), wallets, tokens, witness, exchange })
}

/// Has every chain look at the reserves of `epoch`, its latest, whose figures are of `as_of`. A
/// chain that refuses does not keep the others from looking. Without a store, nothing is signed or
/// sent.
///
/// # Errors
/// A chain that cannot be reached: the same again goes on.
pub(super) async fn witness(
    chains: &Chains<dyn Destination>,
    store: Option<&Store>,
    epoch: u64,
    as_of: u64,
    events: &Events,
) -> Result<Vec<Looked>, Failure> {
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
        outcome.event(name, epoch).into_iter().for_each(|event| events.emit(event));
        let warning = outcome.warning(as_of);
        warning.iter().for_each(|warning| tracing::warn!(chain = %name, epoch, "{warning}"));
        looked.push(Looked { chain: name, outcome, warning });
    }
    Ok(looked)
}

/// Has every chain look at the reserves of its latest epoch, which must be the same on all of them.
///
/// # Errors
/// A chain that cannot be reached or has no epoch.
pub async fn witness_latest(session: &Session<Sending>) -> Result<LookedAt, Failure> {
    look_at_latest(&session.chains, Some(session.store()), &session.events).await
}

/// What [`witness_latest`] would have every chain look at, of which the first look is simulated.
/// Nothing is signed or sent.
///
/// # Errors
/// As [`witness_latest`].
pub async fn rehearse_witness(session: &Session<Rehearsing>) -> Result<LookedAt, Failure> {
    look_at_latest(&session.chains, None, &session.events).await
}

async fn look_at_latest(
    chains: &Chains<dyn Destination>,
    store: Option<&Store>,
    events: &Events,
) -> Result<LookedAt, Failure> {
    let mut epochs = Vec::new();
    for chain in chains.iter() {
        let record = chain.confirmed().latest(&chains.exchange).await?.record;
        epochs.push((record.epoch, record.as_of));
    }
    epochs.dedup();
    match epochs.as_slice() {
        [(epoch, as_of)] => {
            let chains = witness(chains, store, *epoch, *as_of, events).await?;
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
            Self::Ended(LookOutcome::LookedBefore { began, .. }) if began.saturating_add(WINDOW) < as_of => {
                Some(format!(
                    "expected a first look no earlier than {WINDOW} s before the as-of time {as_of}, found one at {began}: a poster closed it \
                 early, and it says nothing of the time since"
                ))
            }
            _ => None,
        }
    }

    /// What listeners hear of it; nothing where the chain had nothing to look at, or was not asked
    /// to look.
    fn event(&self, chain: ChainName, epoch: u64) -> Option<Event> {
        match self {
            Self::Ended(LookOutcome::Looked { holdings }) => {
                Some(Event::ReservesWitnessed { chain, epoch, holdings: *holdings as u64, before: false })
            }
            Self::Ended(LookOutcome::LookedBefore { holdings, .. }) => {
                Some(Event::ReservesWitnessed { chain, epoch, holdings: (*holdings).into(), before: true })
            }
            Self::Ended(LookOutcome::WouldLook { .. } | LookOutcome::NothingToLookAt | LookOutcome::NotConfigured) => {
                None
            }
            Self::Refused(refused) => {
                Some(Event::ReservesNotWitnessed { chain, epoch, reason: refused.problem.clone() })
            }
        }
    }

    fn had_something(&self) -> bool {
        !matches!(self, Self::Ended(LookOutcome::NothingToLookAt | LookOutcome::NotConfigured))
    }
}

impl LookedAt {
    /// Whether the chains have looked: none of them refused, and one of them at least had something
    /// to look at.
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
    use crate::chains::looks::ShownHolding;
    use serde_json::json;

    fn looked(outcome: Outcome) -> Looked {
        Looked { chain: ChainName::Evm, warning: outcome.warning(10_000), outcome }
    }

    fn ended(look: LookOutcome) -> Looked {
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
        let done = || ended(LookOutcome::Looked { holdings: 3 });
        let before = ended(LookOutcome::LookedBefore { holdings: 3, began: 9_999 });
        let (nothing, unset) = (|| ended(LookOutcome::NothingToLookAt), || ended(LookOutcome::NotConfigured));
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
        let shown = vec![ShownHolding { wallet: "w".into(), account: "a".into(), token: "t".into() }];
        assert_eq!(
            json(ended(LookOutcome::Looked { holdings: 3 })),
            json!({ "chain": "evm", "outcome": "looked", "holdings": 3 })
        );
        assert_eq!(
            json(ended(LookOutcome::WouldLook { shown })),
            json!({ "chain": "evm", "outcome": "would_look", "shown": [{ "wallet": "w", "account": "a", "token": "t" }] })
        );
        assert_eq!(
            json(ended(LookOutcome::NothingToLookAt)),
            json!({ "chain": "evm", "outcome": "nothing_to_look_at" })
        );
        assert_eq!(json(ended(LookOutcome::NotConfigured)), json!({ "chain": "evm", "outcome": "not_configured" }));
        assert_eq!(
            json(refused(FailureKind::Refused)),
            json!({ "chain": "evm", "outcome": "refused", "problem": "WalletUnknown" })
        );
    }

    #[test]
    fn listeners_hear_who_looked_and_who_refused() {
        let event = |outcome: Outcome| outcome.event(ChainName::Evm, 4);
        let witnessed =
            |before| Some(Event::ReservesWitnessed { chain: ChainName::Evm, epoch: 4, holdings: 3, before });
        assert_eq!(event(Outcome::Ended(LookOutcome::Looked { holdings: 3 })), witnessed(false));
        assert_eq!(event(Outcome::Ended(LookOutcome::LookedBefore { holdings: 3, began: 9 })), witnessed(true));
        let refused = Outcome::Refused(Refused { problem: "WalletUnknown".into(), kind: FailureKind::Refused });
        let reason = "WalletUnknown".to_string();
        assert_eq!(event(refused), Some(Event::ReservesNotWitnessed { chain: ChainName::Evm, epoch: 4, reason }));
        for silent in
            [LookOutcome::WouldLook { shown: vec![] }, LookOutcome::NothingToLookAt, LookOutcome::NotConfigured]
        {
            assert_eq!(event(Outcome::Ended(silent)), None);
        }
    }

    #[test]
    fn a_witness_that_was_closed_too_early_is_warned_of() {
        let at = |began| ended(LookOutcome::LookedBefore { holdings: 3, began });
        assert_eq!(at(10_000 - WINDOW).warning, None);
        let early = at(10_000 - WINDOW - 1);
        assert!(early.warning.as_ref().unwrap().starts_with("expected a first look"), "{early:?}");
        let json = serde_json::to_value(&early).unwrap();
        assert_eq!((&json["outcome"], &json["began"]), (&"looked_before".into(), &9_399.into()));
        assert!(json["warning"].as_str().unwrap().contains("closed it early"), "{json}");
    }
}
