//! Where a chain stands with an exchange, and what that means for an epoch of ours.

use ballast_core::{
    Digest,
    cadence::Cadence,
    hexadecimal,
    rules::{History, Unfinished},
};
use ballast_sdk::{Client, Error as ReadError, circuit::Circuit, exchange::Exchange};

use super::{ChainError, ChainName};
use crate::plan::{Plan, ProvedEpoch};

/// What a chain says, read at one moment.
#[derive(Clone, Debug)]
pub struct ChainState {
    pub chain: ChainName,
    /// Unix seconds.
    pub clock: u64,
    /// None when it is not registered.
    pub exchange: Option<Exchange>,
    /// The epoch that was begun and is not finished.
    pub unfinished: Option<Unfinished>,
    /// None when it is not registered.
    pub circuit: Option<Circuit>,
}

/// How far an epoch of ours is on a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// It is the chain's next epoch; so many of its shards are there.
    Next { shards_done: u16 },
    /// The chain holds it.
    Done,
    /// The chain tells another history.
    Elsewhere(String),
}

impl ChainState {
    /// What a chain says of an exchange and a circuit, each of which may be missing. The unfinished
    /// epoch, of which a reader's view does not have the context, is left out.
    ///
    /// # Errors
    /// A node that does not answer, or an answer that contradicts itself.
    pub(super) async fn read(client: &Client, exchange: &Digest, circuit: &Digest) -> Result<Self, ChainError> {
        let clock = client.clock().await?;
        let exchange = match client.exchange(exchange).await {
            Ok(exchange) => Some(exchange),
            Err(ReadError::ExchangeNotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let circuit = match client.circuit(circuit).await {
            Ok(circuit) => Some(circuit),
            Err(ReadError::CircuitNotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self { chain: ChainName::of(client.chain()), clock, exchange, unfinished: None, circuit })
    }

    /// The exchange's history as the rules of a post see it.
    pub fn history(exchange: &Exchange) -> History {
        History {
            paused: exchange.paused,
            assets: exchange.assets.as_ref().map_or(0, |assets| assets.len() as u16),
            next_epoch: exchange.next_epoch,
            cadence: Cadence(exchange.cadence),
            last_as_of: exchange.latest_as_of,
            last_ledger: exchange.ledger,
        }
    }

    /// Where an epoch that is planned, and perhaps proved, is on this chain.
    pub fn position(&self, plan: &Plan, proved: Option<&ProvedEpoch>) -> Position {
        let Some(exchange) = &self.exchange else {
            return Position::Elsewhere("the exchange is not registered".into());
        };
        if exchange.next_epoch == plan.epoch {
            if exchange.head != plan.head_before {
                return Position::Elsewhere(format!(
                    "epoch {} follows head {}, but the chain's is {}",
                    plan.epoch,
                    hexadecimal::encode(plan.head_before),
                    hexadecimal::encode(exchange.head)
                ));
            }
            let first = plan.statement(0).map(|statement| statement.context());
            let ours = self.unfinished.filter(|begun| Ok(begun.first) == first);
            return Position::Next { shards_done: ours.map_or(0, |begun| begun.shards_done) };
        }
        let after = proved.and_then(|epoch| epoch.head_after().ok());
        if exchange.latest_epoch() == plan.epoch && after == Some(exchange.head) {
            return Position::Done;
        }
        let expected = after.map_or("unknown, it is not proved".into(), hexadecimal::encode);
        Position::Elsewhere(format!(
            "its next epoch is {} with head {}; epoch {} leads to head {expected}",
            exchange.next_epoch,
            hexadecimal::encode(exchange.head),
            plan.epoch
        ))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::plan::tests::{plan, posts};
    use ballast_sdk::chain::{Address, Chain};

    /// An exchange that waits for the plan's epoch.
    pub fn state(plan: &Plan) -> ChainState {
        ChainState {
            chain: ChainName::Evm,
            clock: plan.as_of + 10,
            exchange: Some(Exchange {
                chain: Chain::Evm(1),
                id: plan.exchange,
                name: "Example".into(),
                authority: Address::Evm([1; 20].into()),
                pending_authority: None,
                posters: vec![Address::Evm([2; 20].into())],
                assets: Some(plan.asset_list().unwrap()),
                generation: 0,
                cadence: 1,
                registered_at: 1,
                paused: false,
                next_epoch: plan.epoch,
                latest_as_of: plan.as_of - 1,
                ledger: Default::default(),
                head: plan.head_before,
            }),
            unfinished: None,
            circuit: None,
        }
    }

    #[test]
    fn an_epoch_of_ours_is_next_begun_or_done() {
        let plan = plan();
        let proved = ProvedEpoch::new(plan.clone(), posts(&plan)).unwrap();
        let mut chain = state(&plan);
        assert_eq!(chain.position(&plan, Some(&proved)), Position::Next { shards_done: 0 });
        let first = plan.statement(0).unwrap().context();
        chain.unfinished = Some(Unfinished { first, shards_done: 1 });
        assert_eq!(chain.position(&plan, Some(&proved)), Position::Next { shards_done: 1 });
        chain.unfinished = Some(Unfinished { first: [9; 32], shards_done: 1 });
        assert_eq!(chain.position(&plan, Some(&proved)), Position::Next { shards_done: 0 }, "another's beginning");
        let exchange = chain.exchange.as_mut().unwrap();
        exchange.next_epoch += 1;
        exchange.head = proved.head_after().unwrap();
        assert_eq!(chain.position(&plan, Some(&proved)), Position::Done);
        assert!(matches!(chain.position(&plan, None), Position::Elsewhere(_)));
    }

    #[test]
    fn another_history_is_told_apart() {
        let plan = plan();
        let proved = ProvedEpoch::new(plan.clone(), posts(&plan)).unwrap();
        let elsewhere = |change: fn(&mut Exchange)| {
            let mut chain = state(&plan);
            change(chain.exchange.as_mut().unwrap());
            matches!(chain.position(&plan, Some(&proved)), Position::Elsewhere(_))
        };
        assert!(elsewhere(|exchange| exchange.head = [9; 32]));
        assert!(elsewhere(|exchange| exchange.next_epoch += 1));
        assert!(elsewhere(|exchange| exchange.next_epoch += 2));
        let unregistered = ChainState { exchange: None, ..state(&plan) };
        assert!(matches!(unregistered.position(&plan, Some(&proved)), Position::Elsewhere(_)));
    }
}
