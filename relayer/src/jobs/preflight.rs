//! An epoch held against both chains before anything is proved or spent: every problem at once, as
//! each chain would refuse.

use ballast_core::{
    Element, Refusal,
    assets::{Asset, AssetList},
    circuit::PROOF_LENGTH,
    hexadecimal,
    opening::Opening,
    public_vector::PublicVector,
    rules::{Unfinished, check_circuit, check_order},
};
use ballast_sdk::{chain::Address, circuit::Circuit, exchange::Exchange};
use serde::Serialize;

use crate::{
    chains::{ChainName, ChainState, Position},
    failure::{FailureKind, Problems},
    plan::{Plan, ProvedEpoch},
};

/// What posting may take from a purse, for a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Estimate {
    pub chain: ChainName,
    pub poster: Address,
    pub shards_to_post: u16,
    /// In the chain's smallest unit, as a decimal string.
    pub balance: String,
    /// Upper estimate, deposits included that come back.
    pub needed: String,
}

/// Chains that cannot go on together.
pub fn check_agreement(states: &[ChainState], problems: &mut Problems) {
    let said: Vec<(&ChainState, &Exchange)> =
        states.iter().filter_map(|state| Some((state, state.exchange.as_ref()?))).collect();
    let [(first, ours), rest @ ..] = said.as_slice() else { return };
    for (other, theirs) in rest {
        if (ours.next_epoch, ours.head) != (theirs.next_epoch, theirs.head) {
            problems.refused(format!(
                "the chains tell different histories: {} expects epoch {} after head {}, {} expects epoch {} after \
                 head {}; the epoch between them can be finished only with the store it was begun with, or after `ballast restore`",
                first.chain,
                ours.next_epoch,
                hexadecimal::encode(ours.head),
                other.chain,
                theirs.next_epoch,
                hexadecimal::encode(theirs.head)
            ));
        }
    }
}

/// What one chain would refuse about an epoch, whatever its proofs: exchange, poster, assets,
/// circuit and order.
pub fn check_plan(state: &ChainState, plan: &Plan, poster: &Address, problems: &mut Problems) {
    let chain = state.chain;
    let Some(exchange) = &state.exchange else {
        return problems.bad_input(format!("{chain}: the exchange is not registered: `ballast exchange register`"));
    };
    if !exchange.posters.contains(poster) {
        problems.refused(format!(
            "{chain}: NotPoster: {poster} is not one of the exchange's posters: `ballast exchange set-posters`"
        ));
    }
    match (&exchange.assets, plan.asset_list()) {
        (None, _) => problems.refused(format!("{chain}: {}: `ballast exchange add-assets`", Refusal::AssetListMissing)),
        (Some(declared), Ok(ours)) => {
            if let Some(difference) = asset_difference(declared, &ours) {
                problems.bad_input(format!("{chain}: {difference}"));
            }
        }
        (_, Err(refusal)) => problems.bad_input(format!("the snapshot's asset list: {refusal}")),
    }
    check_circuit_of(state, plan, problems);
    if let Err(refusal) = order(state, exchange, plan) {
        let hint = match refusal {
            Refusal::AsOfNotAfterLast { .. } => " This snapshot, or a later one, is posted already: give a newer one.",
            _ => "",
        };
        problems.push(kind(&refusal), format!("{chain}: {refusal}{hint}"));
    }
}

/// In what the snapshot's asset list is not the exchange's, and what to do about it; none when they
/// are the same.
fn asset_difference(declared: &AssetList, ours: &AssetList) -> Option<String> {
    let symbols = |assets: &[Asset]| assets.iter().map(Asset::symbol).collect::<Vec<_>>().join(", ");
    if let Some(new) = ours.as_slice().strip_prefix(declared.as_slice()) {
        return (!new.is_empty()).then(|| {
            format!(
                "the snapshot has assets that the exchange did not list yet ({}): `ballast exchange add-assets`",
                symbols(new)
            )
        });
    }
    if let Some(missing) = declared.as_slice().strip_prefix(ours.as_slice()) {
        return Some(format!(
            "the exchange has listed assets that the snapshot is without ({}): give a snapshot that has them, or list \
             them in the ledger",
            symbols(missing)
        ));
    }
    Some(format!(
        "the snapshot's asset list ({}) is not the exchange's ({})",
        hexadecimal::encode(ours.digest()),
        hexadecimal::encode(declared.digest())
    ))
}

/// The rules of order for the next shard that the chain expects.
fn order(state: &ChainState, exchange: &Exchange, plan: &Plan) -> Result<(), Refusal> {
    let shard = match state.position(plan, None) {
        Position::Next { shards_done } => shards_done,
        Position::Done | Position::Elsewhere(_) => 0,
    };
    let statement = plan.statement(shard)?;
    let totals = vec![Element::ZERO; plan.assets.len()];
    let class = plan.circuit.class;
    let blank = PublicVector::new(class, &statement.context(), Element::ZERO, &totals, &Opening::ZERO)
        .ok_or(Refusal::AssetCountMismatch { expected: class.assets, found: plan.assets.len() as u16 })?;
    let post = plan.post(shard, &blank, &[0; PROOF_LENGTH])?;
    let unfinished: Option<&Unfinished> = state.unfinished.as_ref();
    check_order(&ChainState::history(exchange), unfinished, &post, &statement, state.clock).map(drop)
}

fn check_circuit_of(state: &ChainState, plan: &Plan, problems: &mut Problems) {
    let (chain, ours) = (state.chain, &plan.circuit);
    let named = format!("{}, depth {}, {}", hexadecimal::encode(ours.id), ours.class.depth, ours.setup.label());
    let Some(Circuit { setup, key: registered, active_from, retired, .. }) = &state.circuit else {
        return problems.refused(format!("{chain}: {} ({named}): `migrate circuit`", Refusal::CircuitUnknown));
    };
    match plan.verifying_key() {
        Ok(key) if *registered == key && *setup == ours.setup => {}
        Ok(_) => problems.refused(format!("{chain}: the circuit is registered with another key ({named})")),
        Err(error) => problems.bad_input(format!("the epoch's circuit: {error} ({named})")),
    }
    if let Err(refusal) = check_circuit(*active_from, *retired, state.clock) {
        problems.refused(format!("{chain}: {refusal} ({named})"));
    }
}

/// Every proof, verified here before anyone pays for having it verified.
pub fn check_proofs(epoch: &ProvedEpoch, problems: &mut Problems) {
    let key = match epoch.plan.verifying_key() {
        Ok(key) => key,
        Err(error) => return problems.bad_input(format!("epoch {}: its circuit: {error}", epoch.plan.epoch)),
    };
    for (shard, post) in (0..).zip(&epoch.posts) {
        let verified = epoch.public_vector(shard).map_err(|refusal| refusal.to_string()).and_then(|vector| {
            if vector.digest().as_bytes() != &post.digest {
                return Err("the digest is not that of the public vector".into());
            }
            let class = epoch.plan.circuit.class;
            ballast_prover::verify(class, &key, &vector, &post.proof).map_err(|error| error.to_string())
        });
        if let Err(reason) = verified {
            problems.refused(format!("epoch {}, shard {shard}: the proof is refused: {reason}", epoch.plan.epoch));
        }
    }
}

/// A snapshot that is not newer than the last epoch was posted before, or is older: asking again
/// will not help.
fn kind(refusal: &Refusal) -> FailureKind {
    match refusal {
        Refusal::AsOfNotAfterLast { .. }
        | Refusal::LedgerSequenceBackwards { .. }
        | Refusal::LedgerHeadChanged { .. }
        | Refusal::AssetCountMismatch { .. } => FailureKind::BadInput,
        _ => FailureKind::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(symbols: &[&str]) -> AssetList {
        AssetList::new(symbols.iter().map(|symbol| Asset::new(symbol, 2).unwrap()).collect()).unwrap()
    }

    #[test]
    fn lists_that_differ_are_told_apart_by_who_is_behind() {
        let declared = list(&["BTC", "USD"]);
        assert_eq!(asset_difference(&declared, &declared), None);
        for (ours, expected) in [
            (list(&["BTC", "USD", "EUR", "SOL"]), "did not list yet (EUR, SOL): `ballast exchange add-assets`"),
            (list(&["BTC"]), "the snapshot is without (USD)"),
            (list(&["USD", "BTC"]), "is not the exchange's"),
        ] {
            let told = asset_difference(&declared, &ours).unwrap();
            assert!(told.contains(expected), "{told}");
        }
    }
}
